"""Runs a function over batches in several processes; what it gives comes in the batches' order."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context
from typing import TypeVar

from stoa.errors import StoaError

Batch = TypeVar("Batch")
Result = TypeVar("Result")

_MOST_PROCESSES = 8


def in_order(
    work: Callable[[Batch], Result], batches: Iterable[Batch], *, alone: int
) -> Iterator[Result]:
    """`work` of each batch, one after the other; by all cores after the first ones.

    At most two batches a process wait, so memory does not grow with the input. Where reading the
    batches fails, what was read before still comes, and then the error.

    Args:
        work: a function of a module; it is called in copies of this process.
        batches: read as results are taken.
        alone: so many are done in this process: copies of it would cost more than they save, and
            what they find remembered later they need not work out.
    """
    source = iter(batches)
    yield from map(work, islice(source, alone))
    n_processes = _processes()
    first = list(islice(source, 1)) if n_processes > 1 else []
    if not first:
        yield from map(work, source)
        return
    with ProcessPoolExecutor(
        n_processes, mp_context=get_context("fork"), initializer=_leave_interrupts
    ) as pool:
        yield from _by_pool(pool, work, chain(first, source), 2 * n_processes)


def _by_pool(
    pool: ProcessPoolExecutor,
    work: Callable[[Batch], Result],
    source: Iterator[Batch],
    most_waiting: int,
) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    problem: Exception | None = None
    try:
        while True:
            try:
                batch = next(source)
            except StopIteration:
                break
            except (StoaError, OSError, ValueError) as found:  # as reading a file fails
                problem = found
                break
            waiting.append(pool.submit(work, batch))
            while waiting and (len(waiting) >= most_waiting or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
    if problem is not None:
        raise problem


def _processes() -> int:
    """As many as there are cores for us; one where a copy of this process would not be safe.

    A copy has one thread only: locks that others held, JAX's above all, would never be freed.
    """
    if sys.platform != "linux" or threading.active_count() > 1 or "jax" in sys.modules:
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)


def _leave_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
