"""What a question costs: 100,000 posts on disk, extractive, no language model.

Posts are a town's, in its languages, by 5,000 authors; one in forty states a fact, and some of
those are copied up to thirty times. Half of the questions ask for such a fact, half for what a
topic of the town is about; all words are common ones, which is the dear case. Times are wall times
on one thread, beside CPU times (on a loaded machine only the latter mean much): until the event
with the sources (`sources_*`), and until the whole answer (`answer_*`), by the flow that the square
serves. The same run times the two word engines on the same queries.

    python benchmarks/ask.py [--posts 100000] [--questions 300] [--seed 0]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `stoa` does, before NumPy loads

import numpy as np
from numpy.typing import NDArray

from stoa.app.ask_room import open_ask
from stoa.app.clocks import SourceClock
from stoa.app.rooms import Rooms, open_rooms
from stoa.ask.events import DoneEvent, SourcesEvent
from stoa.ask.service import Ask
from stoa.ask_records import Answer, Question
from stoa.lexical import FtsIndex, TantivyIndex
from stoa.records import Batch, PostContent, PutPost
from stoa.settings import Settings
from stoa.town.lexicon import TOPICS
from stoa.town.writer import N_DICE, Draft, Form, write

START_US = 1_790_000_000_000_000
_AUTHORS = 5_000
_PLACES = ("bridge", "library", "harbour", "school", "mill", "market", "station", "chapel", "pool")
_STREETS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Larch")


def texts(n: int, chance: np.random.Generator) -> Iterator[PostContent]:
    """Contents of posts: the town's phrases, and facts in the midst of them."""
    while True:
        dice = chance.integers(0, 2**31, N_DICE).tolist()
        if dice[0] % 40 == 0:
            fact = fact_of(int(chance.integers(0, 2_000)))
            for _ in range(1 + int(chance.integers(0, 30)) * (dice[1] % 20 == 0)):
                yield PostContent(text=fact, langs=("en",))
            continue
        topic = int(chance.integers(0, len(TOPICS)))
        yield write(Draft(topic, Form.POST, float(chance.random()), 0.1, 0), dice)


def fact_of(number: int) -> str:
    """One of two thousand facts."""
    place, street = _PLACES[number % 9], _STREETS[number // 9 % 10]
    return (
        f"The {place} on {street} Street number {number} opens at {7 + number % 5} in the morning "
        f"and was built in {1800 + number % 200}"
    )


def questions(n: int, chance: np.random.Generator) -> list[str]:
    """Questions about facts and about topics, in turn."""
    made: list[str] = []
    for turn in range(n):
        number = int(chance.integers(0, 2_000))
        topic = TOPICS[int(chance.integers(0, len(TOPICS)))]
        thing, place = (
            words[int(chance.integers(0, len(words)))] for words in (topic.things, topic.places)
        )
        place_asked, street = _PLACES[number % 9], _STREETS[number // 9 % 10]
        fact = f"When was the {place_asked} on {street} Street number {number} built?"
        made.append(fact if turn % 2 else f"What do people say about {thing} {place}?")
    return made


def fill(rooms: Rooms, n: int, chance: np.random.Generator) -> None:
    """Takes the posts in, as from a network."""
    changes: list[PutPost] = []
    for at, content in zip(range(n), texts(n, chance), strict=False):
        who = f"did:plc:a{int(chance.integers(0, _AUTHORS))}"
        at_us = START_US + at * 1_000_000
        uri = f"at://{who}/app.bsky.feed.post/{at}"
        changes.append(PutPost(uri, who, at_us << 10, at_us, content))
        if len(changes) == 2_000 or at == n - 1:
            rooms.intake.take(Batch(tuple(changes)))
            changes = []
    rooms.words.settle()


def timed(name: str, asked: Sequence[str], ask: Callable[[str], object]) -> dict[str, float]:
    """Milliseconds of each question, wall and CPU, after a few that warm caches."""
    for question in asked[:5]:
        ask(question)
    took = np.zeros((len(asked), 2))
    for at, question in enumerate(asked):
        begun = _now()
        ask(question)
        took[at] = _now() - begun
    return _told(name, took)


def timed_answers(ask: Ask, asked: Sequence[str]) -> tuple[dict[str, float], list[Answer]]:
    """Milliseconds until the sources and until the answer, and the answers."""
    sources, whole = np.zeros((len(asked), 2)), np.zeros((len(asked), 2))
    answers: list[Answer] = []

    async def one(question: str, at: int) -> None:
        begun, first = _now(), True
        async for event in ask.events(Question(question)):
            if isinstance(event, SourcesEvent) and first:
                sources[at], first = _now() - begun, False
            if isinstance(event, DoneEvent):
                whole[at] = _now() - begun
                answers.append(event.answer)

    for question in asked[:5]:
        asyncio.run(one(question, 0))
    answers.clear()
    for at, question in enumerate(asked):
        asyncio.run(one(question, at))
    return _told("sources", sources) | _told("answer", whole), answers


def _now() -> NDArray[np.float64]:
    """Wall and CPU seconds."""
    return np.array([time.perf_counter(), time.process_time()])


def _told(name: str, took: NDArray[np.float64]) -> dict[str, float]:
    told: dict[str, float] = {}
    for column, clock in enumerate(("", "cpu_")):
        for share in (50, 95):
            told[f"{name}_p{share}_{clock}ms"] = _ms(took[:, column], share / 100)
    return told


def _ms(seconds: NDArray[np.float64], quantile: float) -> float:
    return round(float(np.quantile(seconds, quantile)) * 1000, 2)


def engines(rooms: Rooms, asked: Sequence[str], folder: Path) -> dict[str, float | int]:
    """Both word engines over the same posts: building, size and searching."""
    ids, found = [], []
    for keys, said in rooms.store.scan_texts(0):
        ids.append(keys)
        found += said
    keys = np.concatenate(ids)
    told: dict[str, float | int] = {}
    for name, index in (
        ("tantivy", TantivyIndex(folder / "tantivy")),
        ("fts5", FtsIndex(folder / "fts5" / "words.db")),
    ):
        begun = time.process_time()
        index.put(keys, found, keys)
        index.commit()
        told[f"{name}_build_cpu_s"] = round(time.process_time() - begun, 2)
        told |= timed(name, asked, lambda query, index=index: index.search(query, 100))
        index.close()
        files = [path for path in (folder / name).rglob("*") if path.is_file()]
        told[f"{name}_bytes_per_post"] = round(sum(p.stat().st_size for p in files) / len(keys))
    return told


def main() -> None:
    """Prints one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = np.random.default_rng(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        now_us = START_US + given.posts * 1_000_000
        rooms = open_rooms(Path(folder) / "data", SourceClock(lambda: now_us), world="bench")
        fill(rooms, given.posts, chance)
        asked = questions(given.questions, chance)
        told: dict[str, object] = {"benchmark": "ask", "seed": given.seed, "posts": given.posts}
        told |= {"questions": len(asked), "indexed": len(rooms.words.index())}
        times, answers = timed_answers(open_ask(rooms, Settings()), asked)
        told |= times
        told["answered"] = sum(not answer.abstained for answer in answers)
        told["used_mean"] = round(float(np.mean([answer.noise.n_used for answer in answers])), 2)
        told["folded_mean"] = round(float(np.mean([a.noise.n_copies for a in answers])), 2)
        told |= engines(rooms, asked, Path(folder))
        rooms.close()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
