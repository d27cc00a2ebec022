"""A thousand puppets push one author: what readers then find in a space learned from all likes.

    python benchmarks/puppets.py [--seed 0] [--puppets 1000] [--share 0.1] [--steps 100]

A town lives some days. Puppets add likes until they are `--share` of all, every one on a post of
one usual author. Spaces are learned from the readers' log, from the poisoned one as it is
(`believed`), and from what a round hears of it (`heard`); posts are then served as puppets left
them. Prints of the first 30 and 200 posts that readers find the share by that author, how many of
the first 30 are those of the readers' own space, and how many puppets' likes were heard. One JSON
line.
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
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stoa.encoders.hashed import HashedEncoder
from stoa.evaluation.society_loop import logged_society
from stoa.records import DAY_US, EventKind
from stoa.space.conversation_samples import sample_conversations
from stoa.space.learning_log import LearningLog
from stoa.space.post_tower import encode_posts
from stoa.space.space_model import SpaceModel
from stoa.space.viewer_history import viewer_events
from stoa.space.viewer_state import viewer_at
from stoa.town.society.config import SocietyConfig
from stoa.train.crowds import without_crowds
from stoa.train.space import SpaceTrainingConfig, train_space
from stoa.train.space_round import SpaceRoundConfig

ALIVE_US = 2 * DAY_US
DEPTHS = (30, 200)


def with_puppets(
    log: LearningLog, n_puppets: int, share: float, seed: int
) -> tuple[LearningLog, int]:
    """The log with the puppets' likes in it, and the author whom they push: one of median size."""
    chance = np.random.default_rng([seed, 41])
    liking = np.isin(log.acts.kind, [EventKind.LIKE, EventKind.REPOST])
    n = round(int(liking.sum()) * share / (1.0 - share))
    recent = log.posts.author[log.posts.at_us > log.until_us - ALIVE_US]
    size = np.bincount(recent, minlength=log.n_accounts)
    writers = np.flatnonzero(size)
    author = int(writers[np.argsort(size[writers], kind="stable")[len(writers) // 2]])
    post = chance.choice(np.flatnonzero(log.posts.author == author), n).astype(np.int32)
    room = np.minimum(log.until_us - log.posts.at_us[post] - 1, DAY_US)
    more = {
        "at_us": log.posts.at_us[post] + 1 + (chance.random(n) * room).astype(np.int64),
        "account": (log.n_accounts + np.arange(n) % n_puppets).astype(np.int32),
        "post": post,
        "kind": np.full(n, int(EventKind.LIKE), dtype=np.int8),
        "seconds": np.full(n, np.nan, dtype=np.float32),
        "surface": np.zeros(n, dtype=np.int8),
    }
    order = np.argsort(np.concatenate([log.acts.at_us, more["at_us"]]), kind="stable")
    acts = type(log.acts)(
        **{
            name: np.concatenate([getattr(log.acts, name), column])[order]
            for name, column in more.items()
        }
    )
    n_accounts = log.n_accounts + n_puppets
    keys = None if log.account_key is None else np.append(
        log.account_key, log.account_key.max() + 1 + np.arange(n_puppets)
    )  # fmt: skip
    return replace(log, acts=acts, n_accounts=n_accounts, account_key=keys).checked(), author


def found(
    model: SpaceModel, served: LearningLog, readers: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """The first posts of those alive for each reader, (readers, 200), as served by this log."""
    samples, chance = sample_conversations(served, model.config.post), np.random.default_rng(seed)
    posts = np.flatnonzero(served.posts.at_us > served.until_us - ALIVE_US)
    features = samples.features(posts, np.full(len(posts), served.until_us), chance)
    vectors = encode_posts(model.params["post_tower"], model.config.post, features)
    events, first = viewer_events(served), []
    for reader in readers.tolist():
        made = viewer_at(model, samples, events, reader, served.until_us, chance)
        score = (vectors @ made.vectors.T + made.weights).max(axis=1)
        first.append(posts[np.argsort(-score, kind="stable")[: DEPTHS[-1]]])
    return np.array(first)


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--seed", type=int, default=0)
    flags.add_argument("--people", default="bait")
    flags.add_argument("--residents", type=int, default=200)
    flags.add_argument("--background", type=int, default=800)
    flags.add_argument("--days", type=int, default=5)
    flags.add_argument("--puppets", type=int, default=1_000)
    flags.add_argument("--share", type=float, default=0.1)
    flags.add_argument("--steps", type=int, default=100)
    given = flags.parse_args()
    config = SocietyConfig(
        seed=given.seed, people=given.people, residents=given.residents,
        background=given.background, logged_days=given.days,
    )  # fmt: skip
    began = time.process_time()
    log = logged_society(config, HashedEncoder()).log()
    poisoned, author = with_puppets(log, given.puppets, given.share, given.seed)
    heard = without_crowds(poisoned, given.seed)
    events = viewer_events(log)
    readers = np.flatnonzero(np.diff(events.start)[: given.residents] >= 5)[:100]
    shape = SpaceRoundConfig().shape
    shape = replace(shape, post=replace(shape.post, text=log.posts.text.shape[1]))
    training = SpaceTrainingConfig(steps=given.steps)
    first: dict[str, NDArray[np.int64]] = {}
    for name, learned_from, served in (
        ("clean", log, log), ("clean_served_with_puppets", log, poisoned),
        ("believed", poisoned, poisoned), ("heard", heard, poisoned),
    ):  # fmt: skip
        if name != "clean_served_with_puppets":
            model = train_space(learned_from, given.seed, training, start=shape).model
        first[name] = found(model, served, readers, given.seed)
    made = {
        name: {
            **{f"share_of_{n}": float((log.posts.author[rows[:, :n]] == author).mean())
               for n in DEPTHS},
            "alike_30": float(np.mean([
                len(np.intersect1d(mine[:30], own[:30])) / 30
                for mine, own in zip(rows, first["clean"], strict=True)
            ])),
        }
        for name, rows in first.items()
    }  # fmt: skip
    print(
        json.dumps(
            {
                "benchmark": "puppets",
                **vars(given),
                "readers": len(readers),
                "likes_of_puppets": len(poisoned.acts) - len(log.acts),
                "likes_heard": len(heard.acts) - len(log.acts),
                "cpu_s": round(time.process_time() - began, 1),
                "found": made,
            }
        )
    )


if __name__ == "__main__":
    main()
