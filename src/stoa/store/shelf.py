"""What the merging rules need of an adapter: rows by key, within one batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from stoa.records import Post
from stoa.store.rows import AccountRow, EdgeRow, GateRow, LabelRow, PostRow, SubjectKind


class Standing(NamedTuple):
    """What must be known of an actor before any of its acts is taken in."""

    visible: bool
    erased_at_us: int


class Shelf(Protocol):
    """Rows of one batch. A row handed out twice is the same object until the batch ends."""

    def account_id(self, name: str) -> int:
        """Id of an account, made on first mention."""
        ...

    def post_id(self, uri: str, at_us: int) -> int:
        """Id of a post, made on first mention, at `at_us`."""
        ...

    def standing(self, account: int) -> Standing:
        """How an account stands now, changes of this batch included."""
        ...

    def account(self, account: int) -> AccountRow:
        """An account's row, to read."""
        ...

    def touch_account(self, row: AccountRow) -> None:
        """Says that the row was changed."""
        ...

    def post(self, post: int) -> PostRow:
        """A post's row, to read."""
        ...

    def touch_post(self, row: PostRow) -> None:
        """Says that the row is about to change."""
        ...

    def edge(self, kind: int, actor: int, key: str) -> EdgeRow | None:
        """An edge's row, to read."""
        ...

    def put_edge(self, row: EdgeRow) -> None:
        """Adds an edge, or replaces the one of its key."""
        ...

    def drop_edge(self, row: EdgeRow) -> None:
        """Erases an edge's row."""
        ...

    def gate(self, uri_hash: int) -> GateRow | None:
        """A gate's row, to read."""
        ...

    def put_gate(self, row: GateRow) -> None:
        """Adds a gate, or replaces the one of its key."""
        ...

    def drop_gate(self, row: GateRow) -> None:
        """Erases a gate's row."""
        ...

    def label(self, kind: SubjectKind, subject: int, source: int, value: str) -> LabelRow | None:
        """A label's row, to read."""
        ...

    def put_label(self, row: LabelRow) -> None:
        """Adds a label, or replaces the one of its key."""
        ...

    def labels_on(self, kind: SubjectKind, subject: int) -> Iterable[LabelRow]:
        """Every service's word on a subject."""
        ...

    def posts_of(self, author: int) -> list[PostRow]:
        """All rows that name this author."""
        ...

    def edges_of(self, actor: int) -> list[EdgeRow]:
        """All rows of this actor."""
        ...

    def gates_of(self, author: int) -> list[GateRow]:
        """All rows of this author."""
        ...

    def erase_viewer(self, account: int, until_us: int) -> None:
        """Erases what was kept about a reader up to a time, and the settings."""
        ...


class Outcome(Protocol):
    """What effects are read from, once every row is in its place."""

    def account(self, account: int) -> AccountRow:
        """An account's row."""
        ...

    def post(self, post: int) -> PostRow:
        """A post's row."""
        ...

    def edge(self, kind: int, actor: int, key: str) -> EdgeRow | None:
        """An edge's row."""
        ...

    def standing(self, account: int) -> Standing:
        """How an account stands."""
        ...

    def holds_edge(self, kind: int, actor: int, subject: int) -> bool:
        """Whether any live edge of that kind joins the two."""
        ...

    def gates_on(self, post: int) -> list[GateRow]:
        """The wishes that hold about a thread."""
        ...

    def live_posts_of(self, author: int) -> list[Post]:
        """All live posts of an author."""
        ...

    def edges_of(self, actor: int) -> list[EdgeRow]:
        """All edges of an actor."""
        ...
