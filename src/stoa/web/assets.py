"""The stylesheet, the script and the mark, read once and kept in memory."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_DAY = "public, max-age=86400"


class Assets:
    """Serves the files of one folder by name; a versioned address is kept for ever."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.name: (path.read_bytes(), _TYPES[path.suffix])
            for path in folder.iterdir()
            if path.suffix in _TYPES
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with a file or 404."""
        name = scope["path"].rpartition("/static/")[2]
        found = self._files.get(name)
        if found is None or scope["method"] not in ("GET", "HEAD"):
            await PlainTextResponse("There is no such file.\n", 404)(scope, receive, send)
            return
        body, kind = found
        lasting = b"v=" in scope.get("query_string", b"")
        headers = {"cache-control": _FOR_EVER if lasting else _FOR_A_DAY}
        await Response(body, media_type=kind, headers=headers)(scope, receive, send)
