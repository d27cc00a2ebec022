"""The tree of commands: nouns then verbs, data on stdout, everything else on stderr."""

from __future__ import annotations

import asyncio
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from stoa.cli.lazily import register
from stoa.cli.printing import print_json

# What a command needs is imported by that command: the whole house takes a second to load, and
# `stoa --version`, `stoa status` and `stoa notes recompute` should answer at once.

app = App(
    name="stoa",
    help="An open public square: a For You feed you can read, question and steer.",
    version=lambda: version("stoa"),
)
app.command(
    "stoa.cli.bluesky:bluesky",
    name="bluesky",
    help="Run this square as a feed in the Bluesky app.",
)
app.command(
    "stoa.cli.notes:notes",
    name="notes",
    help="Score Community Notes, recompute and explain any of them.",
)
register(app, "stoa.cli.train:train", "train")
app.command(
    "stoa.cli.models:models",
    name="models",
    help="The learned model: versions, what serves, and why.",
)
app.command(
    "stoa.cli.promote:promote",
    name="promote",
    help="Promoted posts: take them in, end them, see what they cost.",
)
app.command(
    "stoa.cli.evaluate:evaluate",
    name="evaluate",
    help="Measure what was learned, against its trivial baselines.",
)
app.command(
    "stoa.cli.ask_group:ask",
    name="ask",
    help="Ask the square, and documents of yours: an answer of checked claims.",
)
register(app, "stoa.cli.mcp:mcp", "mcp")
app.register_install_completion_command()

inspect = App(name="inspect", help="Everything known of one post or one viewer.")
app.command(inspect)


@app.command
def up(
    *,
    source: Annotated[str | None, Parameter(name="--from")] = None,
    handle: str | None = None,
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    max_disk: str | None = None,
    learn: Literal["on", "off"] | None = None,
) -> None:
    """Opens the square: reads events and serves pages until it is stopped.

    Args:
        source: live (the default), town, a file of Jetstream events (.jsonl, .gz, .zst), or
            stdin for such events as they come.
        handle: a Bluesky handle whose public posts, likes and follows seed the local reader.
        data: folder that keeps everything.
        host: address to serve on.
        port: port to serve on; 0 takes a free one.
        max_disk: what the data may take, such as 20GB; older posts go first.
        learn: whether to train the ranker beside the pages; on by default.
    """
    from stoa.cli.train import compile_cache
    from stoa.cli.up import serve
    from stoa.settings import load_settings

    settings = load_settings(
        source=source,
        handle=handle,
        data=data,
        host=host,
        port=port,
        max_disk=max_disk,
        learn=None if learn is None else learn == "on",
    )
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(compile_cache()))
    asyncio.run(serve(settings))


@app.command
def status(*, data: Path | None = None, json: bool = False) -> None:
    """Prints what the data folder holds: posts, replies, accounts, events, vectors, cursor.

    Args:
        data: folder to look into; the running square's by default.
        json: print one JSON object.
    """
    from stoa.cli import reports
    from stoa.settings import load_settings

    figures = reports.status(load_settings(data=data).data)
    if json:
        print_json(figures)
        return
    for name, value in figures.items():
        print(f"{name:10} {value}")


@app.command
def backup(file: Path, *, data: Path | None = None) -> None:
    """Copies the store into one file, consistent while the square runs.

    Args:
        file: where to; must not exist yet.
        data: folder to copy from.
    """
    from stoa.cli import reports
    from stoa.cli.progress import progress_bar
    from stoa.settings import load_settings

    with progress_bar(f"copying to {file}") as show:
        n_bytes = reports.backup(load_settings(data=data).data, file, show)
    print(f"{file}: {n_bytes} bytes", file=sys.stderr)


@app.command(name="settings")
def show_settings(*, json: bool = False) -> None:
    """Lists every setting, its value now, and the environment variable that sets it.

    Args:
        json: print one JSON object.
    """
    from stoa.settings import Settings, load_settings

    settings = load_settings()
    if json:
        print_json(settings.model_dump(mode="json") | {"api_keys": len(settings.api_keys)})
        return
    for name, described in Settings.model_fields.items():
        value = "(hidden)" if name == "api_keys" and settings.api_keys else getattr(settings, name)
        print(f"STOA_{name.upper()} = {value!s}\n    {described.description}")


@inspect.command
def post(id: str, *, data: Path | None = None, json: bool = False) -> None:
    """Prints everything known of a post.

    Args:
        id: its URI, or the number the store gave it.
        data: folder to look into.
        json: print one JSON object.
    """
    from stoa.cli import inspection
    from stoa.cli.progress import progress_bar
    from stoa.settings import load_settings

    with progress_bar("reading the square"):
        told = inspection.post(load_settings(data=data).data, id)
    print_json(told, indent=not json)


@inspect.command
def viewer(id: str, *, data: Path | None = None, json: bool = False) -> None:
    """Prints everything known of a viewer, and the trace of the page they would get now.

    Args:
        id: a DID, an app's own id, or the number the store gave it.
        data: folder to look into.
        json: print one JSON object.
    """
    from stoa.cli import inspection
    from stoa.cli.progress import progress_bar
    from stoa.settings import load_settings

    with progress_bar("reading the square"):
        told = inspection.viewer(load_settings(data=data).data, id)
    print_json(told, indent=not json)
