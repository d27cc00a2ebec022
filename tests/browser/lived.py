"""Serves a square's data folder through the eyes of one who read there, for pictures of it.

`python -m tests.browser.lived --port N --data FOLDER --viewer DID`; nothing is learned meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path


async def serve(given: argparse.Namespace) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from stoa.app.opening import open_square
    from stoa.app.supervisor import Supervisor
    from stoa.settings import load_settings
    from stoa.web.application import build_application

    square = open_square(load_settings(data=given.data, source="stdin", learn=False))
    square.local_reader = given.viewer
    supervisor = Supervisor(square, lambda line: print(line, file=sys.stderr))
    fed = asyncio.create_task(supervisor.run())
    app = build_application(square)
    server = Server(
        app, address="127.0.0.1", port=given.port, interface=Interfaces.ASGI, log_enabled=False
    )
    try:
        await server.serve()
    finally:
        fed.cancel()
        await asyncio.wait([fed])
        supervisor.close()


if __name__ == "__main__":
    from stoa.cli.train import compile_cache

    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(compile_cache()))
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--viewer", required=True)
    asyncio.run(serve(parser.parse_args()))
