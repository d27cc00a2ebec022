"""What is known of recent readers, kept so that a page need not ask the store for all of it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.ports import ViewerStore
from stoa.records import AccountId, HistoryEvent, as_ids


@dataclass(slots=True)
class ViewerState:
    """History and the posts already shown; replaced as a whole when stale."""

    viewer: AccountId
    read_us: int
    history: list[HistoryEvent] | None  # None: to be read again
    seen: NDArray[np.int64]  # ascending
    served: dict[int, int]  # post -> when handed out, microseconds
    acts: int = 0  # meaningful acts heard of since it was read


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTimes:
    """How far back and how long a state counts, microseconds."""

    seen_us: int
    served_us: int
    fresh_us: int  # a state older than that is read again, for public acts reach the store only


class ViewerStates:
    """Bounded cache of viewer states; safe for many threads."""

    def __init__(
        self, viewers: ViewerStore, *, limit: int, history: int, times: StateTimes
    ) -> None:
        self._viewers = viewers
        self._limit = limit
        self._history = history
        self._times = times
        self._states: OrderedDict[int, ViewerState] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, viewer: AccountId, now_us: int) -> ViewerState:
        """State of a reader, read from the store where it is missing or old.

        The store is asked outside the lock: one reader's slow disk must not hold up the others.
        """
        with self._lock:
            state = self._states.get(viewer)
            if state is not None and abs(now_us - state.read_us) <= self._times.fresh_us:
                self._states.move_to_end(viewer)
                if state.history is not None:
                    return state
            else:
                state = None
            acts = state.acts if state is not None else 0
        if state is None:
            read = self._read(viewer, now_us)
            with self._lock:
                if (earlier := self._states.get(viewer)) is not None:
                    read.served.update(earlier.served)
                self._states[viewer] = read
                self._states.move_to_end(viewer)
                while len(self._states) > self._limit:
                    self._states.popitem(last=False)
            return read
        history = self._viewers.history(viewer, self._history)
        with self._lock:
            if state.acts == acts:
                state.history = history
                return state
        return replace(state, history=history)  # something more was done meanwhile

    def served_since(self, state: ViewerState, since_us: int) -> NDArray[np.int64]:
        """Posts handed out since then, ascending."""
        with self._lock:
            return as_ids(sorted(p for p, at_us in state.served.items() if at_us >= since_us))

    def note_served(self, viewer: AccountId, posts: Iterable[int], at_us: int) -> None:
        """Remembers what was just handed out."""
        with self._lock:
            state = self._states.get(viewer)
            if state is not None:
                state.served.update(dict.fromkeys(posts, at_us))

    def note_seen(self, viewer: AccountId, posts: Iterable[int]) -> None:
        """Remembers what was just on the screen."""
        with self._lock:
            state = self._states.get(viewer)
            if state is not None:
                state.seen = np.union1d(state.seen, as_ids(list(posts)))

    def note_acted(self, viewer: AccountId) -> None:
        """A meaningful act happened: the history is to be read again."""
        with self._lock:
            state = self._states.get(viewer)
            if state is not None:
                state.history = None
                state.acts += 1

    def forget(self, viewer: AccountId) -> None:
        """Lets a state go."""
        with self._lock:
            self._states.pop(viewer, None)

    def _read(self, viewer: AccountId, now_us: int) -> ViewerState:
        times = self._times
        served = self._viewers.served(viewer, now_us - times.served_us)
        return ViewerState(
            viewer=viewer,
            read_us=now_us,
            history=self._viewers.history(viewer, self._history),
            seen=np.unique(self._viewers.seen(viewer, now_us - times.seen_us)),
            served=dict.fromkeys(served.tolist(), now_us),
        )
