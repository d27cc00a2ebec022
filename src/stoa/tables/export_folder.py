"""A folder on disk that an export of own notes is written into, or read from."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

from stoa.errors import BadTable
from stoa.note_records import OutputTable
from stoa.tables.outputs import write_output

_PACKED = ".gz"
_PACKABLE = (".tsv", ".jsonl")


class DiskFolder:
    """`ExportFolder` at a path; `packed` writes tables and logs with gzip."""

    def __init__(self, path: Path, *, packed: bool = False) -> None:
        self.path = path
        self._packed = packed

    def names(self) -> list[str]:
        """Names of all files, without the ending of packed ones."""
        if not self.path.is_dir():
            raise BadTable(self.path.name, str(self.path), "no such folder; give an export")
        return sorted(entry.name.removesuffix(_PACKED) for entry in self.path.iterdir())

    def read(self, name: str) -> bytes:
        """A whole file, unpacked if it is packed.

        Raises:
            BadTable: it is missing, twice there, or does not unpack.
        """
        plain, packed = self.path / name, self.path / (name + _PACKED)
        if plain.exists() and packed.exists():
            raise BadTable(name, str(packed), "it is there twice, packed and not; keep one")
        try:
            if packed.exists():
                return gzip.decompress(packed.read_bytes())
            return plain.read_bytes()
        except (OSError, EOFError, zlib.error) as fault:
            mend = f"it does not read ({fault}); take the export again"
            raise BadTable(name, str(plain), mend) from fault

    def write(self, name: str, content: bytes) -> None:
        """A file, whole or not at all; the other form of it goes."""
        self.path.mkdir(parents=True, exist_ok=True)
        target, other = self.path / name, self.path / (name + _PACKED)
        if self._packed and name.endswith(_PACKABLE):
            content = gzip.compress(content, mtime=0)
            target, other = other, target
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
        other.unlink(missing_ok=True)

    def write_table(self, name: str, table: OutputTable) -> None:
        """A table in the public format, whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_output(self.path / name, table)
        if self._packed:
            self.write(name, (self.path / name).read_bytes())
        else:
            (self.path / (name + _PACKED)).unlink(missing_ok=True)
