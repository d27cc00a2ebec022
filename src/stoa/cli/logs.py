"""Where logs go and what they may hold: stderr, and no variables of ours."""

from __future__ import annotations

import sys

import structlog


def configure_logs() -> None:
    """Sends logs to stderr, since stdout is for data.

    Tracebacks are plain: pretty ones print variables, and with them posts and names of people.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
