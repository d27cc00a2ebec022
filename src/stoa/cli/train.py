"""`stoa train`: learns from a square's own log, once or on and on."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json
from stoa.errors import BadInput

if TYPE_CHECKING:
    from stoa.app.space_learner import SpaceLearnerConfig


def train(
    *,
    data: Path | None = None,
    every: float = 0.0,
    share: float = 0.5,
    seed: Seed = 0,
    epochs: int = 3,
    space: bool = False,
    steps: int = 400,
    json: bool = False,
) -> None:
    """Trains the ranker on a square's log; the gate decides whether the new version serves.

    With `--every` the space that vectors lie in is trained too, when there is enough to learn
    it from and the last one is some hours old.

    Args:
        data: the square's data folder; the default one when left out.
        every: seconds between rounds, until killed; 0 trains once.
        share: most CPU to take, as a share of one core, with `--every`.
        seed: of everything that is left to chance.
        epochs: passes over the log.
        space: train the space alone, now.
        steps: of training the space for the first time; half as many go on from one that serves.
        json: print one JSON object.
    """
    if not 0 < share <= 1:
        raise BadInput("--share", share, "give a share of one core, above 0 and up to 1")
    if every < 0:
        raise BadInput("--every", every, "give seconds, or 0 for one round")
    if not 1 <= epochs <= 100:
        raise BadInput("--epochs", epochs, "give a whole number from 1 to 100")
    if not 1 <= steps <= 100_000:
        raise BadInput("--steps", steps, "give a whole number from 1 to 100,000")
    if space and every:
        raise BadInput("--space", every, "leave `--every` out: with it the space is trained too")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(compile_cache()))
    from stoa.app.learner import LearnerConfig, keep_learning, learn_once
    from stoa.app.space_learner import learn_space_once
    from stoa.settings import load_settings

    settings = load_settings(data=data)
    config = LearnerConfig(every_s=every, share=share, shipped_serves=settings.shipped_weights)
    training = replace(config.round.training, epochs=epochs)
    config = replace(
        config,
        round=replace(config.round, training=training, seed=seed),
        space=_space_config(config.space, steps, seed),
    )
    folder = settings.data
    if every:
        keep_learning(folder, config, lambda line: print(line, file=sys.stderr))
        return
    decision = learn_space_once(folder, config.space) if space else learn_once(folder, config)
    assert decision is not None  # asked for now, whenever the last one was
    if json:
        print_json(asdict(decision))
    else:
        print(f"{decision.version} {decision.fate.value}: {decision.reason}")


def _space_config(config: SpaceLearnerConfig, steps: int, seed: int) -> SpaceLearnerConfig:
    training = replace(config.round.training, steps=steps)
    again = max(1, steps // 2)
    return replace(
        config, round=replace(config.round, training=training, again_steps=again, seed=seed)
    )


def compile_cache() -> Path:
    """Where compiled code is kept, so that a start need not compile it again (XDG)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "stoa" / "compiled"
