"""`stoa train`: learns from a square's own log, once or on and on."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

from stoa.cli.printing import print_json
from stoa.errors import BadInput


def train(
    *,
    data: Path | None = None,
    every: float = 0.0,
    share: float = 0.5,
    seed: int = 0,
    epochs: int = 3,
    json: bool = False,
) -> None:
    """Trains the ranker on a square's log; the gate decides whether the new version serves.

    Args:
        data: the square's data folder; the default one when left out.
        every: seconds between rounds, until killed; 0 trains once.
        share: most CPU to take, as a share of one core, with `--every`.
        seed: of everything that is left to chance.
        epochs: passes over the log.
        json: print one JSON object.
    """
    if not 0 < share <= 1:
        raise BadInput("--share", share, "give a share of one core, above 0 and up to 1")
    if every < 0:
        raise BadInput("--every", every, "give seconds, or 0 for one round")
    if not 1 <= epochs <= 100:
        raise BadInput("--epochs", epochs, "give a whole number from 1 to 100")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(compile_cache()))
    from stoa.app.learner import LearnerConfig, keep_learning, learn_once
    from stoa.settings import load_settings

    settings = load_settings(data=data)
    config = LearnerConfig(every_s=every, share=share, shipped=settings.shipped_weights)
    training = replace(config.round.training, epochs=epochs)
    config = replace(config, round=replace(config.round, training=training, seed=seed))
    folder = settings.data
    if every:
        keep_learning(folder, config, lambda line: print(line, file=sys.stderr))
        return
    decision = learn_once(folder, config)
    if json:
        print_json(asdict(decision))
    else:
        print(f"{decision.version} {decision.fate.value}: {decision.reason}")


def compile_cache() -> Path:
    """Where compiled code is kept, so that a start need not compile it again (XDG)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "stoa" / "compiled"
