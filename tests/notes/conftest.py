"""One scored run of a small square, by the command, for all tests that ask about its notes."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.called import stoa
from tests.notes.two_sides import NOW_MS, TwoSides, sorted_by_name, two_sides, write_files


@dataclass(frozen=True)
class Run:
    world: TwoSides
    files: Path
    out: Path

    @property
    def work(self) -> Path:
        return self.out / "work"

    def a_note(self, kind: int) -> int:
        rows = (self.world.kind == kind).nonzero()[0]
        return int(self.world.data.notes.id[rows[0]])


def score(files: Path, out: Path, *more: object) -> subprocess.CompletedProcess[str]:
    """`stoa notes score` over a folder written by `write_files`."""

    def of(kind: str) -> list[Path]:
        return sorted(files.glob(f"{kind}-*"))

    return stoa(
        *("notes", "score", "--notes", *of("notes"), "--ratings", *of("ratings")),
        *("--status-history", *of("history"), "--enrollment", *of("enrollment")),
        *("--out", out, "--as-of", NOW_MS, *more),
    )


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Run:
    """A finished run of 240 notes."""
    folder = tmp_path_factory.mktemp("notes-run")
    world = sorted_by_name(two_sides())
    write_files(world, folder / "files")
    done = score(folder / "files", folder / "out", "--json")
    assert done.returncode == 0, done.stderr
    return Run(world, folder / "files", folder / "out")
