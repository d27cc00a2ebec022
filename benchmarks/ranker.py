"""What the ranker costs: one request of 1,500 candidates, and training.

    python benchmarks/ranker.py [--candidates 1500] [--width 64] [--depth 2] [--seed 0]

Prints one JSON line, in CPU time of one thread. A request reads a full history (128 meetings),
ranks the candidates with all heads, and values them in seconds; `page_ms` is their sum, medians
throughout. `training_tokens_per_cpu_s` counts histories and candidates of a training step.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from stoa.ranking.heads import N_LOGITS, OUTPUTS
from stoa.ranking.ranker_inputs import Candidates, History
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.ranker_serving import no_candidates, no_history, rank, read_history, warm
from stoa.ranking.readout import Calibration, read_out
from stoa.ranking.value import unregretted
from stoa.records import EventKind
from stoa.space.learning_log import (
    NOBODY,
    ActColumns,
    Answer,
    ImpressionColumns,
    LearningLog,
    PostColumns,
)
from stoa.train.ranker import RankerTraining, train_ranker
from stoa.train.ranker_batches import ranker_data

HOUR_US = 3_600_000_000


def main() -> None:
    flags = argparse.ArgumentParser()
    flags.add_argument("--candidates", type=int, default=1_500)
    flags.add_argument("--width", type=int, default=64)
    flags.add_argument("--depth", type=int, default=2)
    flags.add_argument("--repeats", type=int, default=30)
    flags.add_argument("--seed", type=int, default=0)
    given = flags.parse_args()
    model = RankerConfig(width=given.width, depth=given.depth)
    made = {
        "benchmark": "ranker",
        "seed": given.seed,
        "width": given.width,
        "depth": given.depth,
        "candidates": given.candidates,
        "history": model.history,
        "heads": len(OUTPUTS),
        "logits": N_LOGITS,
        **request(model, given.candidates, given.repeats, given.seed),
        **training(model, given.seed),
    }
    print(json.dumps(made))


def request(model: RankerConfig, n: int, repeats: int, seed: int) -> dict[str, float]:
    """Medians of one request's parts in CPU-ms, and what the first one waits for."""
    random = np.random.default_rng(seed)
    params = init_ranker(jax.random.key(seed), model)
    began = time.process_time()
    warm(params, model)
    warm_s = time.process_time() - began
    met, posts = history(random, model), candidates(random, model, n)
    state = read_history(params, met, model)
    outputs = rank(params, state, posts, model)
    calibration = Calibration.of(params)
    parts = {
        "history_ms": median_ms(
            lambda: jax.block_until_ready(read_history(params, met, model)), repeats
        ),
        "candidates_ms": median_ms(lambda: rank(params, state, posts, model), repeats),
        "value_ms": median_ms(lambda: unregretted(read_out(outputs, calibration)), repeats),
    }
    return {
        **{name: round(value, 3) for name, value in parts.items()},
        "page_ms": round(sum(parts.values()), 3),
        "warm_s": round(warm_s, 2),
    }


def training(model: RankerConfig, seed: int) -> dict[str, float]:
    """Tokens of full histories and candidates per CPU second, compiling apart."""
    random = np.random.default_rng(seed)
    data = ranker_data(log(random), units(random, 2_000, model.vector), model)
    config = RankerTraining(epochs=1, tokens=8_000)
    train_ranker(data, model, config, seed=seed)  # compiles
    began = time.process_time()
    trained = train_ranker(data, model, config, seed=seed)
    spent = time.process_time() - began
    tokens = len(trained.losses) * config.tokens
    return {"training_tokens_per_cpu_s": round(tokens / spent), "training_tokens": tokens}


def median_ms(work: Callable[[], Any], repeats: int) -> float:
    work()
    spent: list[float] = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        spent.append(1e3 * (time.process_time() - began))
    return float(np.median(spent))


def units(random: np.random.Generator, n: int, d: int) -> np.ndarray:
    rows = random.standard_normal((n, d)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def history(random: np.random.Generator, model: RankerConfig) -> History:
    h = model.history
    return no_history(model)._replace(
        vector=units(random, h, model.vector),
        author=random.integers(1, model.author_rows, (h, 2)).astype(np.int32),
        acts=np.full(h, 1 << EventKind.DWELL, dtype=np.uint32),
        log_seconds=random.random(h).astype(np.float32),
        log_age=random.random(h).astype(np.float32),
        real=np.ones(h, dtype=bool),
    )


def candidates(random: np.random.Generator, model: RankerConfig, n: int) -> Candidates:
    return no_candidates(n, model)._replace(
        vector=units(random, n, model.vector),
        parent=units(random, n, model.vector),
        similarity=random.random((n, 4)).astype(np.float32),
        author=random.integers(1, model.author_rows, (n, 2)).astype(np.int32),
        log_age=random.random(n).astype(np.float32),
    )


def log(
    random: np.random.Generator, n_posts: int = 2_000, n_viewers: int = 200, shown: int = 320
) -> LearningLog:
    """Chance throughout: only its size matters here. Everybody reads 32 posts at ten sittings."""
    rows = n_viewers * shown
    at = HOUR_US * 200 + np.sort(random.integers(0, 240 * HOUR_US, rows))
    viewer = random.integers(0, n_viewers, rows).astype(np.int32)
    post = random.integers(0, n_posts, rows).astype(np.int32)
    seconds = random.lognormal(1.5, 0.7, rows).astype(np.float32)
    none = np.zeros(rows, dtype=bool)
    return LearningLog(
        posts=PostColumns(
            at_us=np.sort(random.integers(0, 100 * HOUR_US, n_posts)),
            author=random.integers(0, n_viewers, n_posts).astype(np.int32),
            parent=np.full(n_posts, NOBODY, np.int32),
            root=np.arange(n_posts, dtype=np.int32),
            language=np.zeros(n_posts, np.int16),
            media=np.zeros(n_posts, np.int16),
            domain=np.zeros(n_posts, np.int32),
            length=np.full(n_posts, 100, np.int32),
            text=np.zeros((n_posts, 0), np.float32),
        ),
        acts=ActColumns(
            at_us=at,
            account=viewer,
            post=post,
            kind=np.full(rows, EventKind.DWELL, np.int8),
            seconds=seconds,
            surface=np.zeros(rows, np.int8),
        ),
        impressions=ImpressionColumns(
            at_us=at,
            viewer=viewer,
            post=post,
            session=(at // (24 * HOUR_US)).astype(np.int32),
            position=np.zeros(rows, np.int16),
            surface=np.zeros(rows, np.int8),
            propensity=np.ones(rows, np.float32),
            explored=none,
            policy=np.zeros(rows, np.int16),
            seconds=seconds,
            acts=np.full(rows, 1 << EventKind.DWELL, np.uint32),
            asked=none,
            ask_rate=np.full(rows, 0.02, np.float32),
            answer=np.full(rows, int(Answer.NONE), np.int8),
            delayed=np.full(rows, -1, np.int8),
        ),
        n_accounts=n_viewers,
        until_us=500 * HOUR_US,
    )


if __name__ == "__main__":
    main()
