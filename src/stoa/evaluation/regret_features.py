"""What may be told of a like or a hate: its own signals beside what its viewer liked and hated.

Nothing here knows which video a row is about, nor what other viewers did. A row is described
by its own signals and by its viewer's history: rows whose label is known, without itself.

Rows are described in pairs of one like and one hate, and neither stands in the other's history.
A viewer's test rows are such a pair, so training rows must be too: leave out only the row itself
and its label can be read from how many likes and hates are left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.tables.feedback_files import FLAGS, FeedbackRows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Columns = dict[str, Floats]

SPANS_H = (1 / 60, 0.1, 0.5, 3.0, 24.0, 96.0)
"""How far in time a row of the history still speaks for another: a page to some days."""

WINDOWS_H = (1 / 60, 0.25, 1.0, 6.0)
LONGEST_GAP_H = 10_000.0
SHORTEST_GAP_H = 0.003
"""Ten seconds: rows of one page are stamped alike or nearly so."""

LIKENESSES: dict[str, dict[str, float]] = {
    "length": {"length": 0.4},
    "play": {"play": 0.4},
    "play_of_length": {"length": 0.4, "play": 0.4},
    "way": {"is_click": 0.3, "long_view": 0.3, "has_length": 0.3},
    "all": {"length": 0.5, "play": 0.5, "is_click": 0.5, "long_view": 0.5, "comment": 1.0},
}
"""How near a row of the history is: a Gaussian over these signals, with these widths."""

BEFORE = ("length", "has_length")
LEVELS = (*BEFORE, "play", "share", "comment", "is_click", "long_view")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of one viewer's rows, and the history that each pair may know; m pairs, n rows."""

    like: NDArray[np.int64]  # (m,)
    hate: NDArray[np.int64]  # (m,)
    history: Bools  # (m, n), never the pair itself


@dataclass(frozen=True, slots=True)
class Described:
    """Rows as features: a missing mean is NaN."""

    before: Floats  # (2m, b) known before the row was shown; likes first, then hates
    after: Floats  # (2m, a) known only from how it was watched


@dataclass(frozen=True, slots=True)
class ViewerRows:
    """One viewer's rows by signal, (n,) each: logarithms, shares and flags as 0 and 1."""

    at_h: Floats
    hour: Floats  # of the day
    signal: Columns
    is_hate: Bools


def viewer_rows(rows: FeedbackRows, of: slice) -> ViewerRows:
    """The signals of the rows that stand in a slice."""
    length, play = rows.duration_s[of], rows.play_s[of]
    flags = rows.flags[of].astype(np.float64)
    at_h = rows.at_h[of]
    return ViewerRows(
        at_h=at_h,
        hour=at_h % 24,
        is_hate=rows.is_hate[of],
        signal={
            "length": np.log(length),
            "has_length": (~np.isnan(length)).astype(np.float64),
            "play": np.log1p(play),
            "share": np.log((play + 0.5) / (length + 0.5)),
            "comment": np.log1p(rows.comment_s[of]),
            **{name: flags[:, at] for at, name in enumerate(FLAGS)},
        },
    )


def describe(viewer: ViewerRows, pairs: Pairs, *, past_only: bool = False) -> Described:
    """Features of the rows of all pairs, beside the history of each.

    Args:
        viewer: one viewer's rows.
        pairs: which rows to describe, and what may be known.
        past_only: whether only what came before a row is its history; ties count as after.
    """
    row = np.concatenate([pairs.like, pairs.hate])
    ahead = viewer.at_h[None, :] - viewer.at_h[row][:, None]
    history = np.concatenate([pairs.history, pairs.history])
    if past_only:
        history = history & (ahead < 0)
    seen = _Seen(
        viewer, row, ahead,
        hate=(history & viewer.is_hate).astype(np.float64),
        like=(history & ~viewer.is_hate).astype(np.float64),
    )  # fmt: skip
    before = {
        **_own(seen, BEFORE), **_day(seen), **_counts(seen), **_levels(seen),
        **_distances(seen, BEFORE), **_spans(seen), **_gaps(seen), **_windows(seen),
        **_likeness(seen, "length"),
    }  # fmt: skip
    after = {
        **_own(seen, tuple(name for name in viewer.signal if name not in BEFORE)),
        **_distances(seen, tuple(name for name in LEVELS if name not in BEFORE)),
        **_places(seen),
    }
    for name in LIKENESSES:
        if name != "length":
            after |= _likeness(seen, name)
    return Described(np.stack([*before.values()], 1), np.stack([*after.values()], 1))


@dataclass(frozen=True, slots=True)
class _Seen:
    """Rows to describe, and their histories as weights; q rows, n rows of the viewer."""

    viewer: ViewerRows
    row: NDArray[np.int64]  # (q,)
    ahead_h: Floats  # (q, n), below 0 for what came before
    hate: Floats  # (q, n)
    like: Floats  # (q, n)

    @property
    def labels(self) -> tuple[tuple[str, Floats], tuple[str, Floats]]:
        return ("hated", self.hate), ("liked", self.like)

    def base(self) -> tuple[Floats, Floats]:
        """Shares of hates and of likes in the history, neither ever 0."""
        hates, likes = self.hate.sum(1), self.like.sum(1)
        return (hates + 0.5) / (hates + likes + 1), (likes + 0.5) / (hates + likes + 1)

    def odds(self, near: Floats, prior: float) -> Floats:
        """Log odds of a hate among what is near (q, n), shrunk to the whole history's."""
        hates, likes = self.base()
        near_hate, near_like = (near * self.hate).sum(1), (near * self.like).sum(1)
        return np.log((near_hate + prior * hates) / (near_like + prior * likes))


def _own(seen: _Seen, names: tuple[str, ...]) -> Columns:
    return {f"own {name}": seen.viewer.signal[name][seen.row] for name in names}


def _day(seen: _Seen) -> Columns:
    """The hour of the day, and the odds of a hate at such hours."""
    hour = seen.viewer.hour
    angle = hour[seen.row] * (2 * np.pi / 24)
    apart = np.abs(hour[None, :] - hour[seen.row][:, None])
    apart = np.minimum(apart, 24 - apart)
    hates, likes = seen.base()
    odds = seen.odds(np.exp(-0.5 * (apart / 1.5) ** 2), 1.0) - np.log(hates / likes)
    return {"hour sine": np.sin(angle), "hour cosine": np.cos(angle), "odds by hour": odds}


def _counts(seen: _Seen) -> Columns:
    hates, likes = seen.hate.sum(1), seen.like.sum(1)
    rate = np.log((hates + 0.5) / (likes + 0.5))
    return {"hates": np.log1p(hates), "likes": np.log1p(likes), "hate rate": rate}


def _mean(weight: Floats, value: Floats) -> Floats:
    """Weighted mean (q,) of what is known; NaN for none."""
    known = ~np.isnan(value)
    total = weight @ known.astype(np.float64)
    mean = (weight @ np.where(known, value, 0.0)) / np.maximum(total, 1e-9)
    return np.where(total > 0, mean, np.nan)


def _levels(seen: _Seen) -> Columns:
    return {
        f"{name} {label}": _mean(weight, seen.viewer.signal[name])
        for name in LEVELS
        for label, weight in seen.labels
    }


def _distances(seen: _Seen, names: tuple[str, ...]) -> Columns:
    """How far a row's own signal is from the mean of the liked and of the hated."""
    return {
        f"{name} from {label}": seen.viewer.signal[name][seen.row]
        - _mean(weight, seen.viewer.signal[name])
        for name in names
        for label, weight in seen.labels
    }


def _places(seen: _Seen) -> Columns:
    """The share of the liked and of the hated that were watched no longer."""
    out: Columns = {}
    for name in ("play", "share"):
        value = seen.viewer.signal[name]
        known = (~np.isnan(value)).astype(np.float64)
        below = value[None, :] <= value[seen.row][:, None]
        for label, weight in seen.labels:
            out[f"{name} among {label}"] = ((weight * below).sum(1) + 0.5) / (weight @ known + 1)
    return out


def _spans(seen: _Seen) -> Columns:
    """How much was hated and liked near in time, by how near."""
    out: Columns = {}
    for span_h in SPANS_H:
        near = np.exp(-np.abs(seen.ahead_h) / span_h)
        for label, weight in seen.labels:
            out[f"{label} within {span_h:.2f} h"] = np.log((near * weight).sum(1) + 1e-3)
        out[f"odds within {span_h:.2f} h"] = seen.odds(near, 0.3)
    return out


def _gaps(seen: _Seen) -> Columns:
    """Time to the nearest hate and like: on either side, before, after."""
    out: Columns = {}
    apart = np.abs(seen.ahead_h)
    sides = {"": np.isfinite(apart), "before": seen.ahead_h <= 0, "after": seen.ahead_h >= 0}
    for side, there in sides.items():
        gap = {
            label: np.where((weight > 0) & there, apart, LONGEST_GAP_H).min(1)
            for label, weight in seen.labels
        }
        for label, hours in gap.items():
            out[f"gap to {label} {side}"] = np.log(hours + SHORTEST_GAP_H)
        nearest = np.minimum(gap["hated"], gap["liked"])
        out[f"nearest {side}"] = np.sign(gap["liked"] - gap["hated"]) * ((nearest < 1) + 0.1)
    return out


def _windows(seen: _Seen) -> Columns:
    apart = np.abs(seen.ahead_h)
    return {
        f"{label} in {window_h:.2f} h": ((apart < window_h) * weight).sum(1)
        for window_h in WINDOWS_H
        for label, weight in seen.labels
    }


def _likeness(seen: _Seen, name: str) -> Columns:
    """Odds of a hate among rows that are alike, and how they differ from all of the history's."""
    apart = np.zeros_like(seen.ahead_h)
    for signal, width in LIKENESSES[name].items():
        # Lengths that are not known are like each other and far from all that are.
        value = np.nan_to_num(seen.viewer.signal[signal], nan=-3.0)
        apart += ((value[None, :] - value[seen.row][:, None]) / width) ** 2
    odds = seen.odds(np.exp(-0.5 * apart), 1.0)
    hates, likes = seen.base()
    return {f"odds by {name}": odds, f"odds by {name}, relative": odds - np.log(hates / likes)}
