"""What a trained model is between rooms: named arrays and a card that says where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

MODEL_FORMAT = 1
"""Raised when the meaning of the arrays changes; weights of another format are refused."""


NO_MODEL = "first_version"
"""Names, where a version is asked for, what the square did before anything was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """Everything a reader or operator may ask about a model; plain JSON on disk."""

    version: str  # names the folder; made of time and hash, so that order of names is order of time
    made_us: int
    parent: str = ""  # the version that training went on from
    source: str = ""  # "town", "network", "app"
    from_us: int = 0  # the window of the data
    until_us: int = 0
    seed: int = 0
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    losses: Mapping[str, float] = field(default_factory=dict[str, float])
    metrics: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict[str, Mapping[str, float]]
    )
    """name -> mean, low, high: a 95 % interval, on data that training did not see."""

    value: Mapping[str, object] = field(default_factory=dict[str, object])
    """kappa, the price of time, seconds per action: what it serves by."""

    worths: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict[str, Mapping[str, float]]
    )
    """Action -> mean, low, high: seconds as returns say, before they are held in bounds."""

    reliability: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict[str, Mapping[str, object]]
    )
    """Head -> predicted against observed on the newest held-out showings, by decile and group."""

    config: Mapping[str, object] = field(default_factory=dict[str, object])
    """What the functions need to use the arrays."""

    notes: str = ""
    encoder: str = ""  # name of the text space the arrays were trained on
    weights_sha256: str = ""  # written when saved
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    format: int = MODEL_FORMAT


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReliability:
    """What a card says of one head: predicted against observed, over all and by decile."""

    head: str
    n: int
    predicted: float
    observed: float
    error: float  # expected calibration error, noise taken off
    slope: float | None  # of observed on predicted
    deciles: tuple[tuple[float, float], ...]  # predicted, observed; lowest first

    @property
    def slope_words(self) -> str:
        """The slope, or that there is none to tell."""
        return "not known" if self.slope is None else f"{self.slope:.2f}"


def reliability_rows(card: ModelCard) -> list[HeadReliability]:
    """The card's reliability by head; what does not read is left out, for a card is plain text."""
    rows: list[HeadReliability] = []
    for head, told in card.reliability.items():
        try:
            rows.append(_reliability_of(head, cast("Any", told)))
        except (KeyError, TypeError, ValueError):
            continue
    return rows


def _reliability_of(head: str, told: Any) -> HeadReliability:
    slope = told["slope"]["mean"]
    return HeadReliability(
        head=str(head),
        n=int(told["n"]),
        predicted=float(told["predicted"]),
        observed=float(told["observed"]),
        error=float(told["ece"]["mean"]),
        slope=None if slope is None else float(slope),
        deciles=tuple((float(one["predicted"]), float(one["mean"])) for one in told["bins"]),
    )


@dataclass(frozen=True, slots=True)
class Model:
    """A card and its arrays, flat: `post_tower.out` names a nested one."""

    card: ModelCard
    arrays: Mapping[str, NDArray[np.generic]]


class Fate(StrEnum):
    """What became of a version."""

    PROMOTED = "promoted"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"  # the version is the one that serves again


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the history of what serves, and why."""

    at_us: int
    version: str
    fate: Fate
    reason: str
    by: str = ""  # "gate", "operator", "start"
