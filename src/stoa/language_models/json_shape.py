"""Finds JSON in what a model says, and checks it against a schema.

Only the part of JSON Schema that a structured draft needs is known; a schema with another
keyword is refused, so that nothing is believed to be checked that is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from stoa.errors import BadInput

_FENCE = re.compile(r"```(?:json|JSON)?[ \t]*\r?\n(.*?)```", re.DOTALL)
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_ANNOTATIONS = {"title", "description", "$schema", "default", "examples"}
_KEYWORDS = _ANNOTATIONS | {
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf",
    "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum",
}  # fmt: skip
_DEPTH = 32


class Unfit(ValueError):
    """What a model said is not the JSON that was asked for; the message says where and why."""


def check_schema(schema: Mapping[str, Any], depth: int = 0) -> None:
    """Refuses a schema that `fit` could not check whole.

    Raises:
        BadInput: names the keyword.
    """
    strange = sorted(set(schema) - _KEYWORDS)
    if strange or depth > _DEPTH:
        raise BadInput("schema", strange or "too deep", f"use only {', '.join(sorted(_KEYWORDS))}")
    more = schema.get("additionalProperties")
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [part for part in (schema.get("items"), more) if isinstance(part, Mapping)]
    for part in inner:
        check_schema(part, depth + 1)


def find_json(said: str) -> object:
    """The JSON in a reply: the whole of it, the last fenced block, or the outermost braces.

    >>> find_json('Here it is:' + chr(10) + '```json' + chr(10) + '{"a": 1}' + chr(10) + '```')
    {'a': 1}

    Raises:
        Unfit: there is none.
    """
    text = _THOUGHTS.sub("", said).strip()
    braces = text[text.find("{") : text.rfind("}") + 1] if "{" in text else ""
    for candidate in (text, *reversed(_FENCE.findall(text)), braces):
        try:
            return json.loads(candidate, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            continue
    raise Unfit("there is no JSON in it")


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def fit(value: object, schema: Mapping[str, Any], at: str = "$") -> None:
    """Checks a value against a schema that `check_schema` let through.

    Raises:
        Unfit: at the first place where it does not hold.
    """
    options = schema.get("anyOf")
    if options is not None and not any(_fits(value, option, at) for option in options):
        raise Unfit(f"{at} is none of the forms it may have")
    if "const" in schema and not _same(value, schema["const"]):
        raise Unfit(f"{at} must be {schema['const']!r}")
    if "enum" in schema and not any(_same(value, each) for each in schema["enum"]):
        raise Unfit(f"{at} must be one of {list(schema['enum'])!r}")
    _fit_type(value, schema.get("type"), at)
    if isinstance(value, dict):
        _fit_object(cast("dict[str, object]", value), schema, at)
    elif isinstance(value, list):
        items = cast("list[object]", value)
        _fit_size(len(items), schema, "Items", at)
        for place, item in enumerate(items):
            fit(item, schema.get("items", {}), f"{at}[{place}]")
    elif isinstance(value, str):
        _fit_size(len(value), schema, "Length", at)
    elif isinstance(value, int | float) and not _is_within(value, schema):
        raise Unfit(f"{at} is {value}, outside its bounds")


def _is_within(value: float, schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _fits(value: object, schema: Mapping[str, Any], at: str) -> bool:
    try:
        fit(value, schema, at)
    except Unfit:
        return False
    return True


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,),
    "number": (int, float), "null": (type(None),),
}  # fmt: skip


def _fit_type(value: object, wanted: str | list[str] | None, at: str) -> None:
    names = [wanted] if isinstance(wanted, str) else (wanted or [])
    if names and not any(_is_type(value, name) for name in names):
        raise Unfit(f"{at} must be of type {' or '.join(names)}")


def _is_type(value: object, name: str) -> bool:
    if name == "integer":
        whole = isinstance(value, float) and value.is_integer()
        return whole or (isinstance(value, int) and not isinstance(value, bool))
    if name == "number" and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES.get(name, ()))


def _fit_object(value: dict[str, object], schema: Mapping[str, Any], at: str) -> None:
    known: Mapping[str, Any] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            raise Unfit(f"{at} lacks {name!r}")
    more = schema.get("additionalProperties", True)
    for name, item in value.items():
        if name in known:
            fit(item, known[name], f"{at}.{name}")
        elif more is False:
            raise Unfit(f"{at} has {name[:40]!r}, which was not asked for")
        elif isinstance(more, Mapping):
            fit(item, cast("Mapping[str, Any]", more), f"{at}.{name[:40]}")


def _fit_size(size: int, schema: Mapping[str, Any], what: str, at: str) -> None:
    if not schema.get(f"min{what}", 0) <= size <= schema.get(f"max{what}", size):
        raise Unfit(f"{at} has the wrong size ({size})")
