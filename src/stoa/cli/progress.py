"""Bars on stderr for what may take longer than two seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_LOOK_EVERY_S = 0.2


@contextmanager
def progress_bar(
    words: str, console: Console | None = None
) -> Iterator[Callable[[float | None], None]]:
    """Shows a bar while the block runs, and nothing where stderr is no terminal.

    Yields a function that takes the share done, 0 to 1; until it is called the bar only pulses.
    """
    console = console or Console(stderr=True)
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(words, total=None)

        def show(share: float | None) -> None:
            if share is not None:
                bar.update(task, total=1.0, completed=min(max(share, 0.0), 1.0))

        yield show


async def show_while(
    busy: Callable[[], bool], share: Callable[[], float | None], words: str, console: Console
) -> None:
    """A bar for as long as something goes on elsewhere."""
    while not busy():
        await asyncio.sleep(_LOOK_EVERY_S)
    with progress_bar(words, console) as show:
        while busy():
            show(share())
            await asyncio.sleep(_LOOK_EVERY_S)
