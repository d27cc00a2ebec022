"""One viewer as served: vectors of the newest events, and medoids of what is older."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.space.conversation_samples import ConversationSamples
from stoa.space.medoids import older_interests
from stoa.space.post_tower import encode_posts
from stoa.space.space_model import SpaceModel
from stoa.space.viewer_history import ViewerEvents
from stoa.space.viewer_tower import ViewerVectors, row_history, viewer_vectors

_MOST_OLD = 2_048
"""Older events that are looked at; `space.medoids` clusters no more at once."""


def viewer_at(
    model: SpaceModel,
    samples: ConversationSamples,
    events: ViewerEvents,
    account: int,
    at_us: int,
    chance: np.random.Generator,
) -> ViewerVectors:
    """The vectors an account searches with at a moment, from nothing that came later.

    Args:
        model: the space.
        samples: of the log the events are of.
        events: all accounts'.
        account: whose.
        at_us: the moment.
        chance: draws samples of conversations.

    Returns:
        Medoids of older interests first, then the newest events'; `events` holds numbers into
        `events`.
    """
    config = model.config.viewer
    first, end = int(events.start[account]), int(events.start[account + 1])
    end = first + int(np.searchsorted(events.at_us[first:end], at_us))
    split = max(first, end - config.longest)
    newest = np.arange(split, end)
    vector = _encoded(model, samples, events, newest, chance)
    one = np.zeros(len(newest), dtype=np.int32)
    history = row_history(events, newest, np.arange(len(newest)) > 0, one, at_us)
    made = viewer_vectors(
        model.params["viewer_tower"], config, history._replace(vector=vector), now_h=0.0
    )
    made = made._replace(events=newest[made.events])
    older = np.arange(max(first, split - _MOST_OLD), split)
    older = older[events.glad[older]]
    if not len(older):
        return made
    found = _encoded(model, samples, events, older, chance)
    medoid, _ = older_interests(found, config.medoids)
    medoid.sort()
    # As trusted as the oldest event that still has a position.
    weight = made.weights[:1] if len(made.weights) else np.zeros(1, dtype=np.float32)
    return ViewerVectors(
        vectors=np.concatenate([found[medoid], made.vectors]),
        weights=np.concatenate([np.repeat(weight, len(medoid)), made.weights]),
        events=np.concatenate([older[medoid], made.events]),
    )


def _encoded(
    model: SpaceModel,
    samples: ConversationSamples,
    events: ViewerEvents,
    event: NDArray[np.int64],
    chance: np.random.Generator,
) -> NDArray[np.float32]:
    """Vectors of the posts of events, each as of its event."""
    features = samples.features(events.post[event], events.at_us[event], chance)
    return encode_posts(model.params["post_tower"], model.config.post, features)
