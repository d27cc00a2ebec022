"""The `stoa` command."""

from __future__ import annotations

import sys

import structlog

from stoa.cli.commands import app
from stoa.errors import StoaError


def main() -> None:
    """Entry point: exit status 0 done, 1 an error that is told in one line, 2 wrong usage."""
    # Data goes to stdout; what a square logs belongs beside its messages.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        app()
    except StoaError as problem:
        print(f"stoa: {problem}", file=sys.stderr)
        raise SystemExit(1) from None
