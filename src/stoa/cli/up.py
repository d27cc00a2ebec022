"""`stoa up`: opens the square, serves it, and closes it in good order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable

from anyio import to_thread
from granian.constants import Interfaces
from granian.server.embed import Server
from rich.console import Console

from stoa.app.labels import open_labels
from stoa.app.network import Network
from stoa.app.opening import open_square
from stoa.app.square import SourceState
from stoa.app.supervisor import Supervisor
from stoa.cli.logs import configure_logs
from stoa.cli.progress import progress_bar, show_while
from stoa.cli.running import announce
from stoa.errors import PortInUse
from stoa.settings import Settings
from stoa.web.application import build_application
from stoa.web.feed_generator import feed_generator_routes
from stoa.web.labels import label_routes
from stoa.web.meters import Meters

_PAGES_AT_ONCE = (os.cpu_count() or 2) + 2
"""Requests computed at the same time: more only take turns at the interpreter and at locks, and
then all of them are late; two more than cores, for those that wait for the disk."""

_STOP_WITHIN_S = 10.0


async def serve(settings: Settings) -> None:
    """Runs a square until SIGINT or SIGTERM.

    Raises:
        PortInUse: another process listens on the address.
        StoreError: the data folder cannot be used.
    """
    configure_logs()
    to_thread.current_default_thread_limiter().total_tokens = _PAGES_AT_ONCE
    console = Console(stderr=True)
    port = claim_port(settings.host, settings.port)
    with progress_bar("opening the square", console):
        square = await asyncio.to_thread(open_square, settings)
    url = f"http://{_shown(settings.host)}:{port}"
    say = _speaker(console)
    network = Network(square, say)
    meters = Meters()
    labels = open_labels(square, network.versions, say)
    is_here = labels is not None and labels.did == settings.service_did
    routes = [
        *label_routes(labels),
        *feed_generator_routes(
            square, network.auth, meters, labels.multikey if labels and is_here else ""
        ),
    ]
    server = Server(
        build_application(square, routes, meters),
        address=settings.host,
        port=port,
        interface=Interfaces.ASGI,
        log_enabled=False,
    )
    supervisor = Supervisor(square, say)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    serving = asyncio.create_task(server.serve())
    watching = asyncio.create_task(supervisor.run())
    asking = asyncio.create_task(network.run())
    labelling = asyncio.create_task(labels.run() if labels else asyncio.sleep(0))
    stopping = asyncio.create_task(stop.wait())
    showing = asyncio.create_task(_show_reading(square.source, console))
    say(f"Stoa is open at {url}")
    with announce(square.settings.data, url):
        await asyncio.wait({serving, watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await _close(server, [watching, asking, labelling, stopping, showing])
    # Pages being made are finished before the store that they read is closed.
    with contextlib.suppress(asyncio.TimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(serving, _STOP_WITHIN_S)
    await network.close()
    await asyncio.to_thread(supervisor.close)
    if watching.done() and not watching.cancelled() and (problem := watching.exception()):
        raise told(problem)
    sys.stderr.flush()


def told(problem: BaseException) -> BaseException:
    """The one error of Stoa's own inside a group, so that it is told in one line."""
    while isinstance(problem, BaseExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem


async def _show_reading(source: SourceState, console: Console) -> None:
    await show_while(
        lambda: source.state == "reading",
        lambda: source.progress,
        "reading what happened before",
        console,
    )


def _speaker(console: Console) -> Callable[[str], None]:
    return lambda line: console.print(line, highlight=False, soft_wrap=True)


async def _close(server: Server, tasks: list[asyncio.Task[object]]) -> None:
    server.stop()
    for task in tasks:
        if not task.done():
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def claim_port(host: str, port: int) -> int:
    """A port that can be served on; 0 asks for a free one.

    The server shares ports between processes, so a taken one must be noticed here.

    Raises:
        PortInUse: with the mend.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror as problem:
            raise PortInUse(
                f"cannot serve on {host}:{port} (no such address): "
                "give one of this machine, such as --host 127.0.0.1"
            ) from problem
        except OSError as problem:
            raise PortInUse(
                f"cannot serve on {host}:{port} ({os.strerror(problem.errno or 0)}): "
                "stop the other program, or give another --port (0 takes a free one)"
            ) from problem
        return probe.getsockname()[1]


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
