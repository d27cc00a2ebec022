"""Parts done side by side give the same rows as one after the other, or say that they failed."""

import os

import pytest

from stoa.evaluation import study_processes
from stoa.evaluation.study_processes import PartFailed, side_by_side


def squares(first, last):
    for number in range(first, last):
        yield {"number": number, "square": number * number, "process": os.getpid()}


def breaks(first):
    yield {"number": first}
    os._exit(3)


def told(rows):
    return sorted((row["number"], row["square"]) for row in rows)


def test_processes_give_the_same_rows():
    parts = [(0, 3), (3, 4), (4, 9)]
    alone = list(side_by_side(squares, parts, 1))
    apart = list(side_by_side(squares, parts, 2))
    assert told(alone) == told(apart) == [(n, n * n) for n in range(9)]
    assert {row["process"] for row in alone} == {os.getpid()}
    assert os.getpid() not in {row["process"] for row in apart}


def test_a_process_that_dies_fails_the_study(monkeypatch):
    monkeypatch.setattr(study_processes, "_LOOK_S", 0.1)
    with pytest.raises(PartFailed):
        list(side_by_side(breaks, [(1,), (2,)], 2))


def test_there_is_a_core():
    assert study_processes.cores() >= 1
