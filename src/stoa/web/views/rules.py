"""What a reader is told of rules that cannot be switched, and what is not told of anybody."""

from __future__ import annotations

SHOWN_ONCE = frozenset({"duplicate", "repost_of_same"})
"""Rules by which nothing is lost: what they drop is on the page, once."""

UNTOLD = frozenset({"blocked", "gone", "hidden_by_label", "opted_out", "members_only"})
"""Rules whose examples are not shown: they would tell who blocked whom (atproto.md 9.3), or show
again what somebody took away."""

_FIXED = {
    "duplicate": "Nothing is lost by this.",
    "repost_of_same": "Nothing is lost by this.",
    "pool": "They wait for a later page, or for a nearer act of yours.",
    "own": "You know it already.",
    "dismissed": "That was your own wish; take it back with Undo where you made it.",
    "sensitive": "Settings say whether you see such posts.",
    "too_old": "For You is about now; its author’s page still has it.",
    "elsewhere": "This square’s own pages show it.",
    "blocked": "A block holds both ways, and which way is not told.",
}


def fixed_words(name: str) -> str:
    """Why a rule has no switch."""
    return _FIXED.get(name, "This is its author’s or a moderator’s word, so it stays on.")


def untold(name: str | None) -> bool:
    """Whether examples of a rule are kept back."""
    return name in UNTOLD


def dropped_words(name: str | None) -> str | None:
    """How a post's own page of reasons names the rule that left it out.

    >>> dropped_words("blocked"), dropped_words("other_language"), dropped_words(None)
    ('a rule that protects people', 'other language', None)
    """
    if name is None:
        return None
    return "a rule that protects people" if untold(name) else name.replace("_", " ")
