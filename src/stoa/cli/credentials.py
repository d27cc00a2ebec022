"""Asks for what is used once and kept nowhere."""

from __future__ import annotations

import getpass
import sys


def app_password(handle: str) -> str:
    """The app password of an account, from the terminal or the first line of the input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"App password of @{handle}: ")
    return sys.stdin.readline().strip()
