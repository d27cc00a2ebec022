"""`stoa evaluate report`: one page of what the other studies printed."""

from __future__ import annotations

import json as json_format
from pathlib import Path

from stoa.cli.printing import print_json
from stoa.errors import BadInput

MOST_BYTES = 64 << 20
"""A study prints kilobytes; whatever is larger is not one."""


def report(*figures: Path, out: Path, json: bool = False) -> None:
    """Writes report.html and report.json: every figure beside its trivial baseline.

    Args:
        figures: files that hold what the other studies printed with --json.
        out: folder to write into; made if it is not there.
        json: print one JSON object that tells what was written.
    """
    from stoa.evaluation.report import make_report, report_html, report_json

    made = make_report([(path.name, _read(path)) for path in figures])
    pages = {"report.html": report_html(made), "report.json": report_json(made)}
    for name, text in pages.items():
        _write(out, name, text)
    told = {
        "page": str(out / "report.html"),
        "figures": str(out / "report.json"),
        "studies": [section.study for section in made.sections],
        "not_run": list(made.not_run),
        "not_understood": list(made.not_understood),
    }
    if json:
        print_json(told)
        return
    print(told["page"])
    for command in made.not_run:
        print(f"not run: {command}")
    for reason in made.not_understood:
        print(f"not understood: {reason}")


def _read(path: Path) -> object:
    """What a file holds.

    Raises:
        BadInput: it is not there, too large, or no JSON.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput("FIGURES", str(path), f"give a file of at most {MOST_BYTES} bytes")
        return json_format.loads(path.read_bytes())
    except OSError as error:
        raise BadInput("FIGURES", str(path), f"give a file that can be read: {error}") from None
    except (ValueError, RecursionError) as error:
        raise BadInput("FIGURES", str(path), f"give what a study printed: {error}") from None


def _write(folder: Path, name: str, text: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Half characters, which JSON can name and UTF-8 cannot, become question marks.
        (folder / name).write_bytes(text.encode("utf-8", errors="replace"))
    except OSError as error:
        raise BadInput(
            "--out", str(folder), f"give a folder that can be written: {error}"
        ) from None
