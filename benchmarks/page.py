"""What a page costs: a million posts, viewers of 256 vectors, 1,500 posts ranked, all learned.

A town lives some days; a space is trained on its likes for a moment (`--space-steps`, 0 leaves it
untrained), and the ranker has random weights: the work is that of trained ones, what is found is
not judged here. Posts are the town's: every vector is that of a real town post in that space,
moved a little at random, so that a million of them lie as the thousands do. Viewers are
inhabitants with their own likes, read by the viewer tower. Each reads five pages of 30 from one
reading. The same run measures recall of retrieval against exact search over all vectors of the
viewer, with their weights added as trained (`recall_at_1500`) and multiplied as the index does
(`recall_at_1500_of_index`), against uniformly random vectors too, and times one peer (usearch).
Pages of the same ranker while it leans on the first version are read in turns with the others
(`leaning_over_not`, the median over readings). `--folder` keeps world and index, which at 10 M
posts take long to build.

    python benchmarks/page.py [--posts 1000000 | --full] [--readings 20] [--seed 0]
        [--space-steps 60] [--first-version | --shipped] [--folder PATH]

`--first-version`: nothing learned. `--shipped`: a square that has learned nothing yet, with the
weights that ship, leaning on the first version as after many looks.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `stoa` does, before NumPy loads
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import faiss
import jax
import numpy as np

from many_posts import CHUNK, DIM, ManyPosts, TownPosts
from page_search import RANKED, anybody, peer, search, viewer
from page_world import kept
from stoa.app.clocks import SourceClock
from stoa.app.learner import ranker_of
from stoa.artifacts.shipped import read_shipped
from stoa.feed.board import Board
from stoa.feed.model_seat import ModelSeat
from stoa.feed.service import Feed, FeedConfig
from stoa.index import RowFile, SegmentIndex
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.value import ValueConfig
from stoa.space.generation import Generation, GenerationSeat, first_generation

NOW_US = 1_790_000_000_000_000
PAGES = 5
PAGE = 30
_TURN = 5  # viewers read before the other ranker's turn comes


def some_ranker(seed: int) -> LearnedRanker:
    """Random weights, spread enough that scores differ."""
    config = RankerConfig()
    params = init_ranker(jax.random.key(seed), config)
    out = jax.random.normal(jax.random.key(seed + 1), params["out"].shape)
    return LearnedRanker(
        "learned, random weights", config, {**params, "out": 0.3 * out}, ValueConfig()
    )


def seat_of(given: argparse.Namespace) -> ModelSeat:
    """What ranks."""
    if given.first_version:
        return ModelSeat(None)
    if given.shipped:
        ranker = ranker_of(read_shipped())
        return ModelSeat(replace(ranker, value=replace(ranker.value, guess_looks=0)))
    return ModelSeat(some_ranker(given.seed))


def fill(index: SegmentIndex, rows: RowFile, store: ManyPosts, town: TownPosts) -> float:
    """Puts every vector; returns CPU seconds a million for the index."""
    spent = 0.0
    for start in range(0, store.n, CHUNK):
        stop = min(store.n, start + CHUNK)
        vectors = store.vectors(town, start, stop)
        began = time.process_time()
        index.put(np.arange(start + 1, stop + 1), vectors)
        spent += time.process_time() - began
        rows.put(np.arange(start + 1, stop + 1), town.content[store.base[start:stop]])
    began = time.process_time()
    index.seal()
    index.flush()
    return (spent + time.process_time() - began) / store.n * 1e6


def opened(
    folder: Path, store: ManyPosts, town: TownPosts, seed: int
) -> tuple[SegmentIndex, RowFile, float]:
    """Index and rows in a folder, built where they are not yet; CPU seconds a million to build."""
    index, rows = SegmentIndex(folder / "segments", DIM), RowFile(folder / "rows", DIM)
    told, made_with = folder / "built.json", {"posts": store.n, "seed": seed}
    if told.exists():
        built = json.loads(told.read_text())
        if built["made_with"] != made_with:
            raise SystemExit(f"{folder} was built with {built['made_with']}, not with {made_with}")
        return index, rows, built["add_cpu_s_per_million"]
    add_cpu_s = fill(index, rows, store, town)
    told.write_text(json.dumps({"made_with": made_with, "add_cpu_s_per_million": add_cpu_s}))
    return index, rows, add_cpu_s


def read_pages(feed: Feed, viewers: range) -> dict[str, list[float]]:
    """CPU and wall seconds of every page, first pages apart."""
    spent: dict[str, list[float]] = {"cpu": [], "wall": [], "first_cpu": []}
    for reader in viewers:
        cursor = None
        for number in range(PAGES):
            cpu, wall = time.process_time(), time.perf_counter()
            page = feed.page(f"viewer {reader}", limit=PAGE, cursor=cursor)
            spent["cpu"].append(time.process_time() - cpu)
            spent["wall"].append(time.perf_counter() - wall)
            if number == 0:
                spent["first_cpu"].append(spent["cpu"][-1])
            assert len(page.items) == PAGE
            cursor = page.cursor
    return spent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--full", action="store_true", help="10 million posts")
    parser.add_argument("--readings", type=int, default=20)
    parser.add_argument("--searches", type=int, default=8)
    parser.add_argument("--peer-posts", type=int, default=100_000)
    parser.add_argument("--space-steps", type=int, default=60)
    parser.add_argument("--folder", type=Path, help="keep what is built there, and use it again")
    parser.add_argument("--first-version", action="store_true", help="nothing learned")
    parser.add_argument("--shipped", action="store_true", help="the weights that ship")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def feed_over(
    store: ManyPosts, index: SegmentIndex, rows: RowFile, generation: Generation, seat: ModelSeat
) -> Feed:
    board = Board()
    board.load(store)
    return Feed(
        FeedConfig(),
        posts=store,
        viewers=store,
        log=store,
        index=index,
        rows=rows,
        board=board,
        clock=SourceClock(lambda: NOW_US),
        secret=b"0" * 32,
        seat=seat,
        space=GenerationSeat(generation),
    )


def leaning(ranker: LearnedRanker) -> LearnedRanker:
    """The same ranker while it has learned from little: half of a value is the first version's."""
    return replace(ranker, value=replace(ranker.value, guessed=0.5, guess_s=5.0))


def read_in_turns(
    feed: Feed, seat: ModelSeat, n_viewers: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """What pages cost of the ranker in the seat, and of the same while it leans; in turns.

    The second is empty where the seat is.
    """
    ranker = seat.ranker
    plain: dict[str, list[float]] = defaultdict(list)
    lean: dict[str, list[float]] = defaultdict(list)
    for first in range(1, n_viewers + 1, _TURN):
        turn = range(first, min(first + _TURN, n_viewers + 1))
        for spent, serving in ((plain, ranker), (lean, ranker and leaning(ranker))):
            if spent is lean and serving is None:
                continue
            seat.take(serving)
            for reader in turn:
                feed.forget(f"viewer {reader}")
            for what, values in read_pages(feed, turn).items():
                spent[what] += values
    seat.take(ranker)
    return plain, lean


def main() -> None:
    given = arguments()
    faiss.omp_set_num_threads(1)
    n_posts = 10_000_000 if given.full else given.posts
    with tempfile.TemporaryDirectory() as passing:
        folder = given.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        print(json.dumps(measured(given, n_posts, folder)))


def measured(given: argparse.Namespace, n_posts: int, folder: Path) -> dict[str, object]:
    """Everything that the benchmark prints."""
    steps = None if given.first_version or given.shipped else given.space_steps
    town, space = kept(folder, given.seed, given.readings, steps)
    store = ManyPosts(town, n_posts, NOW_US, given.seed)
    seat = seat_of(given)
    if seat.ranker is not None:
        seat.ranker.warm()
    index, rows, add_cpu_s = opened(folder, store, town, given.seed)
    generation = first_generation(index, rows)
    if space is not None:
        generation = Generation("bench", index, rows.get, space)
    feed = feed_over(store, index, rows, generation, seat)
    # The first touch of memory-mapped segments is no page's cost, and told apart.
    untouched = read_pages(feed, range(1, given.readings + 1))
    spent, lean = read_in_turns(feed, seat, given.readings)
    stages = feed.stats()
    viewers = [viewer(store, generation, v + 1) for v in range(given.searches)]
    lived = search(index, store, town, viewers)
    uniform = search(index, store, town, [anybody(given.seed + n) for n in range(given.searches)])
    wall_ms = 1000 * np.array(spent["wall"])
    return {
        "benchmark": "page",
        "seed": given.seed,
        "posts": n_posts,
        "space": "first version" if space is None else f"learned, {steps} steps",
        "ranker": seat.ranker.version if seat.ranker else "first version",
        "viewer_vectors": round(float(np.mean([len(v.vectors) for v in viewers])), 1),
        "ranked": RANKED,
        "cpu_s_per_page": round(float(np.mean(spent["cpu"])), 4),
        "first_page_cpu_s": round(float(np.mean(spent["first_cpu"])), 4),
        "cpu_s_per_page_at_first_touch": round(float(np.mean(untouched["cpu"])), 4),
        "p50_ms": round(float(np.quantile(wall_ms, 0.5)), 2),
        "p99_ms": round(float(np.quantile(wall_ms, 0.99)), 2),
        "recall_at_1500": round(lived.recall, 4),
        "recall_at_1500_of_index": round(lived.recall_of_index, 4),
        "match_cpu_s": round(lived.cpu_s, 4),
        "recall_at_1500_random_viewers": round(uniform.recall, 4),
        "match_cpu_s_random_viewers": round(uniform.cpu_s, 4),
        "exact_over_match": round(lived.exact_cpu_s / lived.cpu_s, 1),
        "add_cpu_s_per_million": round(add_cpu_s, 1),
        "seconds_by_stage": stages.get("seconds", {}),
        **(leaning_told(spent, lean) if lean else {}),
        **peer(store, town, min(n_posts, given.peer_posts), viewers),
    }


def leaning_told(spent: dict[str, list[float]], lean: dict[str, list[float]]) -> dict[str, float]:
    """What a page costs while the ranker leans on the first version, beside one that does not."""
    ratio = np.array(lean["cpu"]).reshape(-1, PAGES).sum(axis=1)
    ratio /= np.array(spent["cpu"]).reshape(-1, PAGES).sum(axis=1)
    return {
        "cpu_s_per_page_leaning": round(float(np.mean(lean["cpu"])), 4),
        "first_page_cpu_s_leaning": round(float(np.mean(lean["first_cpu"])), 4),
        "leaning_over_not": round(float(np.median(ratio)), 3),
    }


if __name__ == "__main__":
    main()
