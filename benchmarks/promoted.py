"""What promoted posts cost: CPU of a page, and true seconds where predictions of U are wrong.

`page_cpu_ms`: the mean page, in readings of five pages of 30 in a small town, ranked by a ranker of
the shipped shape, with so many campaigns running (at most 32 are valued for a page) and no cap a
day; the store is on disk, and placements are held durably. The median of three rounds.

`seconds`: slates of the best by predicted U of 1,500 posts, and eight offers that are not among
them, placed by the same rule, with no seconds agreed. A prediction is the truth and an error;
`calibrated` shrinks it, as a calibrated ranker would, and `bait` offers are worth two seconds less
than their prediction can know. Each tells, for a promoted post that was placed, the mean net
seconds as predicted and as they truly were, against the post that moved down, with 95 % intervals.

    python benchmarks/promoted.py [--readings 30] [--slates 2000] [--seed 0]

Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `stoa` does, before NumPy loads

import jax
import numpy as np

from stoa.app.clocks import SourceClock
from stoa.app.rooms import Rooms, open_rooms
from stoa.feed.config import FeedConfig, PromotedConfig
from stoa.promoted_records import BudgetUnit, Campaign, CampaignId
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.promotion import Offers, OrganicSlate, PromotionTerms, place_promoted
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.value import ValueConfig
from stoa.records import DAY_US, PostId
from stoa.town import Town, TownConfig

CAMPAIGNS = (0, 1, 16, 64)
PAGES, ROUNDS = 5, 3
SLOTS, POSTS, OFFERS, GAP = 60, 1_500, 8, 8
TRUE_SPREAD_S, ERROR_S, BAIT_S = 4.0, 4.0, 2.0


def live(folder: Path, seed: int) -> tuple[Rooms, list[str]]:
    """A town after two days, with a ranker in the seat, and the names of some inhabitants."""
    now = [0]
    config = FeedConfig(promoted=PromotedConfig(most_a_day=1 << 30))  # every reading gets its share
    rooms = open_rooms(folder, SourceClock(lambda: now[0]), world="bench", config=config)
    town = Town(TownConfig(seed=seed, people=300))
    for batch in town.history(2):
        rooms.intake.take(batch)
        now[0] = batch.cursor or now[0]
    shape = RankerConfig(vector=rooms.encoder.dim)
    params = init_ranker(jax.random.key(seed), shape)
    out = 0.05 * jax.random.normal(jax.random.key(seed + 1), params["out"].shape)
    value = ValueConfig(kappa=0.0)
    rooms.seat.take(LearnedRanker("bench", shape, {**params, "out": out}, value))
    authors = sorted({int(a) for c in rooms.store.scan_posts() for a in c.author})[:60]
    return rooms, [account.name for account in rooms.store.accounts(authors).values()]


def page_cpu_ms(rooms: Rooms, names: list[str], n_campaigns: int, readings: int) -> float:
    """Mean CPU of a page over readings of five pages, with so many campaigns running."""
    now_us, store = rooms.clock.now_us(), rooms.store
    for state in store.promoted.campaigns(now_us):
        store.promoted.stop(state.campaign.id, now_us, "the next measurement")
    posts = np.concatenate([c.id for c in store.scan_posts()])[-n_campaigns:] if n_campaigns else []
    taken = len(store.promoted.campaigns(now_us))
    for n, post in enumerate(np.asarray(posts).tolist(), taken):
        store.promoted.add(
            Campaign(
                id=CampaignId(f"c{n}"), post=PostId(post), uri=f"bench:{post}",
                advertiser="A shop", unit=BudgetUnit.IMPRESSIONS, budget=1 << 30, per_day=1_000,
                starts_us=now_us, ends_us=now_us + DAY_US,
            )
        )  # fmt: skip
    for name in names:
        viewer = store.intern_account(name)
        rules_off = frozenset({"served", "seen", "too_old"})
        store.save_settings(viewer, replace(store.settings(viewer), rules_off=rules_off))
        rooms.feed.page(name, limit=30)  # warm
    begin_s = time.process_time()
    for n in range(readings):
        page = rooms.feed.page(names[n % len(names)], limit=30)
        for _ in range(PAGES - 1):
            page = rooms.feed.page(names[n % len(names)], limit=30, cursor=page.cursor)
    return 1_000 * (time.process_time() - begin_s) / readings / PAGES


def seconds(n_slates: int, seed: int, *, calibrated: bool, bait_s: float) -> dict[str, object]:
    """Net seconds of placed posts, predicted and true."""
    random = np.random.default_rng(seed)
    shrink = TRUE_SPREAD_S**2 / (TRUE_SPREAD_S**2 + ERROR_S**2) if calibrated else 1.0
    predicted_net, true_net = list[float](), list[float]()
    for _ in range(n_slates):
        true_s = random.normal(0, TRUE_SPREAD_S, POSTS + OFFERS)
        predicted_s = shrink * (true_s + random.normal(0, ERROR_S, POSTS + OFFERS))
        true_s[POSTS:] -= bait_s
        best = np.argsort(-predicted_s[:POSTS])[:SLOTS]
        offered = np.arange(POSTS, POSTS + OFFERS)
        found = place_promoted(
            OrganicSlate(value_s=predicted_s[best], fixed=np.zeros(SLOTS, dtype=bool)),
            Offers(
                value_s=np.repeat(predicted_s[offered][:, None], SLOTS, axis=1),
                gap=np.full(OFFERS, GAP),
                group=offered,
            ),
            PromotionTerms(),
        )
        predicted_net += (found.value_s - found.displaced_s).tolist()
        true_net += (true_s[offered[found.offer]] - true_s[best[found.place]]).tolist()
    return {
        "placed_per_slate": round(len(true_net) / n_slates, 3),
        "predicted_net_s": interval(np.array(predicted_net)),
        "true_net_s": interval(np.array(true_net)),
    }


def interval(values: np.ndarray) -> dict[str, float] | None:
    """Mean and its 95 % interval; None for no values."""
    if len(values) < 2:
        return None
    mean, margin = values.mean(), 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    return {
        name: round(float(value), 3)
        for name, value in (("mean", mean), ("low", mean - margin), ("high", mean + margin))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=30)
    parser.add_argument("--slates", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rooms, names = live(Path(folder), asked.seed)
        page_cpu_ms(rooms, names[:10], 1, asked.readings)  # warm
        rounds = [
            {n: page_cpu_ms(rooms, names[:10], n, asked.readings) for n in CAMPAIGNS}
            for _ in range(ROUNDS)
        ]
        cost = {n: float(np.median([one[n] for one in rounds])) for n in CAMPAIGNS}
        placed = sum(len(rooms.store.promoted.placements(rooms.store.intern_account(n)))
                     for n in names[:10])  # fmt: skip
        rooms.close()
    cases = {
        "noisy": {"calibrated": False, "bait_s": 0.0},
        "calibrated": {"calibrated": True, "bait_s": 0.0},
        "calibrated_bait": {"calibrated": True, "bait_s": BAIT_S},
    }
    told = {
        "benchmark": "promoted",
        **vars(asked),
        "page_cpu_ms": {str(n): round(ms, 2) for n, ms in cost.items()},
        "placements": placed,
        "seconds": {
            name: seconds(asked.slates, asked.seed, **case) for name, case in cases.items()
        },
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
