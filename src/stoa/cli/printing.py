"""JSON on stdout, the one way every command prints data."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_json(value: Any, *, indent: bool = False) -> None:
    """One JSON value, on one line unless indented for a person."""
    text = json.dumps(value, ensure_ascii=False, indent=2 if indent else None, default=_plain)
    sys.stdout.write(text + "\n")


def _plain(value: object) -> object:
    """Sets as sorted lists; whatever else JSON does not know as its words."""
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
