"""What people in the town talk about: a topic is a name, what it is good for, and its words."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.errors import BadInput

VALUES = ("learn", "make", "care", "belong", "play", "news")
"""What a person may hold worthwhile; a topic serves some of these, and a person wants some."""

_LISTS = ("things", "acts", "places", "qualities")


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject of talk.

    `serves` has one weight for each of `VALUES`, summing to 1. In English `things` are plural
    nouns, `acts` gerunds, `places` prepositional phrases, `qualities` adjectives and `facts`
    whole sentences, so that any template can take any of them.
    """

    name: str
    lang: str
    serves: tuple[float, ...]
    things: tuple[str, ...]
    acts: tuple[str, ...]
    places: tuple[str, ...]
    qualities: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The topic as a hashtag, without the sign."""
        return self.name.replace(" ", "")


def read_topics(text: str, lang: str) -> tuple[Topic, ...]:
    """Topics written as plain text: a heading `name (value value)`, then `key: a, b, c` lines.

    Lists are split at commas, facts at ` | `; an indented line without a key goes on with the
    list above it.

    Raises:
        BadInput: a heading or a list is missing or malformed.
    """
    topics: list[Topic] = []
    for block in text.strip().split("\n\n"):
        heading, *lines = block.splitlines()
        topics.append(_topic(heading, _fields(lines), lang))
    return tuple(topics)


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    key = ""
    for line in lines:
        head, colon, rest = line.strip().partition(": ")
        if colon and head in (*_LISTS, "facts"):
            key = head
            fields[key] = rest
        else:
            fields[key] += " " + line.strip()
    return fields


def _topic(heading: str, fields: dict[str, str], lang: str) -> Topic:
    name, parenthesis, rest = heading.partition(" (")
    served = rest.rstrip(")").split()
    missing = [key for key in (*_LISTS, "facts") if not fields.get(key)]
    if not parenthesis or missing or not set(served) <= set(VALUES):
        raise BadInput("topic", heading, f"name its values in parentheses and give {missing}")
    lists = {key: tuple(w.strip() for w in fields[key].split(",")) for key in _LISTS}
    facts = tuple(f.strip() for f in fields["facts"].split(" | "))
    serves = tuple(served.count(value) / len(served) for value in VALUES)
    return Topic(name=name, lang=lang, serves=serves, facts=facts, **lists)
