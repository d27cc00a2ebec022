"""The rows that both adapters keep, as the merging rules see them: mutable, and all integers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from stoa.records import AccountStatus, EdgeKind, PutPost

NEVER_US = -(1 << 63)
"""Earlier than any time: of an account that was never erased."""

HOUR_US = 3_600 * 1_000_000

HIDING_LABELS = frozenset({"!hide", "!takedown", "!suspend"})
"""Labels that keep an account's posts from being served (AT Protocol, reserved labels)."""

ANY_EDGE = 0
"""Stands where an EdgeKind would, in the tombstone of a record whose URI does not tell its kind."""


class PostState(IntEnum):
    """What is known of a post's URI."""

    REFERENCE = 0  # something pointed at it, or its account was erased
    LIVE = 1
    DEAD = 2  # removed by its author: only a hash of the URI and the revision are left


class SubjectKind(IntEnum):
    """What a label is about."""

    POST = 1
    ACCOUNT = 2


@dataclass(slots=True)
class AccountRow:
    """An account, with the revision or time of whatever may be said of it twice."""

    id: int
    name: str
    handle: str | None = None
    handle_us: int = NEVER_US
    display_name: str = ""
    description: str = ""
    own_labels: tuple[str, ...] = ()
    profile_revision: int | None = None
    profile_us: int = NEVER_US
    profile_live: bool = False
    given_labels: tuple[str, ...] = ()  # by moderation services, those that hold
    status: AccountStatus = AccountStatus.ACTIVE
    status_us: int = NEVER_US
    erased_at_us: int = NEVER_US
    opted_out: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The account's own labels and those given to it."""
        return tuple(dict.fromkeys(self.own_labels + self.given_labels))

    @property
    def visible(self) -> bool:
        """Whether its posts may be shown and its acts count."""
        return self.status is AccountStatus.ACTIVE and HIDING_LABELS.isdisjoint(self.labels)


@dataclass(slots=True)
class PostRow:
    """A post, a reference to one, or what is left of one.

    `at_us` is the first time its record was heard of, so that a rewrite makes nothing new;
    `version_us` belongs to the act that holds.
    """

    id: int
    uri_hash: int
    author: int = 0
    key: str = ""
    state: PostState = PostState.REFERENCE
    revision: int = 0
    at_us: int = 0
    version_us: int = 0
    parent: int = 0
    root: int = 0
    quote: int = 0
    own_labels: tuple[str, ...] = ()
    given_labels: tuple[str, ...] = ()
    put: PutPost | None = None  # SQLite: only where this batch wrote it
    stored: bool = True  # False until its first flush

    @property
    def live(self) -> bool:
        """Whether it holds content."""
        return self.state is PostState.LIVE

    @property
    def labels(self) -> tuple[str, ...]:
        """The author's labels and those given to it."""
        return tuple(dict.fromkeys(self.own_labels + self.given_labels))

    def clear(self, state: PostState) -> None:
        """Erases all that was said, and who said it."""
        self.state = state
        self.author = self.parent = self.root = self.quote = 0
        self.key = ""
        self.own_labels = ()
        self.put = None


@dataclass(slots=True)
class EdgeRow:
    """A like, repost, follow or block, or what is left of one.

    The subject of a dead edge is erased: in its place stands minus the hour of its removal, by
    which retention finds it.
    """

    kind: int  # EdgeKind or ANY_EDGE
    actor: int
    key: str
    subject: int
    at_us: int
    revision: int

    @property
    def live(self) -> bool:
        """Whether the edge holds."""
        return self.subject > 0

    @property
    def edge_kind(self) -> EdgeKind:
        """The kind of an edge that is or was one."""
        return EdgeKind(self.kind)


@dataclass(slots=True)
class GateRow:
    """An author's wishes about a thread; `post` is 0 when they were taken back."""

    uri_hash: int
    author: int
    post: int
    revision: int
    at_us: int
    hidden_replies: tuple[int, ...] = ()
    detached_quotes: tuple[int, ...] = ()


@dataclass(slots=True)
class LabelRow:
    """One service's newest word on one label of one subject."""

    kind: SubjectKind
    subject: int
    source: int
    value: str
    at_us: int
    negated: bool


def removal_hour(at_us: int) -> int:
    """What stands for the subject of a dead edge: minus the hour, below 0 for any time."""
    return -max(1, at_us // HOUR_US)
