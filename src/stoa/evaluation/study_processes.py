"""Parts of a study done side by side in processes of their own: the same rows, sooner."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty
from typing import Any

Row = dict[str, Any]
Part = tuple[Any, ...]
Work = Callable[..., Iterable[Row]]

_LOOK_S = 5.0  # how long a row is waited for before it is asked whether its maker still lives


class PartFailed(RuntimeError):
    """A process that did a part of a study ended without having done it."""


def cores() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(
    work: Work, parts: Sequence[Part], jobs: int, compiled: Path | None = None
) -> Iterator[Row]:
    """Rows of `work(*part)` for every part, as they are made; in this process if one job is asked.

    Args:
        work: a function of a module; a part's rows must not hang on other parts.
        parts: arguments, which can be pickled.
        jobs: how many processes, 1 or more.
        compiled: folder in which JAX keeps what it compiles.

    Raises:
        PartFailed: a process ended early; the others are ended too.
    """
    if jobs <= 1 or len(parts) <= 1:
        if compiled is not None:
            keep_compiled(compiled)
        for part in parts:
            yield from work(*part)
        return
    # Not forked: JAX runs threads, which a fork would leave behind with their locks held.
    context = get_context("spawn")
    asked: Queue[Part | None] = context.Queue()
    made: Queue[Row | None] = context.Queue()
    n = min(jobs, len(parts))
    for part in (*parts, *[None] * n):
        asked.put(part)
    begun = [context.Process(target=_worked, args=(work, asked, made, compiled)) for _ in range(n)]
    for process in begun:
        process.start()
    try:
        yield from _gathered(begun, made)
    finally:
        for process in begun:
            process.terminate()
            process.join()


def _gathered(begun: Sequence[BaseProcess], made: Queue[Row | None]) -> Iterator[Row]:
    going = len(begun)
    while going:
        try:
            row = made.get(timeout=_LOOK_S)
        except Empty:
            if any(process.exitcode not in (0, None) for process in begun):
                raise PartFailed("a process of the study failed; what it said is above") from None
            continue
        if row is None:
            going -= 1
        else:
            yield row


def _worked(
    work: Work, asked: Queue[Part | None], made: Queue[Row | None], compiled: Path | None
) -> None:
    if compiled is not None:
        keep_compiled(compiled)
    while (part := asked.get()) is not None:
        for row in work(*part):
            made.put(row)
    made.put(None)


def keep_compiled(folder: Path) -> None:
    """Lets JAX keep what it compiles, which costs more than many a run."""
    import jax

    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
