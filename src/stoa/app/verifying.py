"""The verifier that comes with Stoa, put together from its file."""

from __future__ import annotations

from functools import lru_cache

from stoa.artifacts.verifier import read_verifier
from stoa.grounding.verifier import Verifier


@lru_cache(maxsize=1)
def shipped_verifier() -> Verifier:
    """The verifier that needs no language model; read once a process.

    Raises:
        BadModel: its file is missing or damaged.
    """
    return Verifier(read_verifier())
