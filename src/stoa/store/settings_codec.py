"""Writes a reader's settings as JSON, and reads them back whatever other versions wrote."""

from __future__ import annotations

import json
from dataclasses import asdict

from stoa.records import ViewerSettings


def encode_settings(settings: ViewerSettings) -> str:
    """Settings as one JSON object."""
    plain = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in asdict(settings).items()
    }
    return json.dumps(plain, sort_keys=True)


def decode_settings(text: str) -> ViewerSettings:
    """Settings again; unknown names are left out, values of a wrong type give the default.

    >>> decode_settings('{"theme": "dark", "hats": 3, "images": "many"}').theme
    'dark'
    """
    try:
        held = json.loads(text)
    except ValueError:
        return ViewerSettings()
    if not isinstance(held, dict):
        return ViewerSettings()
    fit = {
        name: value
        for name, read in _READERS.items()
        if (value := read(held.get(name))) is not None
    }
    return ViewerSettings(**fit)


def _texts(value: object) -> tuple[str, ...] | None:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else None


def _ids(value: object) -> frozenset[int] | None:
    return frozenset(v for v in value if type(v) is int) if isinstance(value, list) else None


def _names(value: object) -> frozenset[str] | None:
    return frozenset(v for v in value if isinstance(v, str)) if isinstance(value, list) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and type(value) is not bool else None


def _switch(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _weights(value: object) -> dict[int, float] | None:
    if not isinstance(value, dict):
        return None
    return {
        int(post): float(weight)
        for post, weight in value.items()
        if post.isdecimal() and isinstance(weight, int | float)
    }


_READERS = {
    "languages": _texts,
    "muted_words": _texts,
    "muted_accounts": _ids,
    "muted_conversations": _ids,
    "sensitive": _text,
    "exploration": _number,
    "preset": _text,
    "rules_off": _names,
    "survey_share": _number,
    "promoted": _switch,
    "promoted_agreed_s": _number,
    "images": _switch,
    "keep_questions": _switch,
    "theme": _text,
    "vector_weights": _weights,
}
