"""Turns who is asking into a query: what they chose, what they know, whom they keep apart from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stoa.feed.board import Board
from stoa.feed.config import FeedConfig
from stoa.feed.learned_viewer import learned_vectors
from stoa.feed.met_posts import met_posts
from stoa.feed.query import FeedQuery
from stoa.feed.viewer_state import ViewerStates
from stoa.feed.viewer_vectors import ViewerVectors, no_vectors, viewer_vectors
from stoa.ranking.dwell import DwellMeans
from stoa.records import (
    NEGATIVE_EVENTS,
    NO_ID,
    POSITIVE_EVENTS,
    SECOND_US,
    AccountId,
    EventKind,
    HistoryEvent,
    ViewerSettings,
    as_ids,
)
from stoa.space.generation import Generation, GenerationSeat

# The posts of these acts are not about the post itself, so meeting the post again does no harm.
_SENT_AWAY = NEGATIVE_EVENTS - {EventKind.MUTE, EventKind.BLOCK}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: `name` None is logged out, `viewer` NO_ID somebody never heard of."""

    name: str | None
    viewer: AccountId
    settings: ViewerSettings


@dataclass(frozen=True, slots=True)
class QueryMaker:
    """Builds queries from what is kept of readers and of the square."""

    config: FeedConfig
    board: Board
    seat: GenerationSeat
    states: ViewerStates
    dwell: Callable[[], DwellMeans]

    def make(self, asker: Asker, now_us: int, seed: int) -> FeedQuery:
        """The query of one reading."""
        config, settings = self.config, asker.settings
        oldest_us = now_us - int(config.max_age_h * 3600 * SECOND_US)
        known = asker.viewer != NO_ID
        space = self.seat.generation
        state = self.states.get(asker.viewer, now_us) if known else None
        history: Sequence[HistoryEvent] = (state.history or ()) if state is not None else ()
        served = as_ids([])
        if state is not None:
            since_us = now_us - int(config.served_h * 3600 * SECOND_US)
            served = self.states.served_since(state, since_us)
        return FeedQuery(
            now_us=now_us,
            oldest_us=oldest_us,
            after=self.board.last_before(oldest_us),
            viewer=asker.viewer,
            logged_out=asker.name is None,
            settings=settings,
            vectors=self._vectors(space, history, settings.vector_weights, now_us),
            space=space,
            met=met_posts(history),
            history=np.unique(as_ids([e.post for e in history if e.kind is not EventKind.DWELL])),
            dismissed=np.unique(as_ids([e.post for e in history if e.kind in _SENT_AWAY])),
            glad=as_ids(list(dict.fromkeys(e.post for e in history if e.kind in POSITIVE_EVENTS))),
            seen=state.seen if state is not None else as_ids([]),
            served=served,
            follows=self.board.follows.of(asker.viewer) if known else as_ids([]),
            blocked=self.board.blocked_with(asker.viewer) if known else as_ids([]),
            muted_accounts=as_ids(sorted(settings.muted_accounts)),
            muted_conversations=as_ids(sorted(settings.muted_conversations)),
            languages=self.board.language_codes(settings.languages) if settings.languages else None,
            seed=seed,
            dwell=self.dwell(),
        )

    def _vectors(
        self,
        space: Generation,
        history: Sequence[HistoryEvent],
        sliders: Mapping[int, float],
        now_us: int,
    ) -> ViewerVectors:
        if not history:
            return no_vectors(space.index.dim)
        made = viewer_vectors if space.model is None else learned_vectors
        return made(history, sliders, now_us, space, self.config.vectors)
