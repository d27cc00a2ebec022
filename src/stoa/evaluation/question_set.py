"""The own question set: its texts and questions, read from the package.

How it was made and what counts as right is written in docs/reference/question-set.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

from stoa.ask_records import Source, SourceKind, Tier
from stoa.errors import BadInput

PARTS = ("dev", "dev2", "dev3a", "dev3b", "final")
"""`dev2` was written because `dev` was saturated, `dev3` because both were.

`dev3a` and `dev3b` are every second family of `dev3`: settings are chosen on `a` alone.
"""
TIERS = {
    "record": Tier.RECORD,
    "dataset": Tier.DATASET,
    "first hand": Tier.FIRST_HAND,
    "report": Tier.REPORT,
    "opinion": Tier.OPINION,
}


class Kind(StrEnum):
    """What a question tries."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "unanswerable"
    CONFLICTING = "conflicting"
    AMBIGUOUS = "ambiguous"
    PRIMARY = "primary"
    NEAR = "near"  # a record beside it speaks of another thing, or says the same otherwise


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says: the values that count, and the sources that say them."""

    values: tuple[str, ...]
    sources: tuple[str, ...]
    called: str = ""  # how an asker would name this side when correcting


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """One question. `sides[0]` holds what is right; a second side is the other value or meaning."""

    id: str
    kind: Kind
    lang: str
    text: str
    sides: tuple[Side, ...] = ()
    wrong: str = ""  # what a wrong pushback claims


THE_OTHER = -1
"""Meant by "the other one": the meaning that the first claim of the answer did not come from."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A question and what is said to its answer."""

    question: SetQuestion
    says: str
    meant: int = 0  # which side a correction means, or `THE_OTHER`


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """One part: texts and the questions asked over all of them at once."""

    part: str
    sources: tuple[Source, ...]
    questions: tuple[SetQuestion, ...]
    corrections: tuple[Dialogue, ...] = ()  # written one by one, not made by template
    objections: tuple[Dialogue, ...] = ()

    def of(self, *kinds: Kind) -> tuple[SetQuestion, ...]:
        """The questions of some kinds, in order."""
        return tuple(each for each in self.questions if each.kind in kinds)


def load(part: str) -> QuestionSet:
    """A part of the set: "final" and "dev3b" are for reporting, the others to choose settings on.

    Raises:
        BadInput: there is no such part.
    """
    if part not in PARTS:
        raise BadInput("part", part, f"give one of {', '.join(PARTS)}")
    sources: list[Source] = []
    questions: list[SetQuestion] = []
    for name, read in (
        ("facts", _facts),
        ("conflicts", _conflicts),
        ("senses", _senses),
        ("records", _records),
    ):
        for family in _families(name, part):
            sources += _family_sources(family)
            questions += read(family)
    talks = _families("dialogues", part)
    for family in talks:
        sources += _family_sources(family)
    return QuestionSet(
        part,
        tuple(sources),
        tuple(questions),
        tuple(_dialogue(each, then) for each in talks for then in each.get("then", ())),
        tuple(_objection(each) for each in talks if "objection" in each),
    )


def _families(name: str, part: str) -> list[dict[str, Any]]:
    """The families of one file that belong to a part; none where there is no such file."""
    whole, half = (part[:-1], part[-1]) if part in _HALVES else (part, "")
    path = files("stoa.evaluation") / "square_questions" / f"{name}_{whole}.json"
    if not path.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found[{"": 0, "a": 0, "b": 1}[half] :: 2 if half else 1]


_HALVES = ("dev3a", "dev3b")


def _family_sources(family: dict[str, Any]) -> Iterator[Source]:
    held = [family, *family.get("sides", ()), *family.get("senses", ())]
    held += [family[side] for side in ("record", "report") if side in family]
    for holder in held:
        for name, tier, title, text in holder.get("sources", ()):
            is_post = name.startswith("at://")
            yield Source(
                id=name,
                kind=SourceKind.POST if is_post else SourceKind.DOCUMENT,
                text=text,
                tier=TIERS[tier],
                title=title,
                author=title if is_post else "",
                lang=family["lang"],
            )


def _side(holder: dict[str, Any]) -> Side:
    names = tuple(source[0] for source in holder["sources"])
    return Side(tuple(holder["a"]), names, holder.get("say", ""))


def _facts(family: dict[str, Any]) -> list[SetQuestion]:
    found: list[SetQuestion] = []
    for number, each in enumerate(family["questions"]):
        known = "a" in each
        found.append(
            SetQuestion(
                id=f"{family['family']}/{number}",
                kind=Kind.ANSWERABLE if known else Kind.UNANSWERABLE,
                lang=family["lang"],
                text=each["q"],
                sides=(Side(tuple(each["a"]), tuple(each["s"])),) if known else (),
                wrong=each.get("w", ""),
            )
        )
    return found


def _whole(family: dict[str, Any], kind: Kind, sides: Sequence[dict[str, Any]]) -> SetQuestion:
    return SetQuestion(
        family["family"], kind, family["lang"], family["q"], tuple(_side(each) for each in sides)
    )


def _conflicts(family: dict[str, Any]) -> list[SetQuestion]:
    return [_whole(family, Kind.CONFLICTING, family["sides"])]


def _senses(family: dict[str, Any]) -> list[SetQuestion]:
    return [_whole(family, Kind.AMBIGUOUS, family["senses"])]


def _records(family: dict[str, Any]) -> list[SetQuestion]:
    if "near" in family:
        return [_whole(family, Kind.NEAR, family["sides"])]
    return [_whole(family, Kind.PRIMARY, (family["record"], family["report"]))]


def _dialogue(family: dict[str, Any], then: dict[str, Any]) -> Dialogue:
    question = _whole(family, Kind.AMBIGUOUS, family["senses"])
    return Dialogue(question, then["says"], then["means"])


def _objection(family: dict[str, Any]) -> Dialogue:
    said = {**family, "sources": family["sources"][:1]}
    return Dialogue(_whole(family, Kind.ANSWERABLE, [said]), family["objection"])
