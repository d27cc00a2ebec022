"""The square as the feed sees it: posts, ties and wishes in memory, kept up by every batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from stoa.feed.account_graph import AccountGraph
from stoa.feed.labels import LABELS, Mark, marks_of
from stoa.feed.post_table import PostTable
from stoa.feed.reposts import RepostLog
from stoa.feed.wishes import WISHED, ThreadWishes
from stoa.ports import PostStore
from stoa.records import (
    NO_ID,
    SECOND_US,
    Account,
    AccountChanged,
    AccountErased,
    AccountId,
    AccountStatus,
    EdgeColumns,
    EdgeGone,
    EdgeKind,
    EdgePut,
    Effect,
    GatePut,
    Post,
    PostColumns,
    PostGone,
    PostLabelled,
    PostPut,
    as_ids,
)
from stoa.space.columns import grown, rank_in_group
from stoa.space.engagements import Engagements

_LENGTH_LIMIT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardConfig:
    """How much the board keeps of what has no natural bound."""

    reposts: int = 1 << 21
    languages: int = 65_535  # distinct combinations; later ones count as undeclared


class Board:
    """An `EffectSink` that answers the feed's questions about posts without touching the store.

    One thread writes (`load`, `apply`, `drop_older`), any number read. Readers take a reference
    to `posts` once and gather from it; a row may be a batch old, never broken.
    Counts are of accounts that liked or reposted; one that did both and takes one back is not
    counted until the next start.
    """

    def __init__(
        self, engagements: Engagements | None = None, config: BoardConfig = BoardConfig()
    ) -> None:
        self.config = config
        self.engagements = Engagements() if engagements is None else engagements
        self.posts = PostTable.empty()
        self.reposts = RepostLog(capacity=config.reposts)
        self.follows = AccountGraph()
        self.version = 0  # batches applied, so that others know when to look again
        self._blocks = AccountGraph()
        self._blocked_by = AccountGraph()
        self._newest = np.zeros(1024, dtype=np.int64)  # by account: newest post
        self._account_marks = np.zeros(1024, dtype=np.uint16)
        self._languages: dict[str, int] = {"": 0}
        self._wishes = ThreadWishes()
        self._labels: dict[str, int] = {"": 0}
        self._lock = threading.RLock()
        self._new_likes: list[tuple[int, int]] = []
        self._before_cache = (-1, 0, 0)  # minute asked for, board version, answer

    # ------------------------------------------------------------------------------ reading

    def author_chain(self, authors: NDArray[np.int64], depth: int) -> NDArray[np.int64]:
        """Newest live posts of these authors, at most `depth` steps back each, in any order."""
        table, newest = self.posts, self._newest
        posts = newest[authors[(authors > 0) & (authors < len(newest))]]
        found: list[NDArray[np.int64]] = []
        for _ in range(depth):
            rows = table.rows(posts)
            rows = rows[rows > 0]
            if len(rows) == 0:
                break
            posts = rows + table.base
            found.append(posts[table.marks[rows] & Mark.ALIVE > 0])
            step = table.before[rows]
            posts = np.where(step == 0, NO_ID, posts - step)
        return np.concatenate(found) if found else as_ids([])

    def last_before(self, at_us: int) -> int:
        """A post id below which every post arrived before `at_us`; 0 where none is known."""
        table, version = self.posts, self.version
        asked = at_us // (60 * SECOND_US)
        held = self._before_cache
        if held[0] == asked and (held[2] or held[1] == version):
            return held[2]
        rows = np.flatnonzero(table.at_us[: table.n_rows] >= asked * 60 * SECOND_US)
        before = int(rows[0]) + table.base - 1 if len(rows) else 0
        self._before_cache = (asked, version, before)
        return before

    def blocked_with(self, account: int) -> NDArray[np.int64]:
        """Accounts that block this one or that it blocks, ascending."""
        return np.union1d(self._blocks.of(account), self._blocked_by.of(account))

    def account_marks(self, accounts: NDArray[np.int64]) -> NDArray[np.uint16]:
        """What is known of accounts, as `Mark` bits."""
        marks = self._account_marks
        inside = (accounts > 0) & (accounts < len(marks))
        return np.where(inside, marks[np.where(inside, accounts, 0)], 0).astype(np.uint16)

    def labels_on(self, posts: Sequence[Post]) -> list[int]:
        """What labels say of posts and of their authors, whoever gave them, as `Mark` bits."""
        table = self.posts
        rows = table.rows(as_ids([post.id for post in posts]))
        given = table.marks[rows] & np.uint16(LABELS)
        given |= self.account_marks(as_ids([post.author for post in posts])) & np.uint16(LABELS)
        own = [marks_of(post.content.labels) for post in posts]  # of posts let go from the table
        return [mark | more for mark, more in zip(given.tolist(), own, strict=True)]

    def language_codes(self, wanted: Iterable[str]) -> NDArray[np.bool_]:
        """By language code of a post: whether it names one of these or none at all."""
        asked = {language.split("-")[0].lower() for language in wanted}
        names = list(self._languages)
        allowed = [not name or not asked.isdisjoint(name.split(",")) for name in names]
        return np.array(allowed, dtype=bool)

    # ------------------------------------------------------------------------------ writing

    def load(self, store: PostStore) -> None:
        """Reads everything at start."""
        with self._lock:
            for columns in store.scan_posts():
                self._load_posts(columns)
            for columns in store.scan_edges(EdgeKind.FOLLOW):
                self.follows.load(columns.actor, columns.subject)
            for columns in store.scan_edges(EdgeKind.BLOCK):
                self._blocks.load(columns.actor, columns.subject)
                self._blocked_by.load(columns.subject, columns.actor)
            for columns in store.scan_edges(EdgeKind.LIKE):
                self._load_likes(columns)
            for columns in store.scan_edges(EdgeKind.REPOST):
                self._load_likes(columns)
                self._load_reposts(columns)
            for gate in store.scan_gates():
                self._put_gate(gate)
            self._mark_accounts(store.hidden_accounts(), Mark.ACCOUNT_HIDDEN)
            for account in store.marked_accounts():
                self._know_account(account)
            self.version += 1

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        """Takes in what a committed batch changed."""
        del now_us
        with self._lock:
            for effect in effects:
                handle = self._HANDLERS.get(type(effect))
                if handle is not None:
                    handle(self, effect)
            self._settle_likes()
            self.version += 1

    def drop_older(self, than: int) -> None:
        """Forgets posts with id < `than`."""
        with self._lock:
            self.posts = self.posts.without_older(than)
            self.engagements.drop_older(than)
            self._wishes.drop_older(than)

    def learn_accounts(self, accounts: Iterable[Account]) -> None:
        """Takes in labels and wishes of accounts that were looked up after start."""
        with self._lock:
            for account in accounts:
                self._know_account(account)

    def like_here(self, account: int, post: int) -> None:
        """Counts a like given in this square's own pages; one read from the network adds none."""
        with self._lock:
            self._new_likes.append((account, post))
            self._settle_likes()

    def unlike_here(self, account: int, post: int) -> None:
        """Takes back a like given in this square's own pages."""
        with self._lock:
            self._drop_edge(EdgeGone(EdgeKind.LIKE, AccountId(account), post))

    def _load_posts(self, columns: PostColumns) -> None:
        if len(columns.id) == 0:
            return
        table = self.posts = self.posts.reaching(int(columns.id.max()))
        rows = columns.id - table.base
        rows, columns = _usable(rows, columns)
        table.author[rows] = columns.author
        table.at_us[rows] = columns.at_us
        table.root[rows], table.parent[rows] = columns.root, columns.parent
        table.quote[rows], table.media[rows] = columns.quote, columns.media
        table.length[rows] = np.minimum(columns.length, _LENGTH_LIMIT)
        table.language[rows] = [self._language(langs) for langs in columns.langs]
        marks = np.array([self._label_marks(labels) for labels in columns.labels], dtype=np.uint16)
        table.marks[rows] = marks | Mark.ALIVE | Mark.LINKED
        self._count_replies(columns.parent)
        self._link(columns.id, columns.author)

    def _count_replies(self, parents: NDArray[np.int64]) -> None:
        if len(parents) == 0 or int(parents.max()) == NO_ID:
            return
        self.posts = self.posts.reaching(int(parents.max()))
        rows = self.posts.rows(parents)
        np.add.at(self.posts.replies, rows[rows > 0], 1)

    def _link(self, posts: NDArray[np.int64], authors: NDArray[np.int64]) -> None:
        """Chains posts (in order of time) to the post of the same author before each."""
        self._newest = grown(self._newest, int(authors.max()) + 1)
        order = np.argsort(authors, kind="stable")
        post, author = posts[order], authors[order]
        first = rank_in_group(author) == 0
        before = np.where(first, self._newest[author], np.concatenate(([0], post[:-1])))
        step = np.where(before > 0, post - before, 0)
        step[np.abs(step) >= 1 << 31] = 0
        self.posts.before[post - self.posts.base] = step
        last = np.append(author[1:] != author[:-1], True)
        self._newest[author[last]] = post[last]

    def _load_likes(self, columns: EdgeColumns) -> None:
        # In order of time, so that the samples keep the newest of an account.
        order = np.argsort(columns.at_us, kind="stable")
        actor, subject = columns.actor[order], columns.subject[order]
        new = self.engagements.add(actor, subject)
        self._count_likes(subject[new])

    def _count_likes(self, subjects: NDArray[np.int64]) -> None:
        if len(subjects) == 0:
            return
        self.posts = self.posts.reaching(int(subjects.max()))
        rows = self.posts.rows(subjects)
        np.add.at(self.posts.likes, rows[rows > 0], 1)

    def _load_reposts(self, columns: EdgeColumns) -> None:
        uris = columns.uri or [""] * len(columns.actor)
        for i in np.argsort(columns.at_us, kind="stable").tolist():
            self.reposts.put(
                int(columns.actor[i]), int(columns.subject[i]), int(columns.at_us[i]), uris[i]
            )

    def _put_post(self, effect: PostPut) -> None:
        post = effect.post
        table = self.posts = self.posts.reaching(post.id)
        row = post.id - table.base
        if row <= 0:
            return
        if not table.marks[row] & Mark.ALIVE:
            self._count_replies(as_ids([post.parent or NO_ID]))
            table = self.posts
        linked = int(table.marks[row]) & Mark.LINKED
        self._write(table, row, post)
        if not linked:
            self._link(as_ids([post.id]), as_ids([post.author]))

    def _write(self, table: PostTable, row: int, post: Post) -> None:
        content = post.content
        table.author[row] = post.author
        table.at_us[row] = post.at_us
        table.root[row], table.parent[row] = post.root or NO_ID, post.parent or NO_ID
        table.quote[row], table.media[row] = post.quote or NO_ID, int(content.media)
        table.length[row] = min(len(content.text), _LENGTH_LIMIT)
        primary = sorted({language.split("-")[0].lower() for language in content.langs})
        table.language[row] = self._language(",".join(primary))
        marks = marks_of(content.labels) | self._wishes.on(post.id)
        table.marks[row] = marks | Mark.ALIVE | Mark.LINKED

    def _drop_post(self, effect: PostGone) -> None:
        table = self.posts
        row = effect.id - table.base
        if not 0 < row < table.n_rows or not table.marks[row] & Mark.ALIVE:
            return
        parent_row = int(table.rows(table.parent[row : row + 1])[0])
        if parent_row and table.replies[parent_row]:
            table.replies[parent_row] -= 1
        table.marks[row] = int(table.marks[row]) & Mark.LINKED
        table.erase(row)

    def _put_edge(self, effect: EdgePut) -> None:
        if effect.kind is EdgeKind.FOLLOW:
            self.follows.put(effect.actor, effect.subject)
        elif effect.kind is EdgeKind.BLOCK:
            self._blocks.put(effect.actor, effect.subject)
            self._blocked_by.put(effect.subject, effect.actor)
        else:
            self._new_likes.append((effect.actor, effect.subject))
            if effect.kind is EdgeKind.REPOST:
                self.reposts.put(effect.actor, effect.subject, effect.at_us, effect.uri)

    def _drop_edge(self, effect: EdgeGone) -> None:
        if effect.kind is EdgeKind.FOLLOW:
            self.follows.take_back(effect.actor, effect.subject)
        elif effect.kind is EdgeKind.BLOCK:
            self._blocks.take_back(effect.actor, effect.subject)
            self._blocked_by.take_back(effect.subject, effect.actor)
        else:
            self._settle_likes()
            self.engagements.remove(effect.actor, effect.subject)
            row = int(self.posts.rows(as_ids([effect.subject]))[0])
            if row and self.posts.likes[row]:
                self.posts.likes[row] -= 1
            if effect.kind is EdgeKind.REPOST:
                self.reposts.remove(effect.actor, effect.subject)

    def _change_account(self, effect: AccountChanged) -> None:
        self._know_account(effect.account)
        (marks,) = self.account_marks(as_ids([effect.account.id])).tolist()
        if marks & (Mark.ACCOUNT_HIDDEN | Mark.HIDDEN):  # its acts are told again when it returns
            self._forget_acts(effect.account.id)

    def _erase_account(self, effect: AccountErased) -> None:
        for post in effect.posts:
            self._drop_post(PostGone(post))
        self._forget_acts(effect.id)
        for blocker in self._blocked_by.of(effect.id).tolist():
            self._blocks.take_back(blocker, effect.id)
        self._blocked_by.clear(effect.id)
        self._mark_accounts(as_ids([effect.id]), Mark.ACCOUNT_HIDDEN)

    def _forget_acts(self, account: int) -> None:
        """Lets likes, reposts, follows and blocks of an account count no more.

        Likes beyond its newest are uncounted at the next start.
        """
        self._settle_likes()
        (liked,) = self.engagements.recent_posts_of(as_ids([account]))
        rows = self.posts.rows(np.unique(liked[liked != NO_ID]))
        rows = rows[(rows > 0) & (self.posts.likes[rows] > 0)]
        self.posts.likes[rows] -= 1
        self.engagements.erase(as_ids([account]))
        self.reposts.erase(account)
        self.follows.clear(account)
        for other in self._blocks.of(account).tolist():
            self._blocked_by.take_back(other, account)
        self._blocks.clear(account)

    def _label_post(self, effect: PostLabelled) -> None:
        self.posts = self.posts.reaching(effect.id)
        row = effect.id - self.posts.base
        if row > 0:
            kept = int(self.posts.marks[row]) & ~int(LABELS)
            self.posts.marks[row] = kept | marks_of(effect.labels)

    def _put_gate(self, effect: GatePut) -> None:
        for post, marks in self._wishes.put(effect).items():
            row = int(self.posts.rows(as_ids([post]))[0])
            if row:
                self.posts.marks[row] = int(self.posts.marks[row]) & ~int(WISHED) | marks

    def _settle_likes(self) -> None:
        if not self._new_likes:
            return
        pairs = as_ids([value for pair in self._new_likes for value in pair]).reshape(-1, 2)
        self._new_likes.clear()
        new = self.engagements.add(pairs[:, 0], pairs[:, 1])
        self._count_likes(pairs[new, 1])

    def _know_account(self, account: Account) -> None:
        marks = marks_of(account.labels) | Mark.ACCOUNT_KNOWN
        if account.status is not AccountStatus.ACTIVE:
            marks |= Mark.ACCOUNT_HIDDEN
        if account.opted_out:
            marks |= Mark.NO_PROMOTE
        self._account_marks = grown(self._account_marks, account.id + 1)
        self._account_marks[account.id] = marks

    def _mark_accounts(self, accounts: NDArray[np.int64], mark: Mark) -> None:
        if len(accounts):
            self._account_marks = grown(self._account_marks, int(accounts.max()) + 1)
            self._account_marks[accounts] |= np.uint16(mark)

    def _language(self, languages: str) -> int:
        code = self._languages.get(languages)
        if code is None:
            if len(self._languages) > self.config.languages:
                return 0
            code = self._languages[languages] = len(self._languages)
        return code

    def _label_marks(self, labels: str) -> int:
        marks = self._labels.get(labels)
        if marks is None:
            marks = marks_of(labels.split(","))
            if len(self._labels) < 65_536:
                self._labels[labels] = marks
        return marks

    _HANDLERS: ClassVar[dict[type, Callable[..., None]]] = {
        PostPut: _put_post,
        PostGone: _drop_post,
        EdgePut: _put_edge,
        EdgeGone: _drop_edge,
        AccountChanged: _change_account,
        AccountErased: _erase_account,
        PostLabelled: _label_post,
        GatePut: _put_gate,
    }


def _usable(rows: NDArray[np.int64], columns: PostColumns) -> tuple[NDArray[np.int64], PostColumns]:
    """Leaves out posts older than the table's base."""
    keep = rows > 0
    if keep.all():
        return rows, columns
    at = np.flatnonzero(keep)
    return rows[keep], PostColumns(
        id=columns.id[keep],
        author=columns.author[keep],
        at_us=columns.at_us[keep],
        parent=columns.parent[keep],
        root=columns.root[keep],
        quote=columns.quote[keep],
        media=columns.media[keep],
        langs=[columns.langs[i] for i in at],
        labels=[columns.labels[i] for i in at],
        length=columns.length[keep],
    )
