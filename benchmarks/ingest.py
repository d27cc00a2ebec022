"""Durable ingest with post vectors: events a second, and how soon a post can be retrieved.

Frames in the real mix are decoded, committed with an fsync for every batch of 1,000, encoded and
indexed by the code that `stoa up` runs. Then a websocket server in another process sends 1,000
events a second, and the time from a post's being sent to its being in the index is measured.

    python benchmarks/ingest.py [--events 200000] [--seed 0]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from stoa.app.clocks import WallClock
from stoa.app.rooms import Rooms, open_rooms
from stoa.bluesky.file_source import FileSource
from stoa.bluesky.jetstream import JetstreamSource
from stoa.records import Effect, PostPut
from traffic import frames, free_port, jetstream_server


class RetrievableTimes:
    """An effect sink, the last in line: when it hears of a post, the post can be found."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        heard_us = time.time_ns() // 1000
        for effect in effects:
            if isinstance(effect, PostPut):
                self.seconds.append((heard_us - effect.post.at_us) / 1e6)


async def ingest_file(rooms: Rooms, path: Path) -> tuple[int, float, float]:
    """Events applied, wall seconds, CPU seconds."""
    source = FileSource(path, WallClock())
    wall, cpu = time.perf_counter(), time.process_time()
    n_applied = 0
    async for batch in source.batches(None):
        n_applied += (await asyncio.to_thread(rooms.intake.take, batch)).applied
    return n_applied, time.perf_counter() - wall, time.process_time() - cpu


async def ingest_live(rooms: Rooms, url: str, n_events: int, times: RetrievableTimes) -> None:
    rooms.intake.listen(times)
    source = JetstreamSource((url,), clock=WallClock())
    n_taken = 0
    async for batch in source.batches(None):
        await asyncio.to_thread(rooms.intake.take, batch)
        n_taken += len(batch.changes)
        if n_taken >= 0.98 * n_events:  # malformed and ignored frames never arrive as changes
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--live-events", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        with path.open("wb") as file:
            file.writelines(frame + b"\n" for frame in frames(given.events, given.seed))
        rooms = open_rooms(Path(folder) / "data", WallClock())
        n_applied, wall_s, cpu_s = asyncio.run(ingest_file(rooms, path))
        counts = rooms.store.counts()
        n_vectors = len(rooms.index)
        rooms.close()

        live = open_rooms(Path(folder) / "live", WallClock())
        times = RetrievableTimes()
        sent = list(frames(given.live_events, given.seed + 1))
        with jetstream_server(sent, per_s=1000, port=free_port()) as url:
            asyncio.run(ingest_live(live, url, given.live_events, times))
        live.close()
    print(
        json.dumps(
            {
                "benchmark": "ingest",
                "seed": given.seed,
                "events": n_applied,
                "events_per_s": round(n_applied / wall_s),
                "events_per_cpu_s": round(n_applied / cpu_s),
                "posts": counts.posts,
                "vectors": n_vectors,
                "bytes_per_event": round(counts.bytes / max(1, n_applied)),
                "retrievable_p50_s": round(float(np.quantile(times.seconds, 0.5)), 3),
                "retrievable_p99_s": round(float(np.quantile(times.seconds, 0.99)), 3),
                "retrievable_posts": len(times.seconds),
            }
        )
    )


if __name__ == "__main__":
    main()
