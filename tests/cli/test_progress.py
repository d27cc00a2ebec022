"""Bars are for people at a terminal, on stderr, and gone when the work is done."""

import asyncio
import io

from rich.console import Console

from stoa.cli.progress import progress_bar, show_while


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=80)


def test_a_bar_tells_how_much_is_done():
    console = terminal()
    with progress_bar("copying", console) as show:
        show(None)
        show(0.25)
        show(7.0)  # more than all is all
    assert "copying" in console.file.getvalue()


def test_nothing_is_drawn_where_nobody_looks():
    console = Console(file=io.StringIO(), force_terminal=False)
    with progress_bar("copying", console) as show:
        show(0.5)
    assert console.file.getvalue().strip() == ""


async def test_a_bar_stands_while_something_goes_on_elsewhere(monkeypatch):
    monkeypatch.setattr("stoa.cli.progress._LOOK_EVERY_S", 0)
    console, shares = terminal(), iter([None, 0.1, 0.9])
    states = iter([False, True, True, True, True, False])
    watching = show_while(lambda: next(states), lambda: next(shares), "reading", console)
    await asyncio.wait_for(watching, 5)
    assert "reading" in console.file.getvalue()
    assert next(shares, "all were shown") == "all were shown"
