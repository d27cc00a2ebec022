"""`stoa bluesky`: publish the feed, find what is wrong with it, honour an opt-out."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

from stoa.cli import reports
from stoa.settings import load_settings

bluesky = App(name="bluesky", help="Run this square as a feed in the Bluesky app.")


@bluesky.command(name="opt-out")
def opt_out(did: str, *, lift: bool = False, data: Path | None = None) -> None:
    """Leaves an author's posts out of every recommendation, at once.

    Args:
        did: the author's DID.
        lift: let the author back in.
        data: folder of the square.
    """
    reports.opt_out(load_settings(data=data).data, did, opted_out=not lift)
    print(f"{did} is {'in' if lift else 'left out'}", file=sys.stderr)
