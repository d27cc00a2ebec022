"""Posts and the notes on them as resources of the Model Context Protocol, read only.

A client attaches a resource by its address, `stoa://post/ID` and `stoa://notes/ID`, where ID is the
post's URI, percent-encoded. What comes back is JSON that names whose words it holds, as the tools
do: never bare text, which a client's model could take for an instruction.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from stoa.app.ask_tools import NotesOut, PostOut, SquareTools
from stoa.errors import StoaError, UnknownPost

if TYPE_CHECKING:
    from mcp.server import MCPServer

POST = "stoa://post/{id}"
NOTES = "stoa://notes/{post_id}"
_JSON = "application/json"
Apart = Callable[..., Awaitable[Any]]
"""Runs a question to the store in a thread of its own."""


def add_resources(server: MCPServer[Any], tools: SquareTools, apart: Apart) -> None:
    """Adds both resources; what may not be shown reads as not found."""

    @server.resource(POST, name="post", title="A post of the square", mime_type=_JSON)
    async def post(id: str) -> str:
        """One post by its URI, percent-encoded; its author's words are `untrusted_text`."""
        found: PostOut = await _found(apart(tools.get_post, id))
        return _json(asdict(found))

    @server.resource(NOTES, name="notes", title="The notes shown on a post", mime_type=_JSON)
    async def notes(post_id: str) -> str:
        """The Community Notes that are shown on a post; their words are `untrusted_text`."""
        await _found(apart(tools.get_post, post_id))
        found: NotesOut = await _found(apart(tools.get_notes, post_id))
        return _json({"post": post_id, **asdict(found)})

    del post, notes


async def _found(work: Awaitable[Any]) -> Any:
    """The protocol tells a client what is wrong only through an error of its own."""
    from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

    try:
        return await work
    except UnknownPost as problem:
        raise ResourceNotFoundError(str(problem)) from None
    except StoaError as problem:
        raise ResourceError(str(problem)) from None


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
