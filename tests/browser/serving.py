"""A square that really serves: Granian in a process of its own, over the small invented world."""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.chromium import PUBLIC_HOST

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """The address of a served square; the process is ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.serving", "--port", str(port), *arguments], cwd=ROOT
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _wait(url: str, process: subprocess.Popen[bytes], timeout_s: float = 180) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        assert process.poll() is None, "the served square ended at once"
        try:
            urllib.request.urlopen(url + "/square", timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{url} did not answer within {timeout_s} s")


async def serve(given: argparse.Namespace) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server
    from tests.browser.noted_square import doors, note_small_square
    from tests.web.promoted_square import promote_in_small_square
    from tests.web.small_square import small_square, town_square

    from stoa.web.application import build_application

    if given.town:
        square = town_square(people=given.people, days=given.days)
    else:
        square = small_square(empty=given.empty, allowed_hosts=(PUBLIC_HOST,))
    if given.promoted:
        promote_in_small_square(square)
    if given.notes:
        note_small_square(square)
    square.source.banner = given.banner
    if given.broken:
        square.feed.page = _break
    await Server(
        build_application(square, doors(square)),
        address="127.0.0.1",
        port=given.port,
        interface=Interfaces.ASGI,
        log_enabled=False,
    ).serve()


def _break(*_: object, **__: object) -> None:
    raise RuntimeError("broken on purpose, for a picture of it")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--notes", action="store_true")
    parser.add_argument("--promoted", action="store_true")
    parser.add_argument("--town", action="store_true")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--days", type=float, default=0.5)
    parser.add_argument("--banner", default="")
    parser.add_argument("--broken", action="store_true")
    asyncio.run(serve(parser.parse_args()))
