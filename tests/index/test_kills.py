"""kill -9 at any line of the index's own code: what the folder holds then, and how it is mended.

`killed_index.py` does it, in a process of its own so that it may fork.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("killed_index.py")


def killed(folder: Path, *numbers: int) -> list[dict]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), *map(str, numbers)],
        capture_output=True,
        text=True,
        timeout=540,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_kill_at_some_lines_loses_nothing_that_is_not_named(tmp_path):
    *faults, summary = killed(tmp_path / "index", 97, 1409)
    assert faults == []
    assert summary["kills"] >= 5


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_kill_at_hundreds_of_lines_loses_nothing_that_is_not_named(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        shards = [pool.submit(killed, tmp_path / str(shard), 1, 29, shard, 2) for shard in range(2)]
        answers = [shard.result() for shard in shards]
    assert [fault for answer in answers for fault in answer[:-1]] == []
    assert sum(answer[-1]["kills"] for answer in answers) >= 250
