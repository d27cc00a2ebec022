"""How many events a second the store makes durable, in the real mix, one fsync a batch.

    python benchmarks/commit.py [--events 200000] [--batch 1000] [--memory]

Prints one JSON line. `events_per_s` is by the wall, `events_per_cpu_s` by CPU time; the second
says more on a machine that is shared.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from stoa.records import (
    Applied,
    Batch,
    Change,
    EdgeKind,
    Facet,
    PostContent,
    PutEdge,
    PutPost,
    PutProfile,
    Remove,
)
from stoa.store import MemoryStore, SqliteStore

START_US = 1_790_000_000_000_000
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
EDGES = {
    "like": (EdgeKind.LIKE, "app.bsky.feed.like"),
    "repost": (EdgeKind.REPOST, "app.bsky.feed.repost"),
    "follow": (EdgeKind.FOLLOW, "app.bsky.graph.follow"),
    "block": (EdgeKind.BLOCK, "app.bsky.graph.block"),
}
MIX = {  # shares measured on the network (atproto.md 10); the rest is mostly deletions
    "like": 0.69,
    "post": 0.11,
    "repost": 0.10,
    "follow": 0.06,
    "remove": 0.025,
    "block": 0.01,
    "profile": 0.005,
}
WORDS = ("the", "tide", "comes", "in", "and", "people", "read", "what", "others", "wrote")


def tid(revision: int) -> str:
    return "".join(DIGITS[revision >> shift & 31] for shift in range(60, -1, -5))


class Network:
    """Makes changes like the network's: a few accounts act often, new posts are liked most."""

    def __init__(self, seed: int, n_accounts: int) -> None:
        self.random = np.random.default_rng(seed)
        self.accounts = [f"did:plc:{i:024d}" for i in range(n_accounts)]
        self.posts: list[str] = []
        self.edges: list[tuple[str, str]] = []

    def changes(self, n_events: int) -> Iterator[Change]:
        """A stream of changes, some 2.9 ms apart, as on the network."""
        kinds = self.random.choice(list(MIX), size=n_events, p=list(MIX.values())).tolist()
        who = (self.random.random((n_events, 2)) ** 3 * len(self.accounts)).astype(int).tolist()
        back = self.random.pareto(0.6, size=n_events).astype(np.int64).tolist()
        for i, (kind, (actor, other), age) in enumerate(zip(kinds, who, back, strict=True)):
            at_us = START_US + 2_900 * i
            yield self.change(kind, self.accounts[actor], self.accounts[other], age, at_us)

    def change(self, kind: str, actor: str, other: str, age: int, at_us: int) -> Change:
        """One change of a kind named in `MIX`."""
        revision = at_us << 10
        if kind == "post":
            return self.post(actor, age, at_us)
        if kind == "remove" and self.edges:
            uri, owner = self.edges[-1 - age % len(self.edges)]
            return Remove(uri, owner, revision, at_us)
        if kind in ("profile", "remove"):
            return PutProfile(actor, revision, at_us, "Somebody", "about me")
        edge_kind, collection = EDGES[kind]
        uri = f"at://{actor}/{collection}/{tid(revision)}"
        subject = other if kind in ("follow", "block") else self.subject(other, age, at_us)
        self.edges.append((uri, actor))
        return PutEdge(edge_kind, uri, actor, subject, revision, at_us)

    def subject(self, other: str, age: int, at_us: int) -> str:
        """A post seen before; one like in fifteen goes to a post from before the stream."""
        if age % 15 and self.posts:
            return self.posts[-1 - age % len(self.posts)]
        return f"at://{other}/app.bsky.feed.post/{tid(at_us - age * 1_000_000 << 10)}"

    def post(self, actor: str, age: int, at_us: int) -> PutPost:
        """A post of a few words; every other one answers another."""
        uri = f"at://{actor}/app.bsky.feed.post/{tid(at_us << 10)}"
        words = self.random.choice(WORDS, size=int(self.random.integers(3, 40))).tolist()
        parent = self.subject(actor, age, at_us) if at_us % 2 else None
        content = PostContent(
            text=" ".join(words),
            created_us=at_us,
            langs=("en",),
            parent_uri=parent,
            root_uri=parent,
            facets=(Facet(0, 3, "tag", "square"),) if age % 3 == 0 else (),
        )
        self.posts.append(uri)
        return PutPost(uri, actor, at_us << 10, at_us, content)


def measure(store: SqliteStore | MemoryStore, batches: list[Batch]) -> dict[str, float]:
    gc.collect()
    gc.freeze()  # the prepared stream is no part of what is measured
    slowest_s = 0.0
    applied = n_effects = 0
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    for batch in batches:
        begin_s = time.perf_counter()
        outcome: Applied = store.commit(batch)
        slowest_s = max(slowest_s, time.perf_counter() - begin_s)
        applied += outcome.applied
        n_effects += len(outcome.effects)
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    n_events = sum(len(batch.changes) for batch in batches)
    replayed = sum(store.commit(batch).applied for batch in batches[:20])
    return {
        "events": n_events,
        "events_per_s": round(n_events / wall_s),
        "events_per_cpu_s": round(n_events / cpu_s),
        "slowest_batch_ms": round(slowest_s * 1_000, 1),
        "applied": applied,
        "effects": n_effects,
        "applied_on_replay": replayed,
        "bytes_per_event": round(store.counts().bytes / n_events, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", action="store_true", help="measure the in-memory store")
    asked = parser.parse_args()
    changes = list(Network(asked.seed, asked.accounts).changes(asked.events))
    batches = [
        Batch(tuple(changes[i : i + asked.batch]), source="benchmark", cursor=i)
        for i in range(0, len(changes), asked.batch)
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = MemoryStore() if asked.memory else SqliteStore(Path(folder) / "square.db")
        figures = measure(store, batches)
        store.close()
    print(json.dumps({"benchmark": "commit", **vars(asked), **figures}))


if __name__ == "__main__":
    main()
