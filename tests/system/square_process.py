"""A real `stoa` process for tests: started, waited for, asked, stopped."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import httpx2
from tests.cli import called


def stoa(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end: `up` in a process of its own, what is over at once in this one."""
    given = clean_environment() | environment
    if arguments[0] != "up":
        with mock.patch.dict(os.environ, given, clear=True):
            return called.stoa(*arguments)
    return subprocess.run(
        [sys.executable, "-m", "stoa.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=given,
    )


def clean_environment() -> dict[str, str]:
    """The environment without this machine's own settings of a square."""
    # Training beside the pages and the shipped weights are tested by themselves; here they would
    # only take processor time.
    ours = {k: v for k, v in os.environ.items() if not k.startswith("STOA_")}
    return ours | {"STOA_LEARN": "false", "STOA_SHIPPED_WEIGHTS": "false"}


@dataclass
class RunningSquare:
    """A square that serves, with the lines it printed."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    url: str = ""

    def get(self, path: str, **kwargs: Any) -> httpx2.Response:
        return httpx2.get(self.url + path, timeout=20, **kwargs)

    def json(self, path: str, **kwargs: Any) -> Any:
        answer = self.get(path, **kwargs)
        assert answer.status_code == 200, (answer.status_code, answer.text[:500])
        return answer.json()

    def wait_for(self, state: str, timeout_s: float = 60) -> dict[str, Any]:
        """Waits until /healthz tells this state; returns its body."""
        deadline = time.monotonic() + timeout_s
        body: dict[str, Any] = {}
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.lines
            try:
                answer = self.get("/healthz")
                body = answer.json()
                if answer.status_code == 200 and body["state"] == state:
                    return body
            except httpx2.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not {state} within {timeout_s} s: {body} {self.lines}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[RunningSquare]:
    """`stoa up` with these flags on a free port; killed when the test leaves it running."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stoa.cli", "up", "--port", "0", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment() | environment,
    )
    square = RunningSquare(process)
    reader = threading.Thread(target=_read, args=(square,), daemon=True)
    reader.start()
    try:
        deadline = time.monotonic() + 180
        while not square.url:
            assert process.poll() is None, square.lines
            assert time.monotonic() < deadline, square.lines
            time.sleep(0.02)
        yield square
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join(5)
        if process.stderr is not None:
            process.stderr.close()


def _read(square: RunningSquare) -> None:
    assert square.process.stderr is not None
    for line in square.process.stderr:
        square.lines.append(line.rstrip())
        if found := re.search(r"open at (http://\S+)", line):
            square.url = found[1]


def status(folder: Path) -> dict[str, Any]:
    """What `stoa status --json` prints."""
    done = stoa("status", "--data", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def walk(square: RunningSquare, viewer: str, limit: int = 7) -> list[dict[str, Any]]:
    """Every item of a reading, following the cursor to its end."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        asked = {"viewer": viewer, "limit": limit} | ({"cursor": cursor} if cursor else {})
        page = square.json("/api/v1/feed", params=asked)
        items += page["items"]
        assert page["items"] or page["cursor"] is None
        if page["cursor"] is None:
            return items
        assert page["cursor"] != cursor
        cursor = page["cursor"]
