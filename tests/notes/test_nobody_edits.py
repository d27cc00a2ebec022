"""No route, role or command edits a status: only a run of the scorer decides one."""

import ast
from pathlib import Path

import pytest
from tests.notes.camps import GOOD, MISLEADING, WRITER, Camps

from stoa.errors import LogDamaged, StoaError
from stoa.note_records import Enrollment, Status
from stoa.notes.entries import encode
from stoa.notes.service import Notes
from stoa.own_notes import (
    ContributorState,
    Enrolled,
    NoteDeleted,
    NoteRated,
    NoteWritten,
    Pseudonym,
    RunMade,
    StateDecided,
    StatusDecided,
    StatusRow,
)
from stoa.records import AccountId

SOURCE = Path(__file__).parents[2] / "src" / "stoa"
DECIDED = {"StatusDecided", "StateDecided"}
MADE_IN = {"notes/run_entries.py", "notes/entries.py"}  # from a run; from a line of the log


def test_decisions_are_made_in_one_place():
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in DECIDED
        and not is_pattern(node)
    }
    assert found == MADE_IN


def is_pattern(node):
    return not node.args and not node.keywords


def test_only_score_calls_for_decisions_and_appends_a_run():
    tree = ast.parse((SOURCE / "notes" / "service.py").read_text(encoding="utf-8"))
    [service] = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Notes"]
    callers = {
        method.name
        for method in service.body
        if isinstance(method, ast.FunctionDef)
        for node in ast.walk(method)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"decisions", "RunMade"}
    }
    assert callers == {"score"}


def test_no_public_callable_but_score_changes_a_status(tmp_path):
    camps = Camps().live()
    camps.score(3)
    notes, liked = camps.notes, camps.of_kind["both"][0]
    arguments = {
        "enrol": (AccountId(9_999),),
        "write": (camps.left[0], "at://x/1", MISLEADING, [], "text", []),
        "rate": (camps.left[0], liked, "NOT_HELPFUL", []),
        "delete": (WRITER, camps.of_kind["left"][0]),
        "request": (camps.left[0], "at://x/2"),
        "forget": (camps.right[5],),
        "pseudonym": (WRITER,),
        "contributor": (WRITER,),
        "notes_of": ("at://x/1",),
        "note": (liked,),
        "shown": (["at://x/1"],),
        "standings": (),
        "n_requests": ("at://x/2",),
        "requested": (),
        "needs_you": (camps.left[0],),
        "checkpoint": (),
        "export": (tmp_path / "export",),
    }
    public = {
        name for name in dir(Notes) if not name.startswith("_") and callable(getattr(Notes, name))
    }
    assert public == {*arguments, "score"}
    before = statuses(notes)
    assert {Status.CURRENTLY_RATED_HELPFUL, Status.NEEDS_MORE_RATINGS} <= set(before.values())
    for name, given in arguments.items():
        getattr(notes, name)(*given)
        kept = statuses(notes)
        assert {note: kept[note] for note in before} == before, name


def statuses(notes):
    return {note: found.status for note, found in notes._book.notes.items()}


# What somebody who writes into the database would try: the log does not read any more.

WHO = Pseudonym("a" * 64)


def forgeries(camps):
    note, at_ms = camps.of_kind["left"][0], camps.clock.ms
    mine = camps.notes.note(note).author
    row = StatusRow(current=Status.CURRENTLY_RATED_HELPFUL)
    size = camps.log.size()
    late = RunMade(at_ms + 1, size, 0, at_ms + 1, "by hand")
    rated = NoteRated(at_ms, WHO, note, 2, GOOD)
    enrolled = Enrolled(at_ms, WHO, Enrollment.NEW_USER)
    founder, last = camps.notes.pseudonym(camps.left[0]), camps.notes._book.last_id
    newer = note + (1 << 50)
    return {
        "no run made": [StatusDecided(at_ms + 1, note, row)],
        "another time": [late, StatusDecided(at_ms, note, row)],
        "after an act": [late, enrolled, StatusDecided(at_ms + 1, note, row)],
        "never written": [late, StatusDecided(at_ms + 1, 7, row)],
        "the time of the run": [late, StatusDecided(at_ms + 1, note, StatusRow(current_ms=1))],
        "a state of nobody": [late, StateDecided(at_ms + 1, WHO, ContributorState(0))],
        "a state by hand": [StateDecided(at_ms + 1, mine, ContributorState(Enrollment.EARNED_IN))],
        "a run too early": [RunMade(at_ms, size, 0, at_ms, "by hand")],
        "a run that saw more": [RunMade(at_ms + 1, size + 1, 0, at_ms, "by hand")],
        "a run that missed one": [RunMade(at_ms + 1, 3, 0, at_ms, "by hand")],
        "a founder too late": [Enrolled(at_ms, WHO, Enrollment.EARNED_IN)],
        "no pseudonym": [Enrolled(at_ms, "ana", Enrollment.NEW_USER)],
        "enrolled twice": [enrolled, enrolled],
        "not enrolled": [rated],
        "an old act": [Enrolled(at_ms - 10_000_000, WHO, Enrollment.NEW_USER)],
        "no such note": [enrolled, NoteRated(at_ms, WHO, 7, 2, GOOD)],
        "one's own note": [NoteRated(at_ms, mine, note, 2, GOOD)],
        "somebody else's": [enrolled, NoteDeleted(at_ms, WHO, note)],
        "may not write": [enrolled, NoteWritten(at_ms, WHO, newer, "at://x", 1, (), "t", ())],
        "an old id": [NoteWritten(at_ms, founder, note, "at://x", 1, (), "t", ())],
        "an id of an earlier time": [
            NoteWritten(at_ms + 10**9, founder, last + 1, "at://x", 1, (), "t", ())
        ],
        "no entry": [b"{}"],
    }


def test_a_log_that_was_written_by_hand_does_not_open():
    camps = Camps().live()
    camps.score(3)
    leaves = list(camps.log.leaves())
    for what, entries in forgeries(camps).items():
        lines = [entry if isinstance(entry, bytes) else encode(entry) for entry in entries]
        camps.log._leaves = [*leaves, *lines]
        with pytest.raises(LogDamaged) as found:
            camps.open()
        assert found.value.entry == len(leaves) + len(lines) - 1, what
    camps.log._leaves = leaves
    camps.open()


@pytest.mark.parametrize("change", ["edited", "cut"])
def test_a_log_that_is_not_the_signed_one_does_not_open(change):
    camps = Camps().live(per_kind=2)
    camps.score(1)
    if change == "cut":
        del camps.log._leaves[-1]
    else:
        at = next(i for i, leaf in enumerate(camps.log._leaves) if b'"HELPFUL"' in leaf)
        leaf = camps.log._leaves[at]
        camps.log._leaves[at] = leaf.replace(b'"HELPFUL"', b'"SOMEWHAT_HELPFUL"')
    with pytest.raises(LogDamaged, match="not the one whose head was signed"):
        camps.open()


def test_a_checkpoint_by_another_key_does_not_open():
    camps = Camps().live(per_kind=2)
    camps.score(1)
    [kept] = camps.log.checkpoints()
    camps.log._checkpoints[kept.size] = type(kept)(kept.size, kept.text.replace("A", "B"))
    with pytest.raises(StoaError):
        camps.open()
