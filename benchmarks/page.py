"""What a page costs: a million posts, viewers of 256 vectors, 1,500 posts ranked, all learned.

A town lives some days; a space is trained on its likes for a moment (`--space-steps`, 0 leaves it
untrained), and the ranker has random weights: the work is that of trained ones, what is found is
not judged here. Posts are the town's: every vector is that of a real town post in that space,
moved a little at random, so that a million of them lie as the thousands do. Viewers are
inhabitants with their own likes, read by the viewer tower. Each reads five pages of 30 from one
reading. The same run measures recall of retrieval against exact search over all vectors of the
viewer, with their weights added as trained (`recall_at_1500`) and multiplied as the index does
(`recall_at_1500_of_index`), against uniformly random vectors too, and times one peer (usearch).

    python benchmarks/page.py [--posts 1000000 | --full] [--readings 20] [--seed 0]
        [--space-steps 60] [--home | --first-version | --shipped]

`--home`: a ranker as a square trains it, along axes of its posts. `--first-version`: nothing
learned. `--shipped`: a square that has learned nothing yet, with the weights that ship, leaning on
the first version as after many looks.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `stoa` does, before NumPy loads
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import faiss
import jax
import numpy as np
from numpy.typing import NDArray

from many_posts import BLOCK, CHUNK, DIM, VIEWER_VECTORS, ManyPosts, TownPosts
from stoa.app.clocks import SourceClock
from stoa.app.learner import ranker_of
from stoa.app.learning_log import read_log
from stoa.app.rooms import Rooms, open_rooms
from stoa.app.space_change import change_space
from stoa.artifacts.shipped import read_shipped
from stoa.feed.board import Board
from stoa.feed.learned_viewer import learned_vectors
from stoa.feed.model_seat import ModelSeat
from stoa.feed.service import Feed, FeedConfig
from stoa.feed.viewer_vectors import VectorConfig, viewer_vectors
from stoa.index import ContentRows, RowFile, SegmentIndex
from stoa.model_records import Model, ModelCard
from stoa.ranking.blended_seconds import BlendedSeconds
from stoa.ranking.evidence import N_EVIDENCE
from stoa.ranking.first_stage import FirstStage
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_inputs import N_FORMS
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.value import ValueConfig
from stoa.records import EdgeKind
from stoa.space.generation import Generation, GenerationSeat, first_generation
from stoa.space.maxsim import top_k
from stoa.space.space_model import SpaceModel, init_space
from stoa.space.text_axes import fit_text_axes
from stoa.town import Town, TownConfig
from stoa.train.space import train_space
from stoa.train.space_round import SpaceRoundConfig

RANKED = 1500
NOW_US = 1_790_000_000_000_000
PAGES = 5
PAGE = 30


def live_in_a_town(
    seed: int, n_viewers: int, space_steps: int | None
) -> tuple[TownPosts, SpaceModel | None]:
    """Lets a town live some days; keeps the inhabitants who liked most, and a space of its own."""
    town, now = Town(TownConfig(seed=seed, people=1000)), [0]
    rooms = open_rooms(None, SourceClock(lambda: now[0]), world="bench")
    for batch in town.history(6):
        rooms.intake.take(batch)
        now[0] = batch.cursor or now[0]
    space = None if space_steps is None else learn_space(rooms, now[0], seed, space_steps)
    ids = rooms.index.held()
    vectors, _ = rooms.index.vectors(ids)
    likes: dict[int, list[int]] = {}
    row_of = {int(post): row for row, post in enumerate(ids.tolist())}
    for edges in rooms.store.scan_edges(EdgeKind.LIKE):
        for actor, subject in zip(edges.actor.tolist(), edges.subject.tolist(), strict=True):
            if subject in row_of:
                likes.setdefault(actor, []).append(row_of[subject])
    most = sorted(likes.values(), key=len, reverse=True)[:n_viewers]
    liked = [np.array(rows) for rows in most]
    return TownPosts(vectors, rooms.rows.get(ids), rooms.rows.texts.get(ids), liked), space


def learn_space(rooms: Rooms, now_us: int, seed: int, steps: int) -> SpaceModel:
    """A quickly trained space, in which the rooms' vectors lie from then on."""
    config = SpaceRoundConfig()
    space = init_space(seed, config.shape)
    if steps:
        own = read_log(rooms.store, rooms.encoder, now_us, since_us=0, most_posts=1_000_000)
        training = SpaceRoundConfig().training
        space = train_space(own.log, seed, replace(training, steps=steps), start=space).model
    card = ModelCard(
        version="bench", made_us=1, encoder=rooms.encoder.name, config=space.card_config()
    )
    change_space(rooms, Model(card, space.arrays()), lambda: True, share=1.0)
    return space


def some_ranker(seed: int) -> LearnedRanker:
    """Random weights, spread enough that scores differ."""
    config = RankerConfig()
    params = init_ranker(jax.random.key(seed), config)
    out = jax.random.normal(jax.random.key(seed + 1), params["out"].shape)
    return LearnedRanker(
        "learned, random weights", config, {**params, "out": 0.3 * out}, ValueConfig()
    )


def seat_of(given: argparse.Namespace, town: TownPosts) -> ModelSeat:
    """What ranks."""
    if given.first_version:
        return ModelSeat(None)
    if given.shipped:
        ranker = ranker_of(read_shipped())
        return ModelSeat(replace(ranker, value=replace(ranker.value, guess_looks=0)))
    return ModelSeat(home_ranker(given.seed, town) if given.home else some_ranker(given.seed))


def home_ranker(seed: int, town: TownPosts) -> LearnedRanker:
    """Such a ranker as a square trains at home: along axes of its posts, with a first stage.

    Evidence is of nobody: to look it up costs what it would; regressions are drawn at random.
    """
    axes = fit_text_axes(town.texts, np.arange(len(town.texts)) % (len(town.texts) // 8))
    config = RankerConfig(vector=axes.length, evidence=N_EVIDENCE)
    params = init_ranker(jax.random.key(seed), config)
    out = jax.random.normal(jax.random.key(seed + 1), params["out"].shape)
    length = N_EVIDENCE + axes.length + N_FORMS + 2
    parts = 0.1 * np.random.default_rng(seed).normal(size=(3, length))
    first = FirstStage(read=parts[0], length=parts[1], sorry=parts[2])
    return LearnedRanker(
        "bench", config, {**params, "out": 0.3 * out}, ValueConfig(),
        axes=axes, blend=BlendedSeconds(first, 0.2, 0.8),
    )  # fmt: skip


def fill(index: SegmentIndex, rows: ContentRows, store: ManyPosts, town: TownPosts) -> float:
    """Puts every vector; returns CPU seconds a million for the index."""
    spent = 0.0
    for start in range(0, store.n, CHUNK):
        stop = min(store.n, start + CHUNK)
        vectors = store.vectors(town, start, stop)
        began = time.process_time()
        index.put(np.arange(start + 1, stop + 1), vectors)
        spent += time.process_time() - began
        rows.put(np.arange(start + 1, stop + 1), town.texts[store.base[start:stop]])
    began = time.process_time()
    index.seal()
    index.flush()
    return (spent + time.process_time() - began) / store.n * 1e6


def read_pages(feed: Feed, n_viewers: int) -> dict[str, list[float]]:
    """CPU and wall seconds of every page, first pages apart."""
    spent: dict[str, list[float]] = {"cpu": [], "wall": [], "first_cpu": []}
    for viewer in range(1, n_viewers + 1):
        cursor = None
        for number in range(PAGES):
            cpu, wall = time.process_time(), time.perf_counter()
            page = feed.page(f"viewer {viewer}", limit=PAGE, cursor=cursor)
            spent["cpu"].append(time.process_time() - cpu)
            spent["wall"].append(time.perf_counter() - wall)
            if number == 0:
                spent["first_cpu"].append(spent["cpu"][-1])
            assert len(page.items) == PAGE
            cursor = page.cursor
    return spent


@dataclass(frozen=True)
class Asked:
    """A viewer's vectors, and what is added to their cosines or multiplied into them."""

    vectors: NDArray[np.float32]
    factors: NDArray[np.float32]
    added: NDArray[np.float32]


def viewer(store: ManyPosts, space: Generation, number: int) -> Asked:
    """What a viewer of the benchmark searches with, as the feed makes it."""
    made = viewer_vectors if space.model is None else learned_vectors
    config = VectorConfig()
    mine = made(store.histories[number], {}, store.now_us, space, config)
    added = config.level - config.level / mine.weights
    return Asked(mine.vectors, mine.weights, added if space.model else 0 * added)


def anybody(seed: int) -> Asked:
    """256 uniformly random unit vectors."""
    found = np.random.default_rng(seed).standard_normal((VIEWER_VECTORS, DIM), dtype=np.float32)
    ones = np.ones(VIEWER_VECTORS, dtype=np.float32)
    return Asked(found / np.linalg.norm(found, axis=1, keepdims=True), ones, 0 * ones)


@dataclass(frozen=True)
class Searched:
    """Recall and CPU of the index, and the CPU of exact search, for one kind of viewer."""

    recall: float  # of what the weights added to cosines find
    recall_of_index: float  # of what the factors find
    cpu_s: float
    exact_cpu_s: float


def search(
    index: SegmentIndex, store: ManyPosts, town: TownPosts, viewers: list[Asked]
) -> Searched:
    """Compares with exact search over all vectors, in blocks."""
    found: list[NDArray[np.int64]] = []
    spent: list[float] = []
    for asked in viewers:
        began = time.process_time()
        found.append(index.match(asked.vectors * asked.factors[:, None], RANKED).post)
        spent.append(time.process_time() - began)
    scores = np.zeros((2, len(viewers), store.n), dtype=np.float32)
    exact = 0.0
    for start in range(0, store.n, BLOCK):
        stop = min(store.n, start + BLOCK)
        block = store.vectors(town, start, stop)
        for row, asked in enumerate(viewers):
            began = time.process_time()
            cosine = block @ asked.vectors.T
            scores[0, row, start:stop] = (cosine + asked.added).max(axis=1)
            exact += time.process_time() - began
            scores[1, row, start:stop] = (cosine * asked.factors).max(axis=1)
    ids = np.arange(store.n)
    recall = [
        [
            len(np.intersect1d(top_k(scores[way, row], ids, RANKED) + 1, posts)) / RANKED
            for row, posts in enumerate(found)
        ]
        for way in (0, 1)
    ]
    return Searched(
        float(np.mean(recall[0])), float(np.mean(recall[1])),
        float(np.median(spent)), exact / len(viewers),
    )  # fmt: skip


def peer(
    store: ManyPosts, town: TownPosts, n_posts: int, viewers: list[Asked]
) -> dict[str, object]:
    """Usearch (HNSW, int8): one search a vector, results merged by their best score."""
    try:
        from usearch.index import Index
    except ImportError:
        return {"peer": "usearch is not installed"}
    graph = Index(ndim=DIM, metric="ip", dtype="i8")
    block = store.vectors(town, 0, n_posts)
    began = time.process_time()
    graph.add(np.arange(n_posts), block, threads=1)
    built = time.process_time() - began
    spent, recalls = [], []
    for asked in viewers:
        queries = asked.vectors * asked.factors[:, None]
        began = time.process_time()
        found = graph.search(queries, 200, threads=1)
        spent.append(time.process_time() - began)
        merged: dict[int, float] = {}
        for keys, distances in zip(found.keys, found.distances, strict=True):
            for key, distance in zip(keys.tolist(), distances.tolist(), strict=True):
                merged[key] = min(distance, merged.get(key, 9.0))
        best = sorted(merged, key=merged.get)[:RANKED]
        exact = top_k((block @ queries.T).max(axis=1), np.arange(n_posts), RANKED)
        recalls.append(len(np.intersect1d(exact, best)) / RANKED)
    return {
        "peer": "usearch",
        "peer_posts": n_posts,
        "peer_match_cpu_s": round(float(np.median(spent)), 4),
        "peer_recall_at_1500": round(float(np.mean(recalls)), 4),
        "peer_build_cpu_s_per_million": round(built / n_posts * 1e6, 1),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--full", action="store_true", help="10 million posts")
    parser.add_argument("--readings", type=int, default=20)
    parser.add_argument("--searches", type=int, default=8)
    parser.add_argument("--peer-posts", type=int, default=100_000)
    parser.add_argument("--space-steps", type=int, default=60)
    parser.add_argument("--home", action="store_true", help="a ranker as a square trains it")
    parser.add_argument("--first-version", action="store_true", help="nothing learned")
    parser.add_argument("--shipped", action="store_true", help="the weights that ship")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def feed_over(
    store: ManyPosts,
    index: SegmentIndex,
    rows: ContentRows,
    generation: Generation,
    seat: ModelSeat,
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
        texts=rows.texts,
        board=board,
        clock=SourceClock(lambda: NOW_US),
        secret=b"0" * 32,
        seat=seat,
        space=GenerationSeat(generation),
    )


def main() -> None:
    given = arguments()
    faiss.omp_set_num_threads(1)
    n_posts = 10_000_000 if given.full else given.posts
    steps = None if given.first_version or given.shipped else given.space_steps
    town, space = live_in_a_town(given.seed, given.readings, steps)
    store = ManyPosts(town, n_posts, NOW_US, given.seed)
    seat = seat_of(given, town)
    if seat.ranker is not None:
        seat.ranker.warm()
    with tempfile.TemporaryDirectory() as folder:
        index = SegmentIndex(Path(folder) / "segments", DIM)
        texts = RowFile(Path(folder) / "texts", town.texts.shape[1])
        rows = ContentRows(RowFile(Path(folder) / "rows", DIM), texts)
        add_cpu_s = fill(index, rows, store, town)
        generation = first_generation(index, rows)
        if space is not None:
            generation = Generation("bench", index, rows.get, space)
        feed = feed_over(store, index, rows, generation, seat)
        read_pages(feed, 2)  # the first touch of memory-mapped segments is not a page's cost
        feed.forget("viewer 1"), feed.forget("viewer 2")
        spent = read_pages(feed, given.readings)
        stages = feed.stats()
        viewers = [viewer(store, generation, v + 1) for v in range(given.searches)]
        lived = search(index, store, town, viewers)
        uniform = search(
            index, store, town, [anybody(given.seed + n) for n in range(given.searches)]
        )
    wall_ms = 1000 * np.array(spent["wall"])
    print(
        json.dumps(
            {
                "benchmark": "page",
                "seed": given.seed,
                "posts": n_posts,
                "space": "first version" if space is None else f"learned, {steps} steps",
                "ranker": seat.ranker.version if seat.ranker else "first version",
                "viewer_vectors": round(float(np.mean([len(v.vectors) for v in viewers])), 1),
                "ranked": RANKED,
                "cpu_s_per_page": round(float(np.mean(spent["cpu"])), 4),
                "first_page_cpu_s": round(float(np.mean(spent["first_cpu"])), 4),
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
                **peer(store, town, min(n_posts, given.peer_posts), viewers),
            }
        )
    )


if __name__ == "__main__":
    main()
