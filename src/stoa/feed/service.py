"""The feed as the rest of the square calls it: pages, reasons, and what was left out."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from stoa.errors import BadInput, StoreError, UnknownPost
from stoa.feed.asking import Asker, QueryMaker
from stoa.feed.board import Board
from stoa.feed.compose import Slate, SlateConfig
from stoa.feed.config import FeedConfig
from stoa.feed.cursors import Cursors, Place
from stoa.feed.hearing import Hearing
from stoa.feed.hydrator import BoardHydrator
from stoa.feed.left_out import left_out_rules, trace_told
from stoa.feed.model_seat import ModelSeat
from stoa.feed.outcome import LeftOutRule, Page, PageItem, TraceTold, VectorPoint, Why
from stoa.feed.policies import FOLLOWING, FOR_YOU, Policy, Rooms, build_policies, choose, offered
from stoa.feed.popularity import PopularNow
from stoa.feed.promoting import PageAsk, Promoter
from stoa.feed.query import FeedQuery
from stoa.feed.readings import Reading, ReadingKey, Readings
from stoa.feed.reasons import Explainer
from stoa.feed.serving import Fits, Server, Slice, at_this_moment
from stoa.feed.survey import LEAST_BETWEEN, Survey
from stoa.feed.tally import Tally
from stoa.feed.vector_map import vector_map
from stoa.feed.viewer_state import StateTimes, ViewerStates
from stoa.ports import (
    CampaignStore,
    Clock,
    EventLog,
    PostStore,
    VectorIndex,
    VectorRows,
    ViewerStore,
)
from stoa.records import (
    DAY_US,
    NO_ID,
    SECOND_US,
    AccountId,
    EventKind,
    PostId,
    ViewerEvent,
    ViewerSettings,
    as_ids,
)
from stoa.space.generation import GenerationSeat, first_generation

__all__ = ["Feed", "FeedConfig"]

_ASKING = frozenset({"page", "api"})
"""Surfaces that can put a question to the reader."""

_TEXTS_AROUND = 3_000
"""Enough to tell which words are common in a square; read in some twenty milliseconds."""

Who = str | AccountId | None
"""A viewer by external id or by interned id; None is somebody logged out."""


class Feed:
    """A For You feed over the ports it is handed. Synchronous; safe for many threads."""

    def __init__(
        self,
        config: FeedConfig,
        *,
        posts: PostStore,
        viewers: ViewerStore,
        log: EventLog,
        index: VectorIndex,
        rows: VectorRows,
        board: Board,
        clock: Clock,
        secret: bytes,
        texts: VectorRows | None = None,
        seat: ModelSeat | None = None,
        space: GenerationSeat | None = None,
        campaigns: CampaignStore | None = None,
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.config = config
        self._posts, self._viewers, self._log = posts, viewers, log
        self._rows, self._board, self._clock = rows, board, clock
        self._space = space or GenerationSeat(first_generation(index, rows))
        self._stopwatch = stopwatch
        self._cursors = Cursors(secret)
        self._count = itertools.count()
        self._states = ViewerStates(
            viewers,
            limit=config.viewers,
            history=config.history,
            times=StateTimes(
                seen_us=int(config.seen_days * DAY_US),
                served_us=int(config.served_h * 3600 * SECOND_US),
                fresh_us=int(config.viewer_ttl_s * SECOND_US),
            ),
        )
        self._readings = Readings(
            limit=config.readings, ttl_us=int(config.reading_ttl_s * SECOND_US)
        )
        self._seat = seat or ModelSeat()
        found_in = Rooms(board, rows, PopularNow(board), self._seat, texts)
        self._policies = build_policies(found_in, config)
        self._hearing = hearing = Hearing(viewers, board, self._states)
        self._queries = QueryMaker(config, board, self._space, self._states, lambda: hearing.dwell)
        self._server = Server(posts, board)
        self._promoter = (
            Promoter(campaigns, self._server, self._policies, config.promoted)
            if campaigns is not None
            else None
        )
        self._explainer = Explainer(
            posts,
            BoardHydrator(board),
            self._policies,
            lambda: self._seat.ranker is not None,
        )
        self._tally = Tally()
        self._making = threading.Lock()

    # -------------------------------------------------------------------------------- pages

    def page(
        self,
        viewer: Who,
        *,
        limit: int,
        cursor: str | None = None,
        surface: str = "page",
        peek: bool = False,
        tab: str = "for_you",
        policy: str | None = None,
        fits: Fits | None = None,
    ) -> Page:
        """The next posts of a reading, or the first of a new one when `cursor` is None.

        What is handed out is logged as SERVED with position, propensity and policy, unless the
        viewer is logged out or only peeks. The same cursor asked twice gives the same page.
        Where the surface cannot show every post, `fits` names those it can; the page is filled
        with them, and the others are not taken for served.

        Raises:
            BadInput: `limit`, `tab` or `policy` cannot be.
            BadCursor: the cursor was not made by this square for this viewer.
        """
        if not 1 <= limit <= self.config.limit:
            raise BadInput("limit", limit, f"give a whole number from 1 to {self.config.limit}")
        asker = self._asker(viewer)
        chosen = self._policy(asker, tab, policy)
        now_us = self._clock.now_us()
        offset = 0
        if cursor is not None:
            place = self._cursors.read(cursor, asker.name)
            reading = self._readings.get(place.reading, asker.name, now_us)
            reading = reading or self._resume(asker, chosen, tab, place, now_us)
            offset = place.offset
        else:
            reading = self._first(asker, chosen, tab, now_us, peek)
        return self._serve(asker, reading, offset, limit, "" if peek else surface, fits)

    def presets(self) -> tuple[str, ...]:
        """Names of the policies that can rank now, the default first."""
        return offered(self._policies, self._seat)

    def why(self, viewer: Who, post: PostId) -> Why:
        """The chain behind a post, for the viewer's newest reading that knows it.

        Raises:
            UnknownPost: the post is not here.
        """
        if int(self._board.posts.rows(as_ids([post]))[0]) == 0:
            raise UnknownPost(post)
        asker = self._asker(viewer)
        reading = self._reading_about(asker, post)
        with reading.lock:
            return self._explainer.why(reading, post, self._hearing.dwell)

    def trace(self, viewer: Who) -> TraceTold:
        """The account of the viewer's newest reading: found, merged, dropped, kept, how long."""
        reading = self._newest(self._asker(viewer))
        with reading.lock:
            return trace_told(reading.ranked.trace, reading.ranker)

    def left_out(self, viewer: Who) -> tuple[LeftOutRule, ...]:
        """Every rule, and what it left out of the viewer's newest reading."""
        asker = self._asker(viewer)
        reading = self._newest(asker)
        with reading.lock:
            policy = self._policies[reading.policy]
            return left_out_rules(reading.ranked.trace, policy.pipeline, asker.settings)

    def vectors(self, viewer: Who) -> tuple[VectorPoint, ...]:
        """The viewer's vectors as points on a map, removed ones included at weight 0."""
        asker = self._asker(viewer)
        if asker.viewer == NO_ID:
            return ()
        everything = replace(asker, settings=replace(asker.settings, vector_weights={}))
        query = self._queries.make(everything, self._clock.now_us(), 0)
        posts = self._posts.posts(query.vectors.posts.tolist())
        texts = {int(post.id): post.content.text for post in posts.values()}
        return vector_map(query.vectors, asker.settings.vector_weights, texts, self._around(texts))

    def _around(self, posts: Mapping[int, str]) -> list[str]:
        """Texts of the square from about the time of the newest of these posts."""
        if not posts:
            return []
        first = PostId(max(0, max(posts) - _TEXTS_AROUND))
        for _, texts in self._posts.scan_texts(first, chunk=_TEXTS_AROUND):
            return texts
        return []

    def neighbours(self, post: PostId, k: int) -> list[tuple[PostId, float]]:
        """The k live posts nearest to a post, with their cosine; none where it has no vector."""
        space = self._space.generation
        vector = space.vectors(as_ids([post]))
        if not vector.any():
            return []
        found = space.index.match(vector, 2 * k + 8, exclude=as_ids([post]))
        asker = Asker(None, AccountId(NO_ID), ViewerSettings())
        query = self._queries.make(asker, self._clock.now_us(), 0)
        alive = self._server.may_show(query, found.post)
        pairs = zip(found.post[alive].tolist(), found.score[alive].tolist(), strict=True)
        return [(PostId(other), float(score)) for other, score in itertools.islice(pairs, k)]

    # ------------------------------------------------------------------------ what happened

    def heard(self, events: Sequence[ViewerEvent]) -> None:
        """Takes in what readers just did, after it was recorded: their next page changes."""
        self._hearing.take(events)

    def moved(self) -> None:
        """The vectors of the square are others now: readings made with the former ones go.

        A cursor of theirs is answered by ranking anew, without what it had served.
        """
        self._readings.clear()

    def refresh(self, viewer: Who) -> None:
        """Reads a viewer anew for the next reading; readings under way stay as they are."""
        asker = self._asker(viewer)
        if asker.viewer != NO_ID:
            self._states.forget(asker.viewer)

    def forget(self, viewer: Who) -> int:
        """Lets go all that is kept in memory of a viewer; returns how many readings."""
        asker = self._asker(viewer)
        if asker.viewer != NO_ID:
            self._states.forget(asker.viewer)
        return self._readings.forget(asker.name) if asker.name is not None else 0

    def stats(self) -> Mapping[str, object]:
        """Running totals: pages, readings, drops by rule, seconds by stage."""
        return {**self._tally.totals(), "readings_kept": len(self._readings)}

    # ------------------------------------------------------------------------------ inside

    def _asker(self, viewer: Who) -> Asker:
        if viewer is None:
            return Asker(None, AccountId(NO_ID), ViewerSettings())
        if isinstance(viewer, str):
            name, known = viewer, self._posts.account_id(viewer)
        else:
            account = self._posts.accounts([viewer]).get(AccountId(viewer))
            name, known = (account.name if account else f"#{viewer}"), AccountId(viewer)
        if known is None:
            return Asker(name, AccountId(NO_ID), ViewerSettings())
        return Asker(name, known, self._viewers.settings(known))

    def _policy(self, asker: Asker, tab: str, policy: str | None) -> Policy:
        if tab == FOLLOWING:
            return self._policies[FOLLOWING]
        if tab != "for_you":
            raise BadInput("tab", tab, "use for_you or following")
        if policy is not None:
            return choose(self._policies, self._seat, policy)
        if asker.name is None:
            return self._policies["popular"]
        wished = self._policies.get(asker.settings.preset, self._policies[FOR_YOU])
        return wished if wished.name != FOLLOWING else self._policies[FOR_YOU]

    def _first(self, asker: Asker, policy: Policy, tab: str, now_us: int, peek: bool) -> Reading:
        """A new reading; a peek, and everybody logged out, share one that is still young."""
        ttl_s = self.config.logged_out_ttl_s if asker.name is None else self.config.peek_ttl_s
        if peek or asker.name is None:
            key = ReadingKey(asker.name, policy.name, tab)
            kept = self._readings.newest(key, now_us, int(ttl_s * SECOND_US))
            if kept is not None and kept.start == 0 and self._is_shared(asker, kept):
                return kept
        return self._make(asker, policy, tab, now_us, explores=not peek)

    def _is_shared(self, asker: Asker, kept: Reading) -> bool:
        """Whether a young reading may be handed out again: one with room for more is made anew."""
        is_full = len(kept.slate) >= self.config.reading
        return asker.name is not None or is_full or kept.version == self._board.version

    def _make(
        self, asker: Asker, policy: Policy, tab: str, now_us: int, *, explores: bool
    ) -> Reading:
        """A fresh reading. A peek asks what comes first, so chance has no part in its answer."""
        if not explores:
            asker = replace(asker, settings=replace(asker.settings, exploration=0.0))
        name = self._cursors.name_reading(asker.name, now_us, next(self._count))
        query = self._queries.make(asker, now_us, self._cursors.seed(name))
        reading = self._rank(name, asker, policy, tab, query)
        few = len(reading.slate) < self.config.least_fresh_posts
        if few and len(query.served):
            # A small square: better the same posts again than an empty page.
            query = replace(query, served=as_ids([]))
            reading = self._rank(name, asker, policy, tab, query)
        self._readings.keep(reading)
        return reading

    def _resume(self, asker: Asker, policy: Policy, tab: str, place: Place, now_us: int) -> Reading:
        """Ranks anew for a cursor whose reading was let go, leaving out what was served."""
        with self._making:
            kept = self._readings.get(place.reading, asker.name, now_us)
            if kept is not None:
                return kept
            query = self._queries.make(asker, now_us, self._cursors.seed(place.reading))
            reading = self._rank(place.reading, asker, policy, tab, query)
            reading.start = 0 if asker.name is None else place.offset
            self._readings.keep(reading)
            return reading

    def _rank(self, name: str, asker: Asker, policy: Policy, tab: str, query: FeedQuery) -> Reading:
        is_learned = policy.learned and self._seat.ranker is not None
        ranked = policy.pipeline.run(
            query, rules_off=asker.settings.rules_off, stopwatch=self._stopwatch
        )
        self._tally.reading(ranked.trace)
        candidates = ranked.candidates
        explores = policy.composes and asker.name is not None
        share = min(max(asker.settings.exploration, 0.0), 1.0) if explores else 0.0
        slate = Slate(
            ranked.scores.score,
            candidates.author,
            candidates.root,
            (candidates.likes == 0) & (candidates.replies == 0),
            exploration=share,
            seed=query.seed,
            config=self._slate(policy, is_learned),
        )
        return Reading(
            id=name,
            viewer=asker.name,
            policy=policy.name,
            tab=tab,
            made_us=query.now_us,
            start=0,
            version=self._board.version,
            query=query,
            ranked=ranked,
            slate=slate,
            source_names=tuple(source.name for source in policy.pipeline.sources),
            ranker=policy.pipeline.ranker.name,
            survey=self._survey(asker, query),
            in_seconds=is_learned and policy.in_seconds,
        )

    def _slate(self, policy: Policy, is_learned: bool) -> SlateConfig | None:
        if not policy.composes:
            return None
        return self.config.learned_slate if is_learned else self.config.slate

    def _survey(self, asker: Asker, query: FeedQuery) -> Survey:
        """Questions for a reading; how long ago the last one was is carried over."""
        share = 0.0 if asker.name is None else min(max(asker.settings.survey_share, 0.0), 1.0)
        before = self._readings.of_viewer(asker.name) if asker.name is not None else []
        passed = [r.survey.passed for r in before if r.survey.decided]
        return Survey(share, query.seed, passed[-1] if passed else LEAST_BETWEEN)

    def _serve(
        self,
        asker: Asker,
        reading: Reading,
        offset: int,
        limit: int,
        surface: str,
        fits: Fits | None,
    ) -> Page:
        """A page of a reading; an empty `surface` leaves no trace in the log."""
        started = self._stopwatch()
        with reading.lock:
            query = at_this_moment(reading.query, asker.settings, self._board)
            limit = min(limit, max(self.config.reading - offset, 0))
            cut = self._server.serve(reading, offset, limit, query, self._hearing.dwell, fits)
            cut = self._promoted(asker, reading, cut, surface, PageAsk(
                reading=reading, query=query, limit=limit, fits=fits,
                viewer=asker.viewer, now_us=self._clock.now_us(),
            ))  # fmt: skip
            items = cut.items
            if surface in _ASKING and asker.name is not None:
                items = tuple(replace(item, ask=_asks(reading, item)) for item in items)
            if surface and asker.name is not None:
                self._record(asker.name, reading, items, surface)
        self._tally.page(cut.dropped, len(cut.items), self._stopwatch() - started)
        ended = cut.ended or cut.after >= self.config.reading or not cut.items
        cursor = self._cursors.make(Place(reading.id, cut.after), asker.name)
        return Page(
            items=items,
            cursor=None if ended else cursor,
            reading=reading.id,
            policy=reading.ranker,
        )

    def _promoted(
        self, asker: Asker, reading: Reading, cut: Slice, surface: str, ask: PageAsk
    ) -> Slice:
        """The page with promoted posts in it, where there may be any."""
        promoter, known = self._promoter, asker.viewer != NO_ID
        if promoter is None or not known or not promoter.may_mix(reading, surface, ask.query):
            return cut
        return promoter.mix(ask, cut)

    def _record(self, name: str, reading: Reading, items: Sequence[PageItem], surface: str) -> None:
        fresh = [item for item in items if int(item.post) not in reading.recorded]
        if not fresh:
            return
        now_us = self._clock.now_us()
        reading.recorded.update(int(item.post) for item in fresh)
        try:
            viewer = self._viewers.intern_account(name)
            self._states.note_served(viewer, [item.post for item in fresh], now_us)
            self._log.record(
                [
                    ViewerEvent(
                        viewer=viewer,
                        kind=kind,
                        post=item.post,
                        at_us=now_us,
                        position=item.position,
                        propensity=chance,
                        policy=reading.ranker,
                        surface=surface,
                    )
                    for item in fresh
                    for kind, chance in _of(item, reading)
                ]
            )
        except StoreError as error:
            # A full disk must not take the page away; the loss is counted and shown.
            self._tally.not_recorded(len(fresh), str(error))

    def _newest(self, asker: Asker) -> Reading:
        mine = [r for r in self._readings.of_viewer(asker.name) if r.tab == "for_you"]
        if mine:
            return mine[-1]
        policy = self._policy(asker, "for_you", None)
        return self._make(asker, policy, "for_you", self._clock.now_us(), explores=True)

    def _reading_about(self, asker: Asker, post: PostId) -> Reading:
        for reading in reversed(self._readings.of_viewer(asker.name)):
            if post in reading.position_of:
                return reading
        return self._newest(asker)


def _asks(reading: Reading, item: PageItem) -> bool:
    """Whether the reader is asked about an item; of two at one position each has its own chance."""
    place = item.position if item.promoted is None else -1 - item.position
    return reading.survey.asks(place, distressing=item.cover is not None)


def _of(item: PageItem, reading: Reading) -> Iterator[tuple[EventKind, float]]:
    """What the log hears of a post handed out, each with the chance that it had."""
    yield EventKind.SERVED, item.propensity
    if item.ask:
        yield EventKind.ASKED, reading.survey.share
