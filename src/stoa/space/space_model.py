# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""The learned space as one value: both towers' shapes and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import jax
import jax.numpy as jnp
from numpy.typing import NDArray

from stoa.errors import BadInput, BadModel
from stoa.space.parameter_tree import check_like, flat, nested
from stoa.space.post_tower import PostTowerConfig, init_post_tower
from stoa.space.transformer import Array, Params
from stoa.space.viewer_history import GladnessConfig
from stoa.space.viewer_tower import ViewerTowerConfig, init_viewer_tower

UNDER = "space"
"""What names of a space's arrays begin with in a model file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceConfig:
    """Everything that gives a space its shape."""

    post: PostTowerConfig = field(default_factory=PostTowerConfig)
    viewer: ViewerTowerConfig = field(default_factory=ViewerTowerConfig)
    gladness: GladnessConfig = field(default_factory=GladnessConfig)

    def __post_init__(self) -> None:
        if self.post.vector != self.viewer.vector:
            raise BadInput(
                "viewer.vector", self.viewer.vector, f"give {self.post.vector}, as posts have"
            )

    def as_card(self) -> dict[str, Any]:
        """A plain dictionary for a model's JSON card.

        >>> SpaceConfig.from_card(SpaceConfig().as_card()) == SpaceConfig()
        True
        """
        return asdict(self)

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> SpaceConfig:
        """The shape that a card tells.

        Raises:
            BadInput: a part is missing, or names a setting that this version does not know.
        """
        try:
            return cls(
                post=PostTowerConfig(**card["post"]),
                viewer=ViewerTowerConfig(**card["viewer"]),
                gladness=GladnessConfig(**card["gladness"]),
            )
        except (KeyError, TypeError) as error:
            mend = f"give the card that this version wrote ({error})"
            raise BadInput("card", sorted(card), mend) from None


@dataclass(frozen=True, slots=True)
class SpaceModel:
    """A space: `params` holds `post_tower`, `viewer_tower` and two log scales."""

    config: SpaceConfig
    params: Params

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Parameters by name, as a model file keeps them."""
        return flat(self.params, UNDER)

    def card_config(self) -> dict[str, object]:
        """What a card must say for `from_arrays` to read the arrays back."""
        return {UNDER: self.config.as_card()}

    @classmethod
    def from_arrays(
        cls, version: str, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, object]
    ) -> SpaceModel:
        """The space that a model file holds.

        Raises:
            BadModel: the card or an array is not what this version makes.
        """
        try:
            shape = SpaceConfig.from_card(cast("Mapping[str, Any]", config[UNDER]))
            params = nested(arrays, UNDER)
            check_like(params, init_space(0, shape).params, UNDER)
        except (KeyError, TypeError, ValueError, AttributeError, BadInput) as problem:
            mend = "use a space made by this version, or train anew with `stoa train --space`"
            raise BadModel(f"space {version}", str(problem), mend) from problem
        return cls(shape, jax.tree.map(jnp.asarray, params))


def init_space(seed: int, config: SpaceConfig) -> SpaceModel:
    """An untrained space, in which a post is its words and a viewer the posts they met."""
    keys = jax.random.split(jax.random.key(seed), 2)
    # One over a temperature of .07 (Wu et al. 2018), where contrastive training often starts.
    start = jnp.log(jnp.array(1 / 0.07))
    params: Params = {
        "post_tower": init_post_tower(keys[0], config.post),
        "viewer_tower": init_viewer_tower(keys[1], config.viewer),
        "scale": start,
        "reply_scale": start,
    }
    # Strong types: a weakly typed scalar would have every training step compiled twice.
    return SpaceModel(config, jax.tree.map(_strong, params))


def _strong(leaf: Array) -> Array:
    return jnp.asarray(leaf, jnp.float32)
