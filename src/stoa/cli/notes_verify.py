"""`stoa notes verify` and `stoa notes export`: what was published, made again and compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from stoa.cli.printing import print_json
from stoa.errors import BadInput
from stoa.settings import load_settings

MOST_BYTES = 64 * 1024
"""A checkpoint is a few hundred bytes."""


def add_to(notes: App) -> None:
    """Puts both commands under `stoa notes`."""
    notes.command(verify)
    notes.command(export)


def verify(
    export: Path,
    *,
    key: str | None = None,
    earlier: Annotated[list[Path] | None, Parameter(consume_multiple=True)] = None,
    every_run: bool = False,
    json: bool = False,
) -> None:
    """Makes an export of a square's notes again and names the first difference.

    Rebuilds the four public files from the log, recomputes every status, checks signatures,
    inclusion, and consistency with checkpoints that you kept. Exit status 1 when anything differs.

    Args:
        export: folder that a square exported.
        key: the square's public key as you know it; without it the folder's own is believed.
        earlier: files with signed checkpoints that you kept.
        every_run: recompute all runs of the log, not the last alone.
        json: print one JSON object.
    """
    from stoa.app.own_notes import verify_folder
    from stoa.notes.verify import Trust

    held = [_text(path) for path in earlier or []]
    report = verify_folder(export, Trust(key=key, earlier=held, every_run=every_run))
    found = report.difference
    if json:
        difference = found and {"file": found.file, "line": found.line, "what": found.what}
        print_json({"whole": report.is_whole, "checked": report.checked, "difference": difference})
    else:
        for what in report.checked:
            print(f"ok      {what}")
        print("whole   nothing differs" if found is None else f"DIFFERS {found}")
    if found is not None:
        raise SystemExit(1)


def export(folder: Path, *, data: Path | None = None) -> None:
    """Writes a square's notes: the four public files, the log, checkpoints and proofs.

    Args:
        folder: where to; must not exist yet.
        data: the square's data folder.
    """
    from stoa.cli import reports

    reports.export_notes(load_settings(data=data).data, folder)
    print(f"{folder}: verify it with `stoa notes verify {folder}`", file=sys.stderr)


def _text(path: Path) -> str:
    """A kept checkpoint.

    Raises:
        BadInput: it does not read, or is too large to be one.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput("--earlier", str(path), "give a signed checkpoint, not another file")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput("--earlier", str(path), f"give a readable checkpoint: {fault}") from fault
