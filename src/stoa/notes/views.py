"""Own notes as pages and programs see them, and the words for why they stand as they do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stoa.note_records import Classification, Enrollment, Status
from stoa.notes.book import WRITERS, BookNote, StatusChange
from stoa.own_notes import ContributorState, Findings, Level, NoteFinding, NoteId, Pseudonym

NO_NOTE_FINDING = NoteFinding(None, None, "", ())


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """Ratings by level."""

    helpful: int = 0
    somewhat_helpful: int = 0
    not_helpful: int = 0

    @property
    def total(self) -> int:
        """Ratings in all."""
        return self.helpful + self.somewhat_helpful + self.not_helpful


@dataclass(frozen=True, slots=True)
class Sides:
    """Ratings by the side of the factor axis that the last run found the rater on.

    Which side is negative means nothing; `unknown` are raters that no run has placed yet.
    """

    negative: LevelCounts
    positive: LevelCounts
    unknown: LevelCounts


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note with everything that may be said of it publicly."""

    id: NoteId
    post: str
    author: Pseudonym
    classification: Classification
    reasons: tuple[str, ...]
    text: str
    sources: tuple[str, ...]
    written_ms: int
    status: Status
    history: tuple[StatusChange, ...]  # oldest first
    ratings: LevelCounts
    sides: Sides | None  # None until a run has placed raters
    tags: tuple[str, ...]  # the two that explain the status, or none
    why: str

    @property
    def shows(self) -> bool:
        """Whether it shows under its post."""
        return self.status is Status.CURRENTLY_RATED_HELPFUL


@dataclass(frozen=True, slots=True)
class ContributorView:
    """How a contributor stands."""

    pseudonym: Pseudonym
    state: Enrollment
    may_write: bool
    rating_impact: int
    needed: int  # rating impact to earn in
    notes_written: int
    notes_helpful: int
    notes_not_helpful: int
    notes_left_today: int
    side_is_known: bool
    why: str


@dataclass(frozen=True, slots=True)
class NoteChange:
    """A run changed a note's status."""

    note: NoteId
    post: str
    before: Status
    after: Status


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did."""

    run: int  # its entry in the log
    at_ms: int
    n_notes: int
    n_ratings: int
    changes: tuple[NoteChange, ...]


@dataclass(frozen=True, slots=True)
class Stalled:
    """A run that decided nothing: all statuses are those of the run before."""

    at_ms: int
    why: str


def note_view(note: BookNote, findings: Findings) -> NoteView:
    """A note for a page."""
    written = note.written
    found = findings.notes.get(written.note, NO_NOTE_FINDING)
    sides = sides_of(note, findings)
    return NoteView(
        id=written.note,
        post=written.post,
        author=written.who,
        classification=written.classification,
        reasons=written.reasons,
        text=written.text,
        sources=written.sources,
        written_ms=written.at_ms,
        status=note.status,
        history=tuple(note.changes),
        ratings=_counted(rating.level for rating in note.ratings.values()),
        sides=sides,
        tags=found.tags,
        why=why_note(note, found, sides),
    )


def sides_of(note: BookNote, findings: Findings) -> Sides | None:
    """A note's ratings by side; None where no rater of it has one."""
    levels: tuple[list[Level], list[Level], list[Level]] = ([], [], [])
    for who, rating in note.ratings.items():
        found = findings.raters.get(who)
        factor = None if found is None else found.factor
        levels[2 if factor is None else int(factor >= 0)].append(rating.level)
    if not levels[0] and not levels[1]:
        return None
    return Sides(*map(_counted, levels))


def _counted(levels: Iterable[Level]) -> LevelCounts:
    counts = [0, 0, 0]
    for level in levels:
        counts[level] += 1
    return LevelCounts(counts[Level.HELPFUL], counts[Level.SOMEWHAT_HELPFUL], counts[0])


def why_note(note: BookNote, found: NoteFinding, sides: Sides | None) -> str:
    """Why a note shows or does not, in a sentence or two."""
    n = len(note.ratings)
    if note.status is Status.CURRENTLY_RATED_HELPFUL:
        return f"It shows because people who usually disagree found it helpful{_both(sides)}."
    if note.status is Status.CURRENTLY_RATED_NOT_HELPFUL:
        return f"It does not show: raters found it not helpful{_both(sides)}."
    if note.row.window_ms > 0:
        return (
            "People who usually disagree find it helpful; it shows if that holds for an hour "
            "from when they first did."
        )
    if found.intercept is None:
        ratings = "1 rating" if n == 1 else f"{n} ratings"
        return f"It needs more ratings before anything can be said of it; it has {ratings}."
    if sides is not None and _is_one_sided(sides):
        return (
            "It is liked on one side only. It shows when people on the other side, "
            f"who usually disagree with them, find it helpful too{_both(sides)}."
        )
    return f"It needs more ratings from people who usually disagree{_both(sides)}."


def _is_one_sided(sides: Sides) -> bool:
    shares = [side.helpful / max(1, side.total) for side in (sides.negative, sides.positive)]
    return max(shares) > 0.5 > min(shares)


def _both(sides: Sides | None) -> str:
    if sides is None:
        return ""
    first, second = sides.negative, sides.positive
    return (
        f" (helpful to {first.helpful} of {first.total} on one side, "
        f"to {second.helpful} of {second.total} on the other)"
    )


def why_stalled(error: float, worst: float) -> str:
    """Why a run decided nothing, for those whose notes wait.

    >>> why_stalled(0.2034, 0.16)[-45:]
    'error 0.203, where 0.16 is the most allowed).'
    """
    return (
        "The ratings follow no pattern from which one could tell who usually disagrees "
        f"(mean squared error {error:.3f}, where {worst} is the most allowed)."
    )


def why_contributor(state: ContributorState, impact: int) -> str:
    """What a contributor may do, and what to do for more."""
    missing = max(0, state.needed - impact)
    points = "1 point" if missing == 1 else f"{missing} points"
    earn = (
        f"It takes {points} more: rate notes early, as people who usually disagree "
        "will come to see them too."
    )
    if state.state in WRITERS:
        if state.state is Enrollment.AT_RISK:
            return (
                "You may write notes, but two of your latest were found not helpful: "
                "one more, and you would have to earn it again."
            )
        return "You may rate and write notes."
    if state.state is Enrollment.NEW_USER:
        return f"You may rate notes, and write them once you have earned in. {earn}"
    if state.state is Enrollment.REMOVED:
        return "You may no longer contribute."
    return (
        f"You may rate notes. Your latest notes were found not helpful, so writing is to be "
        f"earned again. {earn}"
    )
