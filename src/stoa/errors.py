"""Everything Stoa raises on purpose.

StoaError
├── BadInput            a value from outside is wrong: names the field, the value, the mend
│   ├── BadCursor       a feed cursor that this square did not make
│   ├── UnknownFeed     a feed this square does not serve
│   ├── BadTable        a Community Notes file: names file, line, column, value, mend
│   ├── BadModel        weights that are damaged, unknown or of another version
│   └── BadKept         a file kept between two phases of a run is damaged or of another run
├── Unknown             something asked for is not here
│   ├── UnknownPost
│   ├── UnknownNote
│   └── UnknownAccount
├── NotAllowed          the caller may not do this
│   └── BadToken        a service-auth token that does not verify
├── StoreError          the data folder cannot be used
│   ├── StoreBusy       another process holds it
│   ├── StoreFull       the disk is full; what was accepted is kept
│   ├── StoreTooNew     written by a newer version of Stoa
│   └── LogDamaged      the log of own notes breaks its own rules; names the entry
├── EncoderUnavailable  the text encoder asked for cannot be loaded here
├── IndexDamaged        a segment file does not read; it is rebuilt from the store
├── TooManyFlips        a scoring run would change more statuses at once than is plausible
├── Unreachable         a network peer did not answer in time, or answered nonsense
├── PoorFit             a factorisation explains too little of the ratings to go on
├── TrainingDiverged    a loss is no number any more; holds the last parameters that were good
├── TopicsUnclear       the topic classifier does not find what the seed terms name
└── PortInUse           the address to serve on is taken
"""

from __future__ import annotations

from collections.abc import Sequence


class StoaError(Exception):
    """Base of every error that Stoa raises on purpose."""


class BadInput(StoaError):
    """A value from outside is wrong; says which field, what was found and how to mend it.

    >>> print(BadInput("limit", 0, "give a whole number from 1 to 100"))
    limit is 0: give a whole number from 1 to 100
    """

    def __init__(self, field: str, value: object, mend: str) -> None:
        shown = repr(value)
        if len(shown) > 120:
            shown = shown[:117] + "..."
        super().__init__(f"{field} is {shown}: {mend}")
        self.field = field
        self.value = shown
        self.given = value
        self.mend = mend


class BadCursor(BadInput):
    """A feed cursor that this square did not make, or made for somebody else."""

    def __init__(self, value: object) -> None:
        super().__init__("cursor", value, "ask again without a cursor to start a new reading")


class UnknownFeed(BadInput):
    """The feed asked for is not one of those this square serves."""

    def __init__(self, value: object) -> None:
        super().__init__("feed", value, "use a feed listed by describeFeedGenerator")


class BadTable(BadInput):
    """A Community Notes file does not read; says where, what was found and how to mend it.

    >>> print(BadTable("notes.tsv", "x", "give a whole number", line=7, column="noteId"))
    notes.tsv, line 7, column noteId is 'x': give a whole number
    """

    def __init__(
        self, file: str, value: object, mend: str, *, line: int | None = None, column: str = ""
    ) -> None:
        where = f", line {line}" if line is not None else ""
        what = f", column {column}" if column else ""
        super().__init__(f"{file}{where}{what}", value, mend)
        self.file = file
        self.line = line
        self.column = column


class BadModel(BadInput):
    """Weights that are damaged, unknown or of another version; what serves goes on serving."""


class BadKept(BadInput):
    """A file kept between two phases of a run is damaged, of another version or of other data."""


class Unknown(StoaError):
    """Something asked for is not here."""


class UnknownPost(Unknown):
    """No such post; it may have been deleted by its author."""

    def __init__(self, post: object) -> None:
        super().__init__(f"no post {post!r} here; its author may have deleted it")


class UnknownNote(Unknown):
    """No such note; it may have been deleted by its writer."""

    def __init__(self, note: object) -> None:
        super().__init__(f"no note {note!r} here; its writer may have deleted it")


class UnknownAccount(Unknown):
    """No such account."""

    def __init__(self, account: object) -> None:
        super().__init__(f"no account {account!r} here; nothing of it has been read yet")


class NotAllowed(StoaError):
    """The caller may not do this."""


class BadToken(NotAllowed):
    """A service-auth token that does not verify; `reason` is a short stable word for metrics."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class StoreError(StoaError):
    """The data folder cannot be used."""


class StoreBusy(StoreError):
    """Another process holds the data folder."""


class StoreFull(StoreError):
    """The disk is full; everything accepted before is kept."""


class StoreTooNew(StoreError):
    """The data folder was written by a newer version of Stoa."""


class LogDamaged(StoreError):
    """An entry of the log of own notes is malformed or breaks the rules of the log.

    >>> print(LogDamaged(7, "a status that no run decided"))
    entry 7 of the notes log: a status that no run decided
    """

    def __init__(self, entry: int, what: str) -> None:
        super().__init__(f"entry {entry} of the notes log: {what}")
        self.entry = entry
        self.what = what


class EncoderUnavailable(StoaError):
    """The text encoder asked for is not installed or does not load; says the mend."""


class IndexDamaged(StoaError):
    """A segment file does not read back whole; it is rebuilt from the store."""


class TooManyFlips(StoaError):
    """A scoring run would change more statuses at once than is plausible; nothing is written."""

    def __init__(self, excesses: Sequence[str]) -> None:
        listed = "; ".join(excesses)
        super().__init__(
            f"too many notes would flip ({listed}); look for damaged input, "
            "or run without the flip check"
        )
        self.excesses = tuple(excesses)


class Unreachable(StoaError):
    """A network peer did not answer in time, refused, or answered something unusable."""


class PoorFit(StoaError):
    """A factorisation explains too little of the ratings to go on.

    >>> print(PoorFit("MFCoreScorer", 0.2, 0.16))
    MFCoreScorer fits with mean squared error 0.200, at most 0.16 expected; look for damaged input
    """

    def __init__(self, model: str, error: float, worst: float) -> None:
        super().__init__(
            f"{model} fits with mean squared error {error:.3f}, at most {worst} expected; "
            "look for damaged input"
        )
        self.model = model
        self.error = error
        self.worst = worst


class TrainingDiverged(StoaError):
    """A loss is no number any more; the last parameters whose loss was one are kept here.

    >>> print(TrainingDiverged(120, None))
    the loss of step 120 is no number; lower the learning rate, or look for damaged input
    """

    def __init__(self, step: int, last_good: object) -> None:
        super().__init__(
            f"the loss of step {step} is no number; lower the learning rate, or look for "
            "damaged input"
        )
        self.step = step
        self.last_good = last_good


class TopicsUnclear(StoaError):
    """The topic classifier does not find the topics that the seed terms name.

    >>> print(TopicsUnclear(0.2, 0.35))
    topics have balanced accuracy 0.200, more than 0.35 expected; train on notes like these
    """

    def __init__(self, accuracy: float, least: float) -> None:
        super().__init__(
            f"topics have balanced accuracy {accuracy:.3f}, more than {least} expected; "
            "train on notes like these"
        )
        self.accuracy = accuracy


class PortInUse(StoaError):
    """The address to serve on is taken by another process."""
