"""What the commands about single notes share: opening a kept run, writing pictures, tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.errors import BadInput

if TYPE_CHECKING:
    from stoa.app.notes_diff import FoldersDifference
    from stoa.notes.explain import Explained
    from stoa.notes.recompute import Recomputed

MOST_TOLD = 40
"""Differing notes told one by one; `--json` has them all."""


def recomputed_note(work: Path, note_id: int) -> Recomputed:
    """One note of the run kept in a work folder, scored again."""
    from stoa.app.notes_case import open_run, read_case
    from stoa.notes.recompute import recompute

    return recompute(read_case(open_run(work), note_id))


def write_svg(path: Path, answer: Explained) -> None:
    """Draws a note's ratings into a file.

    Raises:
        BadInput: there is nothing to draw, or the file cannot be written.
    """
    from stoa.notes.drawing import draw_svg

    if answer.picture is None:
        mend = "no model counts a rating of this note, so there is nothing to draw; leave --svg out"
        raise BadInput("--svg", str(path), mend)
    try:
        path.write_text(draw_svg(answer.picture), encoding="utf-8")
    except OSError as fault:
        mend = f"it cannot be written ({fault.strerror}); name a file in a folder that is there"
        raise BadInput("--svg", str(path), mend) from fault


def difference_as_data(found: FoldersDifference) -> dict[str, Any]:
    """Two folders compared, as JSON; an intercept that is missing is None."""
    statuses = [
        asdict(each) | {"intercepts": [None if x != x else x for x in each.intercepts]}
        for each in found.statuses
    ]
    return {
        "notes": found.n_notes,
        "only_in_first": found.n_only_first,
        "only_in_second": found.n_only_second,
        "different_statuses": len(statuses),
        "statuses": statuses,
        "column_groups": [asdict(group) for group in found.groups],
        "files_in_one_only": found.missing,
        "same": found.is_nothing,
    }


def tell_difference(found: FoldersDifference) -> Iterator[str]:
    """Two folders compared, in words."""
    if found.is_nothing:
        yield f"nothing differs: {found.n_notes} notes, every cell of every file the same"
        return
    yield f"{len(found.statuses)} of {found.n_notes} notes have another final status"
    if found.n_only_first or found.n_only_second:
        yield (
            f"{found.n_only_first} notes are in the first only, "
            f"{found.n_only_second} in the second only"
        )
    yield from (f"{file} is in one of the folders only" for file in found.missing)
    for each in found.statuses[:MOST_TOLD]:
        yield f"  {each.note_id}  {each.status[0]} -> {each.status[1]}: {each.cause}"
    if len(found.statuses) > MOST_TOLD:
        yield f"  ... and {len(found.statuses) - MOST_TOLD} more; --json has them all"
    if found.groups:
        yield ""
        yield f"  {'file':20} {'columns':24} {'rows':>7} {'far':>7} {'largest':>10}  most in"
    for group in found.groups:
        yield (
            f"  {group.file:20} {group.group:24} {group.n_rows:7} {group.n_far_rows:7} "
            f"{group.largest:10.4g}  {group.worst_column}"
        )
