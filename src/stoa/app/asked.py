"""What may be asked, wherever it was typed."""

from __future__ import annotations

from stoa.errors import BadInput

MAX_QUESTION = 4_000  # characters


def checked_question(text: object) -> str:
    """A question that may be asked, without white around it.

    Raises:
        BadInput: no text, nothing in it, or too much of it.
    """
    if not isinstance(text, str) or not text.strip():
        raise BadInput("question", text, "write what you want to know, as text")
    if len(text) > MAX_QUESTION:
        raise BadInput("question", text, f"ask in at most {MAX_QUESTION:,} characters")
    return text.encode("utf-8", "replace").decode().strip()  # a lone surrogate is no character
