"""What `stoa notes score` does once its flags are read: shows how far it is, prints figures."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from stoa.app.notes_files import PublicFiles, Scored, ScoreOptions, score_files
from stoa.app.notes_previous import PreviousOutputs
from stoa.cli.printing import print_json
from stoa.errors import BadInput
from stoa.note_records import RunTimes, Status


def outputs_before(
    scored_notes: Path | None, aux_note_info: Path | None, previous_cutoff: str | None
) -> PreviousOutputs | None:
    """The outputs of the run before, if they are given.

    Raises:
        BadInput: one of the two is not given, or not which ratings that run saw.
    """
    if scored_notes is None and aux_note_info is None:
        return None
    if scored_notes is None:
        mend = "give --previous-aux-note-info only beside it, from the same run"
        raise BadInput("--previous-scored-notes", None, mend)
    if aux_note_info is None:
        mend = "give that output of the same run beside --previous-scored-notes"
        raise BadInput("--previous-aux-note-info", None, mend)
    if previous_cutoff is None:
        mend = "say when the newest rating was made that the run before saw"
        raise BadInput("--previous-cutoff", None, mend)
    return PreviousOutputs(scored_notes, aux_note_info)


def score_and_tell(
    files: PublicFiles,
    folders: tuple[Path, Path],
    times: RunTimes,
    options: ScoreOptions,
    *,
    json: bool,
) -> None:
    """Scores, with a bar on stderr, and prints what came of it; `folders` are out and work."""
    out, work = folders
    began = time.perf_counter(), time.process_time()
    with _progress() as progress:
        task = progress.add_task("starting", total=None)

        def tell(step: str, share: float | None) -> None:
            progress.update(
                task, description=step, completed=share or 0, total=None if share is None else 1
            )

        scored = score_files(files, out, work, times, options, tell)
    figures = {
        **_counts(scored),
        "seconds": round(time.perf_counter() - began[0], 2),
        "cpu_seconds": round(time.process_time() - began[1], 2),
        "out": str(out),
    }
    if json:
        print_json(figures)
        return
    for name, value in figures.items():
        print(f"{name:20} {value}")


def _counts(scored: Scored) -> dict[str, object]:
    status, partial = scored.result.status, scored.result.partial
    return {
        "notes": len(status),
        "scored": len(status) if partial is None else int(partial.scored.sum()),
        "ratings": scored.report.n_ratings,
        "helpful": int((status == Status.CURRENTLY_RATED_HELPFUL).sum()),
        "not_helpful": int((status == Status.CURRENTLY_RATED_NOT_HELPFUL).sum()),
        "needs_more_ratings": int((status == Status.NEEDS_MORE_RATINGS).sum()),
        "resumed": scored.resumed,
    }


def _progress() -> Progress:
    console = Console(file=sys.stderr)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
