"""Everything Stoa raises on purpose.

StoaError
├── BadInput            a value from outside is wrong: names the field, the value, the mend
│   ├── BadCursor       a feed cursor that this square did not make
│   └── UnknownFeed     a feed this square does not serve
├── Unknown             something asked for is not here
│   ├── UnknownPost
│   └── UnknownAccount
├── NotAllowed          the caller may not do this
│   └── BadToken        a service-auth token that does not verify
├── StoreError          the data folder cannot be used
│   ├── StoreBusy       another process holds it
│   ├── StoreFull       the disk is full; what was accepted is kept
│   └── StoreTooNew     written by a newer version of Stoa
├── EncoderUnavailable  the text encoder asked for cannot be loaded here
├── IndexDamaged        a segment file does not read; it is rebuilt from the store
├── Unreachable         a network peer did not answer in time, or answered nonsense
└── PortInUse           the address to serve on is taken
"""

from __future__ import annotations


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


class Unknown(StoaError):
    """Something asked for is not here."""


class UnknownPost(Unknown):
    """No such post; it may have been deleted by its author."""

    def __init__(self, post: object) -> None:
        super().__init__(f"no post {post!r} here; its author may have deleted it")


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


class EncoderUnavailable(StoaError):
    """The text encoder asked for is not installed or does not load; says the mend."""


class IndexDamaged(StoaError):
    """A segment file does not read back whole; it is rebuilt from the store."""


class Unreachable(StoaError):
    """A network peer did not answer in time, refused, or answered something unusable."""


class PortInUse(StoaError):
    """The address to serve on is taken by another process."""
