"""The `stoa` command."""

from __future__ import annotations

import os
import sys

# Pages compute in threads of their own; a second pool of threads under each small product costs
# two to ten times the CPU in waiting. Must be said before NumPy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from stoa.cli.commands import app
from stoa.errors import StoaError


def main() -> None:
    """Entry point: exit status 0 done, 1 an error that is told in one line, 2 wrong usage."""
    try:
        app(sys.argv[1:])
    except StoaError as problem:
        print(f"stoa: {problem}", file=sys.stderr)
        raise SystemExit(1) from None
    except BrokenPipeError:
        # Whoever read our output has had enough (`stoa settings | head`). Python flushes once
        # more at exit, so there must be somewhere to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as problem:
        if problem.filename is None:
            raise  # nothing that a person named: a mistake of ours
        print(f"stoa: {problem.strerror}: {problem.filename}", file=sys.stderr)
        raise SystemExit(1) from None
