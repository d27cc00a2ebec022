"""What readers do, as the feed takes it in: seen posts, fresh histories, observed attention."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from stoa.feed.board import Board
from stoa.feed.viewer_state import ViewerStates
from stoa.ports import ViewerStore
from stoa.ranking.dwell import DwellMeans, kind_of
from stoa.records import BY_THE_SQUARE, AccountId, EventKind, ViewerEvent, as_ids

_ENGAGES = frozenset({EventKind.LIKE, EventKind.REPOST})
_SHOWS = frozenset({EventKind.IMPRESSION, EventKind.DWELL})
_SAYS_NOTHING = BY_THE_SQUARE | {EventKind.IMPRESSION}
_REMEMBERED_LOOKS = 2000


class Hearing:
    """Keeps the feed's memory of readers in step with the log.

    Events must be in the log before they are heard: the looks of a reader first met are read
    from there, so that attention observed before a restart is not lost.
    """

    def __init__(self, viewers: ViewerStore, board: Board, states: ViewerStates) -> None:
        self.dwell = DwellMeans.nothing_observed()
        self._viewers, self._board, self._states = viewers, board, states
        self._met: set[int] = set()
        self._lock = threading.Lock()

    def take(self, events: Sequence[ViewerEvent]) -> None:
        """Takes events in, in any order."""
        ordered = sorted(events, key=lambda event: event.viewer)
        for viewer, group in groupby(ordered, key=lambda event: event.viewer):
            theirs = list(group)
            self._states.note_seen(viewer, [e.post for e in theirs if e.kind in _SHOWS])
            if any(e.kind not in _SAYS_NOTHING for e in theirs):
                self._states.note_acted(viewer)
            for event in theirs:
                self._engage(event)
            if not self.meet(viewer):
                self._observe([e for e in theirs if e.kind is EventKind.DWELL])

    def meet(self, viewer: AccountId) -> bool:
        """Reads the looks of a viewer not met since start; returns whether that was now."""
        with self._lock:
            if viewer in self._met:
                return False
            self._met.add(viewer)
        self._observe(self._viewers.events(viewer, (EventKind.DWELL,), _REMEMBERED_LOOKS))
        return True

    def _engage(self, event: ViewerEvent) -> None:
        if event.kind in _ENGAGES:
            self._board.like_here(event.viewer, event.post)
        elif event.kind is EventKind.UNDO and event.undoes in _ENGAGES:
            self._board.unlike_here(event.viewer, event.post)

    def _observe(self, looks: Sequence[ViewerEvent]) -> None:
        if not looks:
            return
        table = self._board.posts
        rows = table.rows(as_ids([event.post for event in looks]))
        seconds = np.array([event.seconds or 0.0 for event in looks])
        kinds = kind_of(table.length[rows], table.media[rows])
        here = rows > 0
        with self._lock:
            self.dwell = self.dwell.with_observed(kinds[here], seconds[here])
