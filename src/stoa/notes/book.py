"""What a log of own notes adds up to: the one reading of it that pages, scorer and checks share.

A pure fold. It refuses entries that break the rules of the log, so that a log which was written
around the service does not read: a status that no run decided, a rating of one's own note, a
note by somebody who had not earned in, a deletion of somebody else's note.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from stoa.errors import BadInput, LogDamaged
from stoa.note_records import (
    DAY_MS,
    NO_TIME,
    SNOWFLAKE_EPOCH_MS,
    Enrollment,
    Status,
)
from stoa.notes.entries import decode
from stoa.own_notes import (
    SNOWFLAKE_SHIFT,
    Act,
    ContributorState,
    Enrolled,
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

FOUNDING_NOTES = 10
"""Until so many notes have had a status, newcomers may write at once."""

WRITERS = (Enrollment.EARNED_IN, Enrollment.AT_RISK)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A note's status changed, by which rule."""

    at_ms: int
    status: Status
    decided_by: str


@dataclass(slots=True)
class BookNote:
    """A note with everything that was said of it."""

    written: NoteWritten
    is_deleted: bool = False
    is_known: bool = False  # a run has seen it
    row: StatusRow = field(default_factory=StatusRow)
    changes: list[StatusChange] = field(default_factory=list[StatusChange])
    ratings: dict[Pseudonym, NoteRated] = field(default_factory=dict[Pseudonym, NoteRated])

    @property
    def status(self) -> Status:
        """Its status now; needs more ratings before any run."""
        return self.row.current or Status.NEEDS_MORE_RATINGS


class Book:
    """All notes, contributors and requests of a log, entry by entry."""

    def __init__(self) -> None:
        self.size = 0
        self.notes: dict[NoteId, BookNote] = {}
        self.by_post: dict[str, list[NoteId]] = {}
        self.by_author: dict[Pseudonym, list[NoteId]] = {}
        self.contributors: dict[Pseudonym, ContributorState] = {}
        self.requests: dict[str, dict[Pseudonym, int]] = {}
        self.runs: list[tuple[int, RunMade]] = []  # entry and run
        self.status_entries: list[int] = []
        self.last_ms = 0  # of acts
        self.last_id = NoteId(0)
        self.n_with_status = 0  # notes that have ever had one
        self._in_run = False
        self._today: dict[Pseudonym, tuple[int, Counter[type[Act]]]] = {}

    @property
    def last_run(self) -> RunMade | None:
        """The newest run."""
        return self.runs[-1][1] if self.runs else None

    @property
    def is_founding(self) -> bool:
        """Whether newcomers may write at once."""
        return self.n_with_status < FOUNDING_NOTES

    def row(self, note: BookNote) -> StatusRow:
        """The row of a note in the status history: the last run looked at every note it knew."""
        run = self.last_run
        return note.row if run is None else replace(note.row, current_ms=run.at_ms)

    def acts_today(self, who: Pseudonym, kind: type[Act], at_ms: int) -> int:
        """How many acts of a kind somebody did on the UTC day of that time."""
        day, counts = self._today.get(who, (-1, Counter()))
        return counts[kind] if day == at_ms // DAY_MS else 0

    def read(self, leaves: Iterable[bytes], reading: Callable[[bytes], LogEntry] = decode) -> Book:
        """Takes in leaves; returns itself.

        Raises:
            LogDamaged: one is no entry, or breaks the rules.
        """
        for leaf in leaves:
            try:
                entry = reading(leaf)
            except BadInput as fault:
                raise LogDamaged(self.size, str(fault)) from fault
            self.take(entry)
        return self

    def take(self, entry: LogEntry) -> None:
        """Takes in the next entry.

        Raises:
            LogDamaged: it breaks the rules.
        """
        match entry:
            case StatusDecided():
                self._decide_status(entry)
            case StateDecided():
                self._decide_state(entry)
            case RunMade():
                self._run(entry)
            case _:
                self._act(entry)
        self.size += 1

    def _require(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            raise LogDamaged(self.size, otherwise)

    # What people do.

    def _act(self, act: Act) -> None:
        self._in_run = False
        self._require(act.at_ms >= self.last_ms, "it is older than the act before it")
        is_new = act.who not in self.contributors
        self._require(is_new == isinstance(act, Enrolled), "enrolled twice, or not at all")
        match act:
            case Enrolled():
                self._enrol(act)
            case NoteWritten():
                self._write(act)
            case NoteRated():
                note = self._live(act.note)
                self._require(note.written.who != act.who, "a rating of one's own note")
                note.ratings[act.who] = act
            case NoteDeleted():
                note = self._live(act.note)
                self._require(note.written.who == act.who, "a deletion of somebody else's note")
                note.is_deleted = True
            case NoteRequested():
                self.requests.setdefault(act.post, {})[act.who] = act.at_ms
        self.last_ms = act.at_ms
        day, counts = self._today.get(act.who, (-1, Counter()))
        if day != act.at_ms // DAY_MS:
            day, counts = act.at_ms // DAY_MS, Counter()
            self._today[act.who] = day, counts
        counts[type(act)] += 1

    def _enrol(self, act: Enrolled) -> None:
        self._require(is_pseudonym(act.who), "the contributor is no pseudonym")
        as_founder = self.is_founding and act.state == Enrollment.EARNED_IN
        self._require(
            as_founder or act.state == Enrollment.NEW_USER, "enrolled with a state not earned"
        )
        self.contributors[act.who] = ContributorState(act.state)

    def _write(self, act: NoteWritten) -> None:
        self._require(self.contributors[act.who].state in WRITERS, "the writer may not write")
        self._require(act.note > self.last_id, "the id is not greater than those before")
        written_ms = (act.note >> SNOWFLAKE_SHIFT) + SNOWFLAKE_EPOCH_MS
        self._require(act.at_ms <= written_ms, "the id is of an earlier time")
        self.notes[act.note] = BookNote(act)
        self.by_post.setdefault(act.post, []).append(act.note)
        self.by_author.setdefault(act.who, []).append(act.note)
        self.last_id = act.note

    def _live(self, note: NoteId) -> BookNote:
        found = self.notes.get(note)
        self._require(found is not None and not found.is_deleted, f"there is no note {note}")
        assert found is not None
        return found

    # What a run decides.

    def _run(self, run: RunMade) -> None:
        before = self.last_run
        self._require(0 <= run.seen <= self.size, "a run that saw what was not written yet")
        self._require(before is None or run.at_ms > before.at_ms, "a run before the last one")
        self._require(not self.runs or run.seen > self.runs[-1][0], "a run that missed another")
        self.runs.append((self.size, run))
        self._in_run = True

    def _of_this_run(self, at_ms: int) -> None:
        run = self.last_run
        is_so = self._in_run and run is not None and run.at_ms == at_ms
        self._require(is_so, "a decision that no run made")

    def _decide_status(self, decided: StatusDecided) -> None:
        self._of_this_run(decided.at_ms)
        note = self.notes.get(decided.note)
        self._require(note is not None, f"a status of a note {decided.note} never written")
        assert note is not None
        self._require(decided.row.current_ms == NO_TIME, "the time of the run stands in the row")
        if decided.row.current != note.status or not note.changes:
            change = StatusChange(decided.at_ms, decided.row.current, decided.row.decided_by)
            note.changes.append(change)
        self.n_with_status += not note.row.first_status and bool(decided.row.first_status)
        note.row, note.is_known = decided.row, True
        self.status_entries.append(self.size)

    def _decide_state(self, decided: StateDecided) -> None:
        self._of_this_run(decided.at_ms)
        self._require(decided.who in self.contributors, "a state of somebody not enrolled")
        self.contributors[decided.who] = decided.state


def is_pseudonym(text: str) -> bool:
    """Whether a text is 64 lower-case hexadecimal digits.

    >>> is_pseudonym("0" * 64), is_pseudonym("ana")
    (True, False)
    """
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
