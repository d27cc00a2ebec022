"""Turns positions of a reading into a page: checks each post once more and says why it is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.feed.board import Board
from stoa.feed.explain import sentences
from stoa.feed.filters import MutedWords
from stoa.feed.hydrator import BoardHydrator
from stoa.feed.labels import Mark, cover_of
from stoa.feed.outcome import PageItem
from stoa.feed.policies import safety
from stoa.feed.presenting import Sheet, sheet, terms_of
from stoa.feed.query import FeedQuery
from stoa.feed.readings import Reading
from stoa.pipeline import Candidates, Found, merge
from stoa.ports import PostStore
from stoa.ranking.dwell import DwellMeans, kind_of
from stoa.records import NO_ID, Account, AccountId, PostId, ViewerSettings

ELSEWHERE = "elsewhere"
"""Rule of what the surface cannot show, such as an app's own post in the Bluesky app."""

Fits = Callable[[Sequence[PostId]], Collection[PostId]]
"""Of some posts, those that the surface asking can show."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Items of a page, and the position after the last one looked at."""

    items: tuple[PageItem, ...]
    after: int
    ended: bool
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Server:
    """Serves slices of readings from what the square knows at this moment."""

    posts: PostStore
    board: Board

    def serve(
        self,
        reading: Reading,
        offset: int,
        limit: int,
        query: FeedQuery,
        dwell: DwellMeans,
        fits: Fits | None = None,
    ) -> Slice:
        """Fills a page of `limit` posts from `offset` on; only the reading's end shortens it.

        The caller holds the reading's lock. `query` carries the reader's settings and blocks of
        this moment: what may no longer be served is dropped, and the page filled from the rest.
        """
        at = max(offset - reading.start, 0)
        total = len(reading.slate)
        items: list[PageItem] = []
        dropped: dict[str, int] = {}
        while len(items) < limit and at < total:
            until = min(at + limit - len(items), total)
            reading.slate.extend(until)
            placed = reading.slate.placed[at:until]
            rows = np.array([p.row for p in placed], dtype=np.int64)
            candidates, accounts = self.hydrate(query, reading.ranked.candidates.take(rows))
            keep = self.keep(reading, query, candidates, dropped)
            # What was promoted in this reading is not shown a second time.
            keep &= ~np.isin(candidates.post, reading.promotions.posts())
            if fits is not None and keep.any():
                fitting = np.isin(candidates.post, list(fits(_ids(candidates.post[keep]))))
                self._drop(reading, ELSEWHERE, candidates, keep, fitting, dropped)
            shown = sheet(reading, query, candidates, accounts)
            items += self._items(reading, shown, at, keep, dwell)
            at = until
        for item in items:
            reading.position_of[item.post] = item.position
        return Slice(tuple(items), at + reading.start, at >= total, dropped)

    def may_show(self, query: FeedQuery, posts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask of the posts that the rules of safety let through."""
        merged = merge([Found(post=np.sort(posts))])
        candidates = BoardHydrator(self.board).hydrate(query, merged)
        keep = np.ones(len(candidates), dtype=bool)
        for rule in safety():
            keep &= rule.keep(query, candidates)
        return np.isin(posts, candidates.post[keep])

    def hydrate(
        self, query: FeedQuery, candidates: Candidates
    ) -> tuple[Candidates, Mapping[AccountId, Account]]:
        """Candidates as the square knows them at this moment, and the accounts behind them."""
        hydrator = BoardHydrator(self.board)
        candidates = hydrator.again(query, candidates)
        involved = np.union1d(candidates.author, candidates.reposter)
        accounts = self.posts.accounts(involved[involved != NO_ID].tolist())
        unknown = candidates.author[(candidates.marks & Mark.ACCOUNT_KNOWN) == 0]
        if len(unknown):
            wanted = set(unknown.tolist())
            self.board.learn_accounts(a for a in accounts.values() if a.id in wanted)
            candidates = hydrator.again(query, candidates)
        return candidates, accounts

    def keep(
        self, reading: Reading, query: FeedQuery, candidates: Candidates, dropped: dict[str, int]
    ) -> NDArray[np.bool_]:
        """Mask of what may be served at this moment; drops are counted, and told to the trace."""
        off = query.settings.rules_off
        keep = np.ones(len(candidates), dtype=bool)
        for rule in safety():
            if not (rule.switchable and rule.name in off):
                self._drop(
                    reading, rule.name, candidates, keep, rule.keep(query, candidates), dropped
                )
        words = MutedWords()
        if query.settings.muted_words and words.name not in off and keep.any():
            texts = self.posts.posts(candidates.post[keep].tolist())
            posts = [texts.get(PostId(post)) for post in candidates.post.tolist()]
            mask = words.keep(query.settings.muted_words, posts)
            self._drop(reading, words.name, candidates, keep, mask, dropped)
        return keep

    def _drop(
        self,
        reading: Reading,
        rule: str,
        candidates: Candidates,
        keep: NDArray[np.bool_],
        mask: NDArray[np.bool_],
        dropped: dict[str, int],
    ) -> None:
        leaving = keep & ~mask
        if leaving.any():
            n = reading.ranked.trace.drop(candidates.post[leaving], rule)
            dropped[rule] = dropped.get(rule, 0) + n
            keep &= mask

    def _items(
        self, reading: Reading, shown: Sheet, at: int, keep: NDArray[np.bool_], dwell: DwellMeans
    ) -> list[PageItem]:
        """Items of the kept candidates, which stand from place `at` of the slate on."""
        candidates = shown.candidates
        seconds = dwell.predict(kind_of(candidates.length, candidates.media))
        items: list[PageItem] = []
        for i in np.flatnonzero(keep).tolist():
            place = reading.slate.placed[at + i]
            reposter, uri = self._repost(candidates, i, shown.accounts)
            terms = terms_of(reading, place.row)
            grounds = shown.grounds(i, place, terms)
            guess = None if seconds is None else float(seconds[i])
            expected = terms.get("expected_s", guess)
            items.append(
                PageItem(
                    post=PostId(int(candidates.post[i])),
                    position=at + i + reading.start,
                    why=sentences(grounds),
                    parent=PostId(int(candidates.parent[i])) if candidates.parent[i] else None,
                    reposted_by=reposter,
                    repost_uri=uri,
                    seconds=None if expected is None else round(expected, 1),
                    propensity=place.propensity,
                    explored=place.explored,
                    cover=self.cover(shown.query.settings, int(candidates.marks[i])),
                )
            )
        return items

    def _repost(
        self, candidates: Candidates, i: int, accounts: Mapping[AccountId, Account]
    ) -> tuple[AccountId | None, str | None]:
        reposter, row = AccountId(int(candidates.reposter[i])), int(candidates.repost_row[i])
        if not reposter or not self.board.reposts.holds(row, reposter, int(candidates.post[i])):
            return None, None
        account = accounts.get(reposter)
        return reposter, None if account is None else self.board.reposts.uri(row, account.name)

    def cover(self, settings: ViewerSettings, marks: int) -> str | None:
        """The label under which a post is covered for a reader, if it is."""
        return None if settings.sensitive == "show" else cover_of(marks)


def _ids(posts: NDArray[np.int64]) -> list[PostId]:
    return [PostId(post) for post in posts.tolist()]


def at_this_moment(query: FeedQuery, settings: ViewerSettings, board: Board) -> FeedQuery:
    """A reading's query with the settings and blocks of now."""
    return replace(
        query,
        settings=settings,
        blocked=board.blocked_with(query.viewer) if query.viewer else query.blocked,
        muted_accounts=np.array(sorted(settings.muted_accounts), dtype=np.int64),
        muted_conversations=np.array(sorted(settings.muted_conversations), dtype=np.int64),
    )
