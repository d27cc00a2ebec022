"""JSON on stdout, the one way every command prints data."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_json(value: Any, *, indent: bool = False) -> None:
    """One JSON value, on one line unless indented for a person."""
    text = json.dumps(value, ensure_ascii=False, indent=2 if indent else None, default=str)
    sys.stdout.write(text + "\n")
