"""`stoa mcp`: the square as read-only tools for programs that speak the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path


def mcp(*, data: Path | None = None, documents: Path | None = None) -> None:
    """Serves read-only tools over standard input and output, also beside a running square.

    Needs the package mcp (`pip install 'stoa[mcp]'`). A running square serves the same at `/mcp`.

    Args:
        data: folder of the square.
        documents: a folder of documents that answers may rest on as well.
    """
    from importlib.metadata import version

    from stoa.app.ask_tools import SquareTools
    from stoa.cli.ask_opening import open_square
    from stoa.web.mcp_server import build_server

    with open_square(data, documents) as (rooms, service):
        tools = SquareTools(lambda: service.finder, lambda: rooms.store)
        build_server(tools, service.answer, version("stoa")).run("stdio")
