"""One round of learning the space: a log in, a space and its figures on unseen gladness out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from stoa.errors import BadInput, TrainingDiverged
from stoa.space.learning_log import LearningLog
from stoa.space.log_window import until
from stoa.space.post_tower import PostTowerConfig
from stoa.space.space_model import SpaceConfig, SpaceModel
from stoa.space.viewer_history import viewer_events
from stoa.space.viewer_tower import ViewerTowerConfig
from stoa.train.crowds import without_crowds
from stoa.train.gate import Verdict
from stoa.train.space import SpaceTrainingConfig, train_space
from stoa.train.space_gate import (
    SpaceGateConfig,
    answer,
    ask,
    compare_spaces,
    held_out_from,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRoundConfig:
    """How much is learned at once. `steps` of the training are the dial."""

    shape: SpaceConfig = field(
        default_factory=lambda: SpaceConfig(viewer=ViewerTowerConfig(depth=1))
    )
    training: SpaceTrainingConfig = field(default_factory=lambda: SpaceTrainingConfig(steps=400))
    again_steps: int = 200  # of a space that goes on from the one that serves
    gate: SpaceGateConfig = field(default_factory=SpaceGateConfig)
    least_glad: int = 2_000  # glad events with one before, in all that is learned from
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRound:
    """What came of a round."""

    model: SpaceModel
    verdict: Verdict
    counts: dict[str, int]
    losses: dict[str, float]
    stopped: str  # why training ended early, "" where it did not


def learn_space_round(
    log: LearningLog,
    serving: SpaceModel | None,
    config: SpaceRoundConfig,
    *,
    said: Callable[[int, float], None] = lambda step, loss: None,
) -> SpaceRound:
    """Trains on all but the newest hour, and compares there with what serves.

    A made crowd behind one author is heard in part, here as in what judges: `crowds`.

    Args:
        log: everything up to now; public acts are enough.
        serving: the space that serves, gone on from; None while the first version's vectors do.
        config: how.
        said: hears of each step and its loss.

    Raises:
        BadInput: the log tells too little to learn from or to judge by; says how much there is.
    """
    log = without_crowds(log, config.seed)
    moment_us = held_out_from(log)
    known = until(log, moment_us)
    events = viewer_events(known)
    n_glad = int((events.glad[1:] & (events.account[1:] == events.account[:-1])).sum())
    if n_glad < config.least_glad:
        mend = f"wait until accounts were glad {config.least_glad} times of a second post"
        raise BadInput("glad", n_glad, mend)
    question = ask(log, moment_us, config.seed, config.gate)
    shape = replace(config.shape, post=_for_texts(config.shape.post, known.posts.text.shape[1]))
    start = serving if serving is not None and serving.config == shape else None
    training = replace(config.training, steps=config.again_steps) if start else config.training
    stopped, losses = "", np.zeros((0, 4), dtype=np.float32)
    try:
        trained = train_space(known, config.seed, training, start=start or shape, watch=said)
        model, losses = trained.model, trained.losses
    except TrainingDiverged as problem:
        model, stopped = cast("SpaceModel", problem.last_good), str(problem)
    depth, seed = config.gate.depth, config.seed
    new, old = (answer(space, question, seed, depth) for space in (model, serving))
    verdict = compare_spaces(new, old, seed, config.gate)
    if stopped:
        verdict = replace(verdict, passes=False, reason=f"training stopped: {stopped}")
    return SpaceRound(
        model=model, verdict=verdict, stopped=stopped, losses=_losses(losses),
        counts={
            "posts": len(log.posts), "acts": len(log.acts), "glad": n_glad,
            "viewers_judged": len(question.viewer), "candidates": len(question.candidate),
        },
    )  # fmt: skip


def _for_texts(shape: PostTowerConfig, dim: int) -> PostTowerConfig:
    return shape if shape.text == dim else replace(shape, text=dim)


def _losses(losses: np.ndarray) -> dict[str, float]:
    if not len(losses):
        return {}
    tenth = max(1, len(losses) // 10)
    names = ("by_vector", "by_content", "answers", "foreign_words")
    told = {name: float(losses[-tenth:, i].mean()) for i, name in enumerate(names)}
    first = float(losses[:tenth, 0].mean())
    return {"by_vector_at_first": first, **told, "steps": float(len(losses))}
