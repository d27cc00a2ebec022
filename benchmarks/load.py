"""Pages under load: 20 pages a second while 1,000 events a second arrive, for 60 seconds.

`stoa up` runs as its own process on a data folder that was filled first, reads a Jetstream server
in another process, and answers `GET /api/v1/feed` for many viewers who like, or read on.

    python benchmarks/load.py [--seconds 60] [--pages-per-s 20] [--events-per-s 1000] [--seed 0]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2
import numpy as np

from stoa.app.clocks import WallClock
from stoa.app.rooms import open_rooms
from stoa.bluesky.file_source import FileSource
from stoa.records import EdgeKind
from traffic import frames, free_port, jetstream_server


async def fill(data: Path, path: Path) -> list[str]:
    """Fills a data folder; returns accounts that liked something, to be the viewers."""
    rooms = open_rooms(data, WallClock())
    async for batch in FileSource(path, WallClock()).batches(None):
        rooms.intake.take(batch)
    likers = next(iter(rooms.store.scan_edges(EdgeKind.LIKE))).actor
    viewers = rooms.store.accounts(sorted(set(likers.tolist()))[:2000])
    rooms.close()
    return [account.name for account in viewers.values()]


async def read_pages(base: str, viewers: list[str], given) -> tuple[list[float], list[str]]:
    """Latencies in seconds of pages asked at an even pace, whether or not others came back."""
    chance = random.Random(given.seed)
    latencies: list[float] = []
    errors: list[str] = []
    cursors: dict[str, str] = {}
    async with httpx2.AsyncClient(base_url=base, timeout=10) as client:

        async def one_page() -> None:
            viewer = chance.choice(viewers)
            asked = {"viewer": viewer, "limit": 30}
            if viewer in cursors and chance.random() < 0.6:
                asked["cursor"] = cursors[viewer]
            started = time.perf_counter()
            try:
                answer = await client.get("/api/v1/feed", params=asked)
                answer.raise_for_status()
                page = answer.json()
                if not page["items"]:
                    raise ValueError("a page without posts")
            except (httpx2.HTTPError, ValueError, KeyError) as problem:
                errors.append(repr(problem))
                return
            latencies.append(time.perf_counter() - started)
            if page["cursor"]:
                cursors[viewer] = page["cursor"]

        started = time.perf_counter()
        pages: list[asyncio.Task[None]] = []
        for number in range(int(given.seconds * given.pages_per_s)):
            ahead_s = number / given.pages_per_s - (time.perf_counter() - started)
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            pages.append(asyncio.create_task(one_page()))
        await asyncio.gather(*pages)
    return latencies, errors


def wait_until_open(base: str, process: subprocess.Popen[bytes]) -> None:
    """Waits for /healthz to say 200."""
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit("the square stopped while opening")
        try:
            if httpx2.get(f"{base}/healthz", timeout=2).status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit("the square did not open within 60 s")


def main() -> None:
    """Prints one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pages-per-s", type=float, default=20)
    parser.add_argument("--events-per-s", type=float, default=1000)
    parser.add_argument("--filled", type=int, default=100_000, help="events before the start")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data, path = Path(name) / "data", Path(name) / "events.jsonl"
        with path.open("wb") as file:
            file.writelines(frame + b"\n" for frame in frames(given.filled, given.seed))
        viewers = asyncio.run(fill(data, path))
        n_live = int((given.seconds + 30) * given.events_per_s)
        live = list(frames(n_live, given.seed + 1))
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        with jetstream_server(live, given.events_per_s, free_port()) as url:
            environment = os.environ | {"STOA_JETSTREAM_URLS": url, "STOA_MAX_AGE_HOURS": "100000"}
            command = [sys.executable, "-m", "stoa.cli", "up"]
            square = subprocess.Popen(
                [*command, "--data", str(data), "--port", str(port)], env=environment
            )
            try:
                wait_until_open(base, square)
                before = httpx2.get(f"{base}/metrics", timeout=10).text
                latencies, errors = asyncio.run(read_pages(base, viewers, given))
                after = httpx2.get(f"{base}/metrics", timeout=10).text
            finally:
                square.terminate()
                square.wait(20)
    taken = events_taken(after) - events_taken(before)
    print(
        json.dumps(
            {
                "benchmark": "load",
                "seed": given.seed,
                "pages": len(latencies),
                "errors": len(errors),
                "p50_ms": round(1000 * float(np.quantile(latencies, 0.5)), 1),
                "p99_ms": round(1000 * float(np.quantile(latencies, 0.99)), 1),
                "events_per_s": round(taken / given.seconds),
                "viewers": len(viewers),
            }
        )
    )
    if errors:
        print(errors[:3], file=sys.stderr)


def events_taken(metrics: str) -> float:
    """Events applied so far, by the square's own count."""
    for line in metrics.splitlines():
        if line.startswith("stoa_events_applied "):
            return float(line.split()[1])
    return 0.0


if __name__ == "__main__":
    main()
