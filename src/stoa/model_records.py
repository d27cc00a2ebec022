"""What a trained model is between rooms: named arrays and a card that says where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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
    """kappa, the price of time, seconds per action with intervals."""

    config: Mapping[str, object] = field(default_factory=dict[str, object])
    """What the functions need to use the arrays."""

    notes: str = ""
    encoder: str = ""  # name of the text space the arrays were trained on
    weights_sha256: str = ""  # written when saved
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    format: int = MODEL_FORMAT


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
