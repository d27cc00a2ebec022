"""A command as a user calls it, without a process of its own: each would load the house again."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

import structlog

from stoa.cli import main


def stoa(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Exit status and what was printed, as of `stoa ARGUMENTS` in a shell."""
    command = ["stoa", *map(str, arguments)]
    out, err = io.StringIO(), io.StringIO()
    status: int | str | None = 0
    with mock.patch.object(sys, "argv", command), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            status = ended.code
        finally:
            structlog.reset_defaults()  # the command may have sent logs to its own stderr
    if isinstance(status, str):  # what Python itself prints of such an exit
        print(status, file=err)
        status = 1
    return subprocess.CompletedProcess(command, status or 0, out.getvalue(), err.getvalue())
