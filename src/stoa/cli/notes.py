"""`stoa notes`: score public Community Notes data, explain and compare what came of it."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from stoa.cli import notes_verify
from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json
from stoa.errors import BadInput
from stoa.note_records import HOUR_MS, RunTimes

notes = App(name="notes", help="Score Community Notes, recompute and explain any of them.")

notes_verify.add_to(notes)

Files = Annotated[list[Path], Parameter(consume_multiple=True)]


@notes.command
def score(
    *,
    notes: Files,
    ratings: Files,
    status_history: Files,
    enrollment: Files,
    out: Path,
    as_of: str | None = None,
    previous_cutoff: str | None = None,
    wall_clock: str | None = None,
    previous_scored_notes: Path | None = None,
    previous_aux_note_info: Path | None = None,
    scorers: str | None = None,
    work: Path | None = None,
    seed: Seed = 0,
    threads: int = 0,
    check_flips: bool = False,
    json: bool = False,
) -> None:
    """Scores notes from the public files and writes the published outputs.

    Times are ISO 8601 or epoch milliseconds. The work folder keeps what the first phase learned of
    these files. With the outputs of the run before, only the notes that must be are scored again.

    Args:
        notes: notes files, or folders of them (.tsv, .gz, .zst, .zip).
        ratings: ratings files, or folders of them.
        status_history: note status history files.
        enrollment: user enrollment files.
        out: folder for the four outputs.
        as_of: the instant of the run; now by default.
        previous_cutoff: newest rating that the run before saw; two hours before as-of by default.
        wall_clock: the instant that the published scorer reads from the machine; as-of by default.
        previous_scored_notes: scored_notes.tsv of the run before; scores only some notes.
        previous_aux_note_info: aux_note_info.tsv of the same run.
        scorers: published names, with commas, of the scorers that take part; all by default.
        work: folder for what is kept between the phases; out/work by default.
        seed: of the split that the flip model is trained on.
        threads: models at the same time; one a core by default.
        check_flips: refuse to write when too many notes change their status at once.
        json: print one JSON object.
    """
    from stoa.app.notes_files import PublicFiles, ScoreOptions
    from stoa.bridging.choice import EVERYTHING, Choice
    from stoa.cli.notes_scoring import outputs_before, score_and_tell

    previous = outputs_before(previous_scored_notes, previous_aux_note_info, previous_cutoff)
    score_and_tell(
        PublicFiles(notes, ratings, status_history, enrollment),
        (out, work or out / "work"),
        run_times(as_of, previous_cutoff, wall_clock),
        ScoreOptions(
            seed=seed,
            n_threads=threads or os.cpu_count() or 1,
            choice=EVERYTHING if scorers is None else Choice.of(scorers),
            flips_are_checked=check_flips,
            previous=previous,
        ),
        json=json,
    )


@notes.command
def recompute(note_id: int, *, work: Path, json: bool = False) -> None:
    """Scores one note again from what a run kept, and prints every step.

    Args:
        note_id: as in scored_notes.tsv.
        work: the work folder of a finished run (`--work` of `score`, by default out/work).
        json: print one JSON object.
    """
    from stoa.cli.notes_printing import recomputed_note
    from stoa.notes.as_data import recomputed_as_data
    from stoa.notes.telling import tell_recomputed

    found = recomputed_note(work, note_id)
    if json:
        print_json(recomputed_as_data(found))
        return
    print("\n".join(tell_recomputed(found)))


@notes.command
def explain(note_id: int, *, work: Path, svg: Path | None = None, json: bool = False) -> None:
    """Says why a note has its status: who agreed across which divide, and what decided.

    Args:
        note_id: as in scored_notes.tsv.
        work: the work folder of a finished run (`--work` of `score`, by default out/work).
        svg: also draw its ratings along the factor axis into this file.
        json: print one JSON object.
    """
    from stoa.cli.notes_printing import recomputed_note, write_svg
    from stoa.notes.drawing import draw_text
    from stoa.notes.explain import explain_note, explained_as_data, tell_explained

    answer = explain_note(recomputed_note(work, note_id))
    if svg is not None:
        write_svg(svg, answer)
    if json:
        print_json(explained_as_data(answer))
        return
    drawing = [] if answer.picture is None else draw_text(answer.picture)
    print("\n".join(tell_explained(answer, drawing)))


@notes.command
def diff(first: Path, second: Path, *, json: bool = False) -> None:
    """Compares two folders of outputs: which statuses differ and why, and how many cells.

    Args:
        first: the `--out` of a run, or a folder of the published scorer's outputs.
        second: another one.
        json: print one JSON object.
    """
    from stoa.app.notes_diff import compare_folders
    from stoa.cli.notes_printing import difference_as_data, tell_difference

    found = compare_folders(first, second)
    if json:
        print_json(difference_as_data(found))
        return
    print("\n".join(tell_difference(found)))


@notes.command
def polis(folder: Path, *, svg: Path | None = None, seed: Seed = 0, json: bool = False) -> None:
    """Maps a Polis conversation and tests how well hidden votes are foretold.

    Args:
        folder: one conversation's export: comments, participants-votes, summary (.csv, .csv.gz).
        svg: file to draw the map into.
        seed: of the votes that are hidden, and of the draws.
        json: print one JSON object.
    """
    from stoa.cli.notes_polis import show_polis

    show_polis(folder, svg=svg, seed=seed, json=json)


def run_times(as_of: str | None, previous_cutoff: str | None, wall_clock: str | None) -> RunTimes:
    """The instants of a run from what was asked for.

    Raises:
        BadInput: a time does not read, or the cutoff is after the run.
    """
    now_ms = time.time_ns() // 1_000_000 if as_of is None else epoch_ms("--as-of", as_of)
    cutoff_ms = now_ms - 2 * HOUR_MS
    if previous_cutoff is not None:
        cutoff_ms = epoch_ms("--previous-cutoff", previous_cutoff)
    if cutoff_ms > now_ms:
        raise BadInput("--previous-cutoff", previous_cutoff, "give a time before --as-of")
    wall_ms = now_ms if wall_clock is None else epoch_ms("--wall-clock", wall_clock)
    return RunTimes(now_ms, cutoff_ms, wall_ms)


def epoch_ms(field: str, text: str) -> int:
    """Milliseconds since 1970 from ISO 8601 (UTC where no zone is said) or from such a number.

    >>> epoch_ms("--as-of", "2026-07-15T00:00:00Z") == epoch_ms("--as-of", "1784073600000")
    True
    """
    if text.strip().lstrip("-").isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        mend = "give ISO 8601 such as 2026-07-15T00:00:00Z, or epoch milliseconds"
        raise BadInput(field, text, mend) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
