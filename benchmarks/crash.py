"""kill -9 during ingest, again and again: nothing acknowledged is lost, nothing counts twice.

A child process takes a stream in and, after each commit, says over a pipe how many events the
store has acknowledged. The parent kills it at a random moment, looks into the store, and starts
it again from the saved position with an overlap, as after a network's reconnect. When there were
enough kills the stream is finished, and the store must equal one that never crashed.

    python benchmarks/crash.py [--kills 100] [--events 300000] [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from stoa.app.clocks import WallClock
from stoa.app.rooms import Rooms, open_rooms
from stoa.records import POST_EDGES, Batch, EdgeKind
from stoa.store import SqliteStore

_BATCH = 100
_OVERLAP = 3  # batches taken in again after a restart
_FLUSH_EVERY = 40  # batches, so that kills also hit the index while it writes


class Stream:
    """Batches on disk, read one at a time, so that a child starts quickly."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "stream").open("rb")
        self._offsets = json.loads((folder / "offsets").read_text())

    def __len__(self) -> int:
        return len(self._offsets)

    def batch(self, number: int) -> Batch:
        self._file.seek(self._offsets[number])
        return pickle.load(self._file)

    @staticmethod
    def write(folder: Path, n_events: int, seed: int) -> None:
        from stoa.town import real_mix

        changes = [change for batch in real_mix(n_events, seed=seed) for change in batch.changes]
        offsets = []
        with (folder / "stream").open("wb") as file:
            for number, at in enumerate(range(0, len(changes), _BATCH)):
                offsets.append(file.tell())
                pickle.dump(Batch(tuple(changes[at : at + _BATCH]), "crash", number + 1), file)
        (folder / "offsets").write_text(json.dumps(offsets))


def child(stream_folder: Path, data: Path) -> None:
    """Takes the rest of the stream in; prints cursor and events after each commit."""
    stream = Stream(stream_folder)
    rooms = open_rooms(data, WallClock())
    done = rooms.store.cursor("crash") or 0
    for number in range(max(0, done - _OVERLAP), len(stream)):
        rooms.intake.take(stream.batch(number))
        print(rooms.store.cursor("crash"), rooms.store.counts().events, flush=True)
        if number % _FLUSH_EVERY == 0:
            rooms.flush()
    rooms.close()
    print("end", flush=True)


@dataclass(frozen=True, slots=True)
class Run:
    """How one child ended: what it had acknowledged, and whether it came to the end."""

    acknowledged_events: int
    finished: bool


def run_and_kill(stream_folder: Path, data: Path, chance: random.Random) -> Run:
    """Kills a child up to 400 ms after its first commit; one in ten while it opens."""
    command = [sys.executable, __file__, "--child", str(stream_folder), str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = b""
        deadline = time.monotonic() + (chance.uniform(0.2, 1.5) if chance.random() < 0.1 else 120)
        started = False
        while time.monotonic() < deadline:
            if not select.select([process.stdout], [], [], 0.002)[0]:
                continue
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                break
            said += chunk
            if not started:
                started, deadline = True, time.monotonic() + chance.uniform(0, 0.4)
        process.kill()
        said += process.stdout.read()
    whole_lines = said[: said.rfind(b"\n") + 1].decode().splitlines()
    counts = [int(line.split()[1]) for line in whole_lines if line != "end"]
    return Run(counts[-1] if counts else 0, "end" in whole_lines)


def content(data: Path) -> Counter[str]:
    """Every live record of a store as text, with how often it stands there."""
    store = SqliteStore(data / "square.db")
    found: Counter[str] = Counter({f"{store.counts().events} events": 1})
    for columns in store.scan_posts():
        for post in store.posts(columns.id.tolist()).values():
            found[f"post {post.uri} {post.revision} {post.content.text}"] += 1
    for kind in EdgeKind:
        for edges in store.scan_edges(kind):
            actors = store.accounts(sorted(set(edges.actor.tolist())))
            subjects = sorted(set(edges.subject.tolist()))
            named: dict[int, str] = {int(i): uri for i, uri in store.uris(subjects).items()}
            if kind not in POST_EDGES:
                named = {int(i): account.name for i, account in store.accounts(subjects).items()}
            for actor, subject in zip(edges.actor.tolist(), edges.subject.tolist(), strict=True):
                found[
                    f"{kind.name} {actors[actor].name} {named.get(subject, 'a removed post')}"
                ] += 1
    store.close()
    return found


def posts_without_vector(rooms: Rooms) -> int:
    """Posts with words that the index does not find: what a crash would cost if not mended."""
    n_missing = 0
    for columns in rooms.store.scan_posts():
        content_rows = rooms.rows.get(columns.id)
        _, found = rooms.index.vectors(columns.id)
        n_missing += int((~found & content_rows.any(axis=1)).sum())
    return n_missing


def vectors_without_post(rooms: Rooms) -> int:
    """Vectors of posts that are gone: what a kill between a removal and its vector would leave."""
    live = {int(post) for columns in rooms.store.scan_posts() for post in columns.id}
    return len(set(rooms.index.held().tolist()) - live)


def measure(kills: int, n_events: int, seed: int) -> dict[str, object]:
    """The figures of the benchmark."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Stream.write(folder, n_events, seed)
        crashed, whole = folder / "crashed", folder / "whole"
        lost = killed = 0
        while killed < kills:
            run = run_and_kill(folder, crashed, chance)
            if run.finished:
                raise SystemExit(f"the stream ended after {killed} kills: give more --events")
            killed += 1
            if (crashed / "square.db").exists():
                store = SqliteStore(crashed / "square.db")
                lost += max(0, run.acknowledged_events - store.counts().events)
                store.close()
        child_quietly(folder, crashed)
        child_quietly(folder, whole)
        expected, found = content(whole), content(crashed)
        rooms = open_rooms(crashed, WallClock())
        without_vector, without_post = posts_without_vector(rooms), vectors_without_post(rooms)
        rooms.close()
    missing, extra = expected - found, found - expected
    for side, records in (("missing", missing), ("extra", extra)):
        if records:
            print(side, list(records)[:3], file=sys.stderr)
    return {
        "benchmark": "crash",
        "seed": seed,
        "kills": killed,
        "lost": lost + sum(missing.values()),
        "doubled": sum(extra.values()),
        "records": sum(expected.values()),
        "posts_without_vector": without_vector,
        "vectors_without_post": without_post,
    }


def child_quietly(stream_folder: Path, data: Path) -> None:
    """Finishes the stream without being killed."""
    command = [sys.executable, __file__, "--child", str(stream_folder), str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Prints one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", type=Path, nargs=2)
    given = parser.parse_args()
    if given.child:
        child(*given.child)
    else:
        print(json.dumps(measure(given.kills, given.events, given.seed)))


if __name__ == "__main__":
    main()
