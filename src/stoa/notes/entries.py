"""Entries of the log as canonical JSON lines, there and back.

Canonical: keys in order, no white space, UTF-8, 64-bit ids as text (JSON numbers lose them), and
nothing that is missing is written. `decode` takes a line only if `encode` would write it so;
hence one entry has one leaf, and no byte of a leaf is free.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from stoa.errors import BadInput
from stoa.note_records import (
    CLASSIFICATION_NAMES,
    ENROLLMENT_NAMES,
    NO_TIME,
    TAGS,
    Classification,
    Enrollment,
    Status,
)
from stoa.own_notes import (
    REASONS,
    ContributorState,
    Enrolled,
    Level,
    LogEntry,
    NoteDeleted,
    NoteId,
    NoteRated,
    NoteRequested,
    NoteWritten,
    Pseudonym,
    RunMade,
    StateDecided,
    StatusDecided,
    StatusRow,
)

_KINDS: dict[type[LogEntry], str] = {
    Enrolled: "enrol",
    NoteWritten: "note",
    NoteRated: "rating",
    NoteDeleted: "deletion",
    NoteRequested: "request",
    RunMade: "run",
    StatusDecided: "status",
    StateDecided: "contributor",
}
_TYPES = {kind: type_ for type_, kind in _KINDS.items()}
_STATES = {name: state for state, name in ENROLLMENT_NAMES.items()}
_CLASSES = {name: code for code, name in CLASSIFICATION_NAMES.items()}
_NO_ROW = StatusRow()
_MOST_BYTES = 262_144  # the longest note has some 90,000
_MOST_CHOSEN = 10_000
_CHOSEN: dict[tuple[str, ...], tuple[str, ...]] = {}
"""Choices of tags that are held once, whoever made them."""


def encode(entry: LogEntry) -> bytes:
    """An entry as its leaf.

    >>> encode(NoteRequested(5, Pseudonym("a"), "at://x"))
    b'{"at":5,"kind":"request","post":"at://x","who":"a"}'
    """
    plain: dict[str, Any] = {"kind": _KINDS[type(entry)], "at": entry.at_ms}
    for field in fields(entry):
        if field.name != "at_ms":
            plain |= _plain(field.name, getattr(entry, field.name))
    return _text(plain)


def _text(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(name: str, value: object) -> dict[str, Any]:
    """One field as members of the JSON object."""
    if isinstance(value, StatusRow):
        return {"row": {f: v for f, v in _cells(value) if v is not None}}
    if isinstance(value, ContributorState):
        state = {
            "state": ENROLLMENT_NAMES[value.state],
            "needed": value.needed,
            "earnedOut": value.earned_out_ms,
            "timesEarnedOut": value.times_earned_out,
        }
        if value.changed_ms != NO_TIME:
            state["changed"] = value.changed_ms
        return state
    if name == "note":
        return {name: str(value)}
    if isinstance(value, Enrollment):
        return {name: ENROLLMENT_NAMES[value]}
    if isinstance(value, Classification):
        return {name: CLASSIFICATION_NAMES[value]}
    if isinstance(value, Level):
        return {name: value.name}
    return {name.removesuffix("_ms"): list(value) if isinstance(value, tuple) else value}


def _cells(row: StatusRow) -> list[tuple[str, Any]]:
    """The fields of a row; None where it says nothing."""
    found: list[tuple[str, Any]] = []
    for field in fields(row):
        value = getattr(row, field.name)
        empty = getattr(_NO_ROW, field.name)
        told = value.name if isinstance(value, Status) else value
        found.append((field.name, None if value == empty else told))
    return found


def decode(leaf: bytes) -> LogEntry:
    """The entry of a leaf.

    Raises:
        BadInput: it is no canonical entry; names the field.
    """
    entry = parse(leaf)
    try:
        again = encode(entry)
    except UnicodeEncodeError as fault:
        raise BadInput("entry", leaf[:60], f"a text has half a character ({fault})") from fault
    if again != leaf:
        raise BadInput("entry", leaf[:60], f"the canonical line is {again[:200]!r}")
    return entry


def parse(leaf: bytes) -> LogEntry:
    """The entry of a leaf that was canonical when it was written; in half the time of `decode`.

    Raises:
        BadInput: it is no entry; names the field.
    """
    if len(leaf) > _MOST_BYTES:
        raise BadInput("entry", leaf[:60], f"an entry has at most {_MOST_BYTES} bytes")
    try:
        plain = json.loads(leaf)
    except (ValueError, RecursionError) as fault:
        raise BadInput("entry", leaf[:60], f"this is no JSON in UTF-8 ({fault})") from fault
    if not isinstance(plain, dict) or _TYPES.get(str(plain.get("kind"))) is None:
        raise BadInput("kind", leaf[:60], f"give one of {', '.join(_TYPES)}")
    type_ = _TYPES[plain["kind"]]
    try:
        return _READERS[type_](plain)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        mend = f"a {plain['kind']} entry is missing or mistaking something ({fault!r})"
        raise BadInput("entry", leaf[:60], mend) from fault


def _known(names: object, known: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(names, list) or not set(names) <= set(known):
        raise ValueError(f"{names!r} are not all known")
    chosen = tuple(names)
    return _CHOSEN.setdefault(chosen, chosen) if len(_CHOSEN) < _MOST_CHOSEN else chosen


def _whole(value: object) -> int:
    if type(value) is not int or not -(2**63) < value < 2**63:
        raise ValueError(f"{value!r} is no whole number of 64 bits")
    return value


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _who(value: object) -> Pseudonym:
    """A pseudonym, held once however often it acts."""
    return Pseudonym(sys.intern(_words(value)))


def _note(value: object) -> NoteId:
    return NoteId(_whole(int(_words(value))))


def _row(plain: dict[str, Any]) -> StatusRow:
    cells: dict[str, Any] = {}
    for name, value in plain.items():
        empty = getattr(_NO_ROW, name)
        if isinstance(empty, Status):
            cells[name] = Status[_words(value)]
        else:
            cells[name] = _words(value) if isinstance(empty, str) else _whole(value)
    return StatusRow(**cells)


def _written(plain: dict[str, Any]) -> NoteWritten:
    return NoteWritten(
        _whole(plain["at"]),
        _who(plain["who"]),
        _note(plain["note"]),
        _words(plain["post"]),
        _CLASSES[_words(plain["classification"])],
        _known(plain["reasons"], REASONS),
        _words(plain["text"]),
        tuple(map(_words, plain["sources"])),
    )


def _rated(plain: dict[str, Any]) -> NoteRated:
    return NoteRated(
        _whole(plain["at"]),
        _who(plain["who"]),
        _note(plain["note"]),
        Level[_words(plain["level"])],
        _known(plain["tags"], TAGS),
    )


def _state(plain: dict[str, Any]) -> StateDecided:
    state = ContributorState(
        _STATES[_words(plain["state"])],
        _whole(plain["needed"]),
        _whole(plain["changed"]) if "changed" in plain else NO_TIME,
        _whole(plain["earnedOut"]),
        _whole(plain["timesEarnedOut"]),
    )
    return StateDecided(_whole(plain["at"]), _who(plain["who"]), state)


_READERS: dict[type[LogEntry], Callable[[dict[str, Any]], LogEntry]] = {
    Enrolled: lambda p: Enrolled(_whole(p["at"]), _who(p["who"]), _STATES[_words(p["state"])]),
    NoteWritten: _written,
    NoteRated: _rated,
    NoteDeleted: lambda p: NoteDeleted(_whole(p["at"]), _who(p["who"]), _note(p["note"])),
    NoteRequested: lambda p: NoteRequested(_whole(p["at"]), _who(p["who"]), _words(p["post"])),
    RunMade: lambda p: RunMade(
        _whole(p["at"]),
        _whole(p["seen"]),
        _whole(p["previous_cutoff"]),
        _whole(p["wall"]),
        _words(p["scorer"]),
    ),
    StatusDecided: lambda p: StatusDecided(_whole(p["at"]), _note(p["note"]), _row(p["row"])),
    StateDecided: _state,
}
