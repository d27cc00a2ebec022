"""What readers saw and what followed, one row a post and reader, from the events of the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stoa.records import DAY_US, EventKind, ViewerEventColumns
from stoa.space.learning_log import NOBODY, Answer, ImpressionColumns

if TYPE_CHECKING:
    from stoa.app.learning_log import Rows

LONGEST_S = 300.0
"""Attention beyond this is somebody who left the page open."""

SITTING_US = DAY_US // 48
"""A longer pause begins a new sitting."""

WAIT_US = DAY_US
"""After so long without a word, a showing counts as not undone."""

SURFACES = ("", "page", "api", "bluesky", "town", "import")
_ON_SCREEN = (EventKind.IMPRESSION, EventKind.DWELL)
_ANSWERS = {
    EventKind.GLAD: Answer.GLAD,
    EventKind.NO_OPINION: Answer.NEITHER,
    EventKind.REGRET: Answer.REGRET,
}
_NO_ACTS = (EventKind.IMPRESSION, EventKind.SERVED, EventKind.ASKED)


@dataclass(frozen=True, slots=True)
class _Events:
    """Events on posts of the log, with `pair` naming reader and post; in the order of time."""

    pair: NDArray[np.int64]
    kind: NDArray[np.int8]
    at_us: NDArray[np.int64]
    seconds: NDArray[np.float32]
    position: NDArray[np.int32]
    propensity: NDArray[np.float32]
    policy: NDArray[np.int16]
    surface: NDArray[np.int8]

    def of(self, *kinds: EventKind) -> _Events:
        mask = np.isin(self.kind, [int(kind) for kind in kinds])
        return _Events(*(getattr(self, name)[mask] for name in self.__slots__))


def impressions_of(
    events: Sequence[ViewerEventColumns], rows: Rows, now_us: int
) -> tuple[ImpressionColumns, tuple[str, ...]]:
    """Impressions in the order of time, and the names of the policies that showed them.

    A post is shown to a reader once: later looks at it add seconds to the first. What the reader
    did is joined by reader and post. Seconds are NaN where no look was measured.
    """
    found, policies = _joined(events, rows)
    seen = found.of(*_ON_SCREEN)
    pair, first = np.unique(seen.pair, return_index=True)  # in order of time: the first look
    at_us = seen.at_us[first]
    served, asked = _newest(found.of(EventKind.SERVED), pair), _newest(
        found.of(EventKind.ASKED), pair
    )  # fmt: skip
    answers = found.of(*_ANSWERS)
    answer = _newest(answers, pair)
    said = np.array([_ANSWERS.get(EventKind(int(k)), Answer.NONE) for k in answers.kind] or [-1])
    propensity = _taken(found.of(EventKind.SERVED).propensity, served, np.nan)
    chance = _taken(found.of(EventKind.ASKED).propensity, asked, np.nan)
    order = np.argsort(at_us, kind="stable")
    viewer = (pair // rows.n_posts if rows.n_posts else pair).astype(np.int32)
    acts, undone = _acts(found, pair)
    waited = at_us <= now_us - WAIT_US
    columns = ImpressionColumns(
        at_us=at_us, viewer=viewer, post=(pair - viewer.astype(np.int64) * rows.n_posts).astype(
            np.int32), session=_sittings(viewer, at_us),
        position=_taken(found.of(EventKind.SERVED).position, served, 0).astype(np.int16),
        surface=seen.surface[first], propensity=_proper(propensity),
        explored=np.nan_to_num(propensity, nan=1.0) < 0.5,
        policy=_taken(found.of(EventKind.SERVED).policy, served, 0).astype(np.int16),
        seconds=_looked(found.of(EventKind.DWELL), pair), acts=acts,
        asked=asked != NOBODY, ask_rate=_proper(chance),
        answer=np.where(asked != NOBODY, _taken(said, answer, Answer.NONE), Answer.NONE).astype(
            np.int8),
        delayed=np.where(undone, 1, np.where(waited, 0, -1)).astype(np.int8),
    )  # fmt: skip
    made = {name: getattr(columns, name)[order] for name in columns.__slots__}
    return ImpressionColumns(**made), policies


def undone_acts(
    events: Sequence[ViewerEventColumns],
) -> Callable[[ViewerEventColumns], NDArray[np.bool_]]:
    """Tells which acts of a chunk were taken back later, by reader, post and kind."""
    latest: dict[tuple[int, int, int], int] = {}
    for columns in events:
        for i in np.flatnonzero(columns.kind == EventKind.UNDO).tolist():
            key = (int(columns.viewer[i]), int(columns.post[i]), int(columns.undoes[i]))
            latest[key] = max(latest.get(key, 0), int(columns.at_us[i]))

    def undone(columns: ViewerEventColumns) -> NDArray[np.bool_]:
        if not latest:
            return np.zeros(len(columns), dtype=np.bool_)
        keys = zip(
            columns.viewer.tolist(), columns.post.tolist(), columns.kind.tolist(), strict=True
        )
        back = np.array([latest.get(key, -1) for key in keys], dtype=np.int64)
        return back >= columns.at_us

    return undone


def _joined(events: Sequence[ViewerEventColumns], rows: Rows) -> tuple[_Events, tuple[str, ...]]:
    names = sorted({name for columns in events for name in set(columns.policy)}) or [""]
    policy_row = {name: i for i, name in enumerate(names)}
    surface_row = {name: i for i, name in enumerate(SURFACES)}
    undone = undone_acts(events)
    parts: list[tuple[NDArray, ...]] = []
    for columns in events:
        viewer, post = rows.accounts(columns.viewer), rows.posts(columns.post)
        keep = (viewer != NOBODY) & (post != NOBODY)
        kind = np.where(
            undone(columns) & ~np.isin(columns.kind, [int(k) for k in _NO_ACTS]),
            int(EventKind.UNDO), columns.kind,
        )  # fmt: skip
        pair = viewer.astype(np.int64) * rows.n_posts + post
        policy = np.array([policy_row[name] for name in columns.policy], dtype=np.int16)
        surface = np.array([surface_row.get(n, 0) for n in columns.surface], dtype=np.int8)
        made = (pair, kind.astype(np.int8), columns.at_us, columns.seconds, columns.position,
                columns.propensity, policy, surface)  # fmt: skip
        parts.append(tuple(column[keep] for column in made))
    empty = tuple(
        np.zeros(0, dtype)
        for dtype in (np.int64, np.int8, np.int64, np.float32, np.int32, np.float32, np.int16,
                      np.int8)
    )  # fmt: skip
    whole = [np.concatenate(column) for column in zip(empty, *parts, strict=True)]
    order = np.argsort(whole[2], kind="stable")
    return _Events(*(column[order] for column in whole)), tuple(names)


def _newest(events: _Events, pair: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row of the newest event of each pair, or NOBODY."""
    order = np.argsort(events.pair, kind="stable")
    keys = events.pair[order]
    at = np.searchsorted(keys, pair, side="right") - 1
    hit = (at >= 0) & (keys[np.maximum(at, 0)] == pair) if len(keys) else np.zeros(len(pair), bool)
    return np.where(hit, order[np.maximum(at, 0)] if len(keys) else NOBODY, NOBODY)


def _taken(column: NDArray, row: NDArray[np.int64], otherwise: float) -> NDArray[np.float64]:
    """Values of rows; `otherwise` where the row is NOBODY."""
    made = np.full(len(row), otherwise, dtype=np.float64)
    there = row != NOBODY
    made[there] = column[row[there]]
    return made


def _proper(chance: NDArray[np.float64]) -> NDArray[np.float32]:
    """Chances in (0, 1]; NaN, unknown, in place of what an app made up."""
    return np.where((chance > 0) & (chance <= 1), chance, np.nan).astype(np.float32)


def _looked(looks: _Events, pair: NDArray[np.int64]) -> NDArray[np.float32]:
    """Seconds a reader spent on a post in all; NaN where none was measured."""
    usable = np.isfinite(looks.seconds) & (looks.seconds >= 0)
    at = np.searchsorted(pair, looks.pair[usable])
    n = np.bincount(at, minlength=len(pair))
    total = np.bincount(at, weights=looks.seconds[usable], minlength=len(pair))
    return np.where(n > 0, np.minimum(total, LONGEST_S), np.nan).astype(np.float32)


def _acts(found: _Events, pair: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Bits of the kinds of act that stand, and whether any was taken back."""
    known = np.isin(found.pair, pair)
    at, kind = np.searchsorted(pair, found.pair[known]), found.kind[known]
    bits = np.zeros(len(pair), dtype=np.uint32)
    acted = ~np.isin(kind, [int(k) for k in (*_NO_ACTS, EventKind.UNDO)])
    one = np.left_shift(np.uint32(1), kind[acted].astype(np.uint32))
    np.bitwise_or.at(bits, at[acted], one)
    undone = np.zeros(len(pair), dtype=np.bool_)
    undone[at[kind == EventKind.UNDO]] = True
    return bits, undone


def _sittings(viewer: NDArray[np.int32], at_us: NDArray[np.int64]) -> NDArray[np.int32]:
    """Numbers that impressions of one sitting share."""
    order = np.lexsort((at_us, viewer))
    starts = np.ones(len(order), dtype=np.bool_)
    starts[1:] = (np.diff(viewer[order]) != 0) | (np.diff(at_us[order]) > SITTING_US)
    sitting = np.empty(len(order), dtype=np.int32)
    sitting[order] = np.cumsum(starts) - 1
    return sitting
