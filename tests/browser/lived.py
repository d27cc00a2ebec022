"""Serves a square's data folder through the eyes of one who read there, for pictures of it.

`python -m tests.browser.lived --port N --data FOLDER --viewer DID`; nothing is learned meanwhile.
Events on standard input tell what time it is.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from stoa.app.opening import open_square
from stoa.app.square import Square
from stoa.cli import up
from stoa.cli.train import compile_cache
from stoa.settings import Settings, load_settings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--viewer", required=True)
    given = parser.parse_args()

    def opened(settings: Settings) -> Square:
        square = open_square(settings)
        square.local_reader = given.viewer
        return square

    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(compile_cache()))
    up.open_square = opened
    settings = load_settings(data=given.data, port=given.port, source="stdin", learn=False)
    asyncio.run(up.serve(settings))


if __name__ == "__main__":
    main()
