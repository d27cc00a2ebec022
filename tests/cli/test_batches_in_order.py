from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from stoa.cli import batches_in_order
from stoa.cli.batches_in_order import in_order

SMALL_BATCHES = (
    "import sys, stoa.cli.ask_verify as v; v._BATCH, v._ALONE = 3, int(sys.argv[1]);"
    "from stoa.cli import main; sys.argv[1:] = sys.argv[2:]; main()"
)


def verified(path, alone):
    """What the command prints, in a process without threads or JAX: one core, or all of them."""
    words = ["ask", "verify", "--pairs", str(path), "--json"]
    command = [sys.executable, "-c", SMALL_BATCHES, str(alone), *words]
    return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))


def lines(n):
    said = ["The bridge opened in 1932.", "Ada Roth built it."]
    return [
        json.dumps({"claim": f"The bridge opened in {1900 + at}.", "evidence": said[: at % 3]})
        for at in range(n)
    ]


def test_all_cores_print_what_one_prints(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(lines(40)))
    one, all_cores = verified(path, 1_000), verified(path, 2)
    assert one.stdout.count("\n") == 40
    assert one.stdout == all_cores.stdout
    assert all_cores.returncode == 0


def test_a_bad_line_late_in_a_file_is_named_after_what_came_before_it(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join([*lines(30), "{"]))
    told = verified(path, 2)
    assert told.returncode == 1
    assert "line 31" in told.stderr
    assert told.stdout.count("\n") == 30


def test_in_one_process_batches_are_read_as_results_are_taken(monkeypatch):
    monkeypatch.setattr(batches_in_order, "_processes", lambda: 1)
    read = []

    def source():
        for at in range(5):
            read.append(at)
            yield at
        raise ValueError("the sixth")

    results = in_order(lambda at: at * at, source(), alone=2)
    assert next(results) == 0
    assert read == [0]
    with pytest.raises(ValueError, match="the sixth"):
        list(results)


def test_beside_threads_there_is_one_process(monkeypatch):
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert batches_in_order._processes() == 1
