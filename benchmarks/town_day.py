"""CPU-seconds that a society's day takes: whole cohorts of residents, served newest first.

    python benchmarks/town_day.py [--residents 10000] [--posts 50000] [--background 10000]

Prints one JSON line. `cpu_s` is the mean of a day under way, with what its people write, read
and answer; `found_cpu_s` is spent once, before day 0; `encode_cpu_s` turns a day's posts into
vectors, which happens only when a log is asked for by a learner.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time

import numpy as np

from stoa.encoders import HashedEncoder
from stoa.town.society import DayPlan, Society, SocietyConfig


def serve(society: Society, plan: DayPlan, slots: int, at_once: int) -> int:
    """One day, each slate the newest posts in an order of its own; returns the showings."""
    random = np.random.default_rng([society.config.seed, plan.day])
    shown = 0
    for round_ in plan.rounds:
        pool = society.pool(round_)
        newest = pool[-4 * slots :]
        for start in range(0, len(round_.sittings), at_once):
            rows = round_.sittings[start : start + at_once]
            order = np.argsort(random.random((len(rows), len(newest))), axis=1)[:, :slots]
            shown += len(society.show(rows, newest[order], policy="newest"))
    society.end_day()
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--residents", type=int, default=10_000)
    parser.add_argument("--background", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=50_000, help="a day, replies not counted")
    parser.add_argument("--people", default="mixed")
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--slots", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    config = SocietyConfig(
        seed=given.seed, people=given.people, residents=given.residents,
        background=given.background, posts_a_day=given.posts,
    )  # fmt: skip
    started = time.process_time()
    society = Society(config)
    founded = time.process_time()
    first, shown = len(society.log().posts), 0
    for day in range(given.days):
        shown += serve(society, society.begin_day(day), given.slots, at_once=2_000)
        print(f"day {day}: {time.process_time() - founded:.1f} CPU-s", file=sys.stderr)
    done = time.process_time()
    posts = (len(society.log().posts) - first) / given.days
    texts = [society.text(row) for row in range(first, first + round(posts))]
    encoding = time.process_time()
    HashedEncoder().encode(texts)
    print(json.dumps({
        "residents": given.residents, "background": given.background, "posts": round(posts),
        "impressions": round(shown / given.days), "people": given.people, "seed": given.seed,
        "cpu_s": round((done - founded) / given.days, 2),
        "found_cpu_s": round(founded - started, 2),
        "encode_cpu_s": round(time.process_time() - encoding, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
