"""kill -9 during ingest, again and again: nothing acknowledged is lost, nothing counts twice.

A child process takes a stream in and, after each commit, says over a pipe how many events the
store had acknowledged. The parent kills it at a random moment, looks into the store, and starts
it again from the saved position, with an overlap as after a network's reconnect. In the end the
store must equal one that took the stream in without any crash.

    python benchmarks/crash.py [--kills 100] [--events 60000] [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from stoa.app.clocks import WallClock
from stoa.app.rooms import open_rooms
from stoa.records import Batch, EdgeKind
from stoa.store import SqliteStore
from stoa.town import real_mix

_BATCH = 200
_OVERLAP = 3  # batches taken in again after a restart


def stream(n_events: int, seed: int) -> list[Batch]:
    changes = [c for batch in real_mix(n_events, seed=seed) for c in batch.changes]
    return [
        Batch(tuple(changes[at : at + _BATCH]), source="crash", cursor=at // _BATCH + 1)
        for at in range(0, len(changes), _BATCH)
    ]


def child(folder: Path, n_events: int, seed: int) -> None:
    batches = stream(n_events, seed)
    rooms = open_rooms(folder, WallClock())
    done = rooms.store.cursor("crash") or 0
    for batch in batches[max(0, done - _OVERLAP) :]:
        rooms.intake.take(batch)
        print(batch.cursor, rooms.store.counts().events, flush=True)
        if batch.cursor % 40 == 0:
            rooms.flush()  # so that kills also hit the index while it writes
    rooms.close()
    print("end", flush=True)


def content(folder: Path) -> Counter[str]:
    """Every live record of a store, as text, with how often it stands there."""
    store = SqliteStore(folder / "square.db")
    found: Counter[str] = Counter()
    names: dict[int, str] = {}
    uris: dict[int, str] = {}
    for columns in store.scan_posts():
        for post in store.posts(columns.id.tolist()).values():
            uris[int(post.id)] = post.uri
            found[f"post {post.uri} {post.revision} {post.content.text}"] += 1
    for kind in EdgeKind:
        for edges in store.scan_edges(kind):
            names |= {int(i): a.name for i, a in store.accounts(edges.actor.tolist()).items()}
            for actor, subject in zip(edges.actor.tolist(), edges.subject.tolist(), strict=True):
                where = uris.get(subject, "") if kind <= EdgeKind.REPOST else str(subject)
                known = where or store.uris([subject]).get(subject, "?")
                found[f"{kind.name} {names.get(actor)} {known}"] += 1
    found[f"events {store.counts().events}"] += 1
    store.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", type=Path)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.events, given.seed)
        return
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        crashed = Path(name) / "crashed"
        kills = lost = rounds = 0
        acknowledged = (0, 0)  # cursor, events
        while True:
            if kills >= given.kills or not _run_and_kill(crashed, given, chance, state := {}):
                break
            kills += 1
            acknowledged = max(acknowledged, state["acknowledged"])
            store = SqliteStore(crashed / "square.db") if (crashed / "square.db").exists() else None
            if store is not None:
                held = (store.cursor("crash") or 0, store.counts().events)
                store.close()
                lost += max(0, acknowledged[1] - held[1])
            if held[0] * _BATCH >= 0.95 * given.events:  # start over on a fresh folder
                rounds += 1
                crashed = Path(name) / f"crashed{rounds}"
                acknowledged = (0, 0)
        _finish(crashed, given)
        whole = Path(name) / "whole"
        _finish(whole, given)
        expected, found = content(whole), content(crashed)
        missing, extra = expected - found, found - expected
        rooms = open_rooms(crashed, WallClock())
        without_vector = _without_vector(rooms)
        rooms.close()
    print(
        json.dumps(
            {
                "benchmark": "crash",
                "seed": given.seed,
                "kills": kills,
                "lost": lost + sum(missing.values()),
                "doubled": sum(extra.values()),
                "records": sum(expected.values()),
                "posts_without_vector": without_vector,
            }
        )
    )
    if missing or extra:
        print("missing", list(missing)[:3], "extra", list(extra)[:3], file=sys.stderr)


def _without_vector(rooms) -> int:
    n_missing = 0
    for columns in rooms.store.scan_posts():
        posts = rooms.store.posts(columns.id.tolist())
        worded = [int(i) for i in columns.id.tolist() if posts[i].content.text.strip()]
        _, found = rooms.index.vectors(columns.id[[i in set(worded) for i in columns.id.tolist()]])
        n_missing += int((~found).sum())
    return n_missing


def _command(folder: Path, given) -> list[str]:
    shape = ["--events", str(given.events), "--seed", str(given.seed)]
    return [sys.executable, __file__, "--child", str(folder), *shape]


def _finish(folder: Path, given) -> None:
    subprocess.run(_command(folder, given), check=True, stdout=subprocess.DEVNULL)


def _run_and_kill(folder: Path, given, chance: random.Random, state: dict) -> bool:
    """Runs a child and kills it 0 to 400 ms after its first commit; False when it finished."""
    state["acknowledged"] = (0, 0)
    with subprocess.Popen(_command(folder, given), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        deadline: float | None = None
        buffer = b""
        if chance.random() < 0.1:  # some die while they open
            deadline = time.monotonic() + chance.uniform(0.2, 1.0)
        while deadline is None or time.monotonic() < deadline:
            timeout = 0.001 if deadline else 30
            if select.select([process.stdout], [], [], timeout)[0]:
                chunk = os.read(process.stdout.fileno(), 65536)
                if not chunk:
                    break
                buffer += chunk
                if deadline is None:
                    deadline = time.monotonic() + chance.uniform(0, 0.4)
        process.send_signal(signal.SIGKILL)
        buffer += process.stdout.read()
        process.wait()
    lines = [line.split() for line in buffer.decode().splitlines() if line.count(" ") == 1]
    if lines and buffer.endswith(b"\n"):
        state["acknowledged"] = (int(lines[-1][0]), int(lines[-1][1]))
    elif len(lines) > 1:
        state["acknowledged"] = (int(lines[-2][0]), int(lines[-2][1]))
    return b"end" not in buffer


if __name__ == "__main__":
    main()
