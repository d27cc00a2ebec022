"""Refuting pairs made from supported ones: one wrong detail of a known kind in each.

People seldom write down claims that evidence refutes, so they are made: by changing the claim, or
by changing the evidence under a claim that stays as people wrote it. What cannot be changed in a
way of a kind gives None. All chance comes from the generator that is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from stoa.grounding.clauses import subject_of
from stoa.grounding.opposites import ALTERNATIVE_WORDS, OPPOSITE_WORDS
from stoa.grounding.quantities import MONTHS, SMALL, names, quantities
from stoa.grounding.words import listed


class Corruption(StrEnum):
    """What was made wrong."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"  # a name of the evidence, or of another pair, in place of the right one
    ROLES = "roles"  # who did it to whom, turned
    NEGATION = "negation"
    OPPOSITE = "opposite"
    KIND = "kind"  # film for album
    QUANTIFIER = "quantifier"
    RANK = "rank"  # vice-president for president
    COMPARISON = "comparison"
    DENIAL = "denial"  # the evidence says that the claim is false
    MIXED = "mixed"  # the claim's beginning with another sentence's end
    SUBJECT = "subject"  # another sentence's beginning with the claim's end
    TURNED = "turned"  # more than, the other way round


@dataclass(frozen=True, slots=True)
class Corrupted:
    """A pair whose evidence now refutes its claim."""

    claim: str
    evidence: tuple[str, ...]
    kind: Corruption


Generator = np.random.Generator
_Change = Callable[[str, str, Generator], str | None]

_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has been|have been|had been|can|could|will|would|should|must|has|have|had)"
    r"\b(?! not\b|n't)(?= )",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?<=\w) not\b|\bnever |n't\b| no longer\b", re.IGNORECASE)
_PAST = re.compile(r" (\w{2,}[^aeiou\W]ed)\b(?! by)")
_RANKS = {
    "president": "vice-president", "chairman": "vice-chairman", "founder": "co-founder",
    "director": "deputy director", "minister": "deputy minister", "governor": "lieutenant governor",
    "champion": "runner-up", "winner": "runner-up", "captain": "vice-captain",
    "professor": "assistant professor", "editor": "assistant editor", "author": "co-author",
    "manager": "assistant manager", "owner": "co-owner", "mayor": "deputy mayor",
}  # fmt: skip
_QUANTIFIERS = {
    "some": "all", "many": "all", "most": "all", "several": "all", "all": "some", "every": "no",
    "often": "always", "usually": "always", "sometimes": "always", "always": "sometimes",
    "both": "neither", "partly": "entirely", "mostly": "entirely", "mainly": "exclusively",
    "primarily": "exclusively", "one of the": "the only", "among the": "the only", "can": "always",
    "may": "always", "first": "last", "few": "most",
}  # fmt: skip
_COMPARISONS = {
    "more than": "less than", "less than": "more than", "over": "under", "under": "over",
    "at least": "at most", "fewer than": "more than", "larger than": "smaller than",
    "higher than": "lower than", "lower than": "higher than", "older than": "younger than",
    "greater than": "less than", "before": "after", "after": "before", "most": "least",
    "largest": "smallest", "highest": "lowest", "oldest": "youngest", "best": "worst",
    "earliest": "latest", "longest": "shortest", "increased": "decreased", "up to": "more than",
    "decreased": "increased", "rose": "fell", "fell": "rose", "better than": "worse than",
}  # fmt: skip
_DENIALS = (
    "It is false that {}.", "There is no evidence that {}.", "The claim that {} is false.",
    "No, {} is not true.", "Contrary to rumors, it is not true that {}.",
    "Fact check: the statement that {} is a hoax.", "A satirical site first wrote that {}.",
    "Experts denied that {}.", "The rumor that {} has been debunked.",
    "It has been claimed that {}, but this is incorrect.", "Is it true that {}? No.",
)  # fmt: skip
_NOT_SUBJECTS = listed("it he she they this that these those in on at however there but with for")
_NOTS = (" not", " never", "n't", " no longer", " not really")
_THAN = re.compile(
    r"^(.{3,60}?) ((?:is|are|was|were|has|have|had|can)\b.{0,40}?\b(?:more|less|fewer|\w{2,}er)\b"
    r".{0,40}? than) (.{3,60}?)([.]?)$"
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[^\W_]+")
_SMALL_NAMES = {value: word for word, value in SMALL.items()}
_NO_SUBJECT = listed("the a an this that these those it he she they there his her their in on at")


def _number(text: str, other: str, rng: Generator) -> str | None:
    found = [q for q in quantities(text) if q.kind not in ("date", "ordinal")]
    if not found:
        return None
    one = found[int(rng.integers(len(found)))]
    said = text[one.start : one.end]
    digits = re.search(r"\d[\d,.]*\d|\d", said)
    rivals = [q for q in quantities(other) if q.kind == one.kind and q.value != one.value]
    if digits:
        if rivals and rng.random() < 0.5:
            changed = f"{rivals[int(rng.integers(len(rivals)))].value:g}"
        else:
            changed = _other_digits(digits.group(), one.kind == "year", rng)
        said = said[: digits.start()] + changed + said[digits.end() :]
    else:
        word = said.split()[0].split("-")[0].casefold()
        if word not in SMALL:
            return None
        choices = [v for v in range(2, 13) if v != SMALL[word]]
        changed = _SMALL_NAMES[float(choices[int(rng.integers(len(choices)))])]
        said = re.sub(re.escape(word), changed, said, count=1, flags=re.IGNORECASE)
    return text[: one.start] + said + text[one.end :]


def _other_digits(digits: str, is_year: bool, rng: Generator) -> str:
    plain = digits.replace(",", "")
    try:
        value = float(plain)
    except ValueError:
        return "7"
    if is_year:
        return f"{value + float(rng.choice([-10, -7, -4, -3, -2, -1, 1, 2, 3, 5, 8, 12])):g}"
    factor = float(rng.choice([0.1, 0.5, 0.75, 1.25, 1.5, 2, 3, 10]))
    if value.is_integer():
        changed = max(1, round(value * factor))
        return (
            f"{changed + (changed == value):,}"
            if "," in digits
            else str(changed + (changed == value))
        )
    return f"{value * factor:.{len(plain.split('.')[1])}f}"


def _date(text: str, other: str, rng: Generator) -> str | None:
    months = [m for m in MONTHS if len(m) > 4]
    found = [m for m in re.finditer(r"\b[A-Z][a-z]+\b", text) if m.group().casefold() in months]
    if found:
        one = found[int(rng.integers(len(found)))]
        rest = [m for m in months if m != one.group().casefold()]
        changed = rest[int(rng.integers(len(rest)))].capitalize()
        return text[: one.start()] + changed + text[one.end() :]
    years = [q for q in quantities(text) if q.kind == "year"]
    if not years:
        return None
    one = years[int(rng.integers(len(years)))]
    changed = _other_digits(text[one.start : one.end], True, rng)
    return text[: one.start] + changed + text[one.end :]


def _name(text: str, other: str, rng: Generator) -> str | None:
    mine = names(text)
    if not mine:
        return None
    own = text.casefold()
    others = [each.text for each in names(other) if each.text.casefold() not in own]
    if not others:
        return None
    one = mine[int(rng.integers(len(mine)))]
    changed = others[int(rng.integers(len(others)))]
    return text[: one.start] + changed + text[one.end :]


def _roles(text: str, other: str, rng: Generator) -> str | None:
    mine = names(text)
    if len(mine) >= 2:
        at = int(rng.integers(len(mine) - 1))
        first, then = mine[at], mine[at + 1]
        between = text[first.end : then.start]
        if first.text != then.text and len(between.split()) >= 1 and between.strip(" ,") != "and":
            return text[: first.start] + then.text + between + first.text + text[then.end :]
    turned = re.match(r"^(\w[\w' ]{2,40}?) (\w+ed|\w+s|can \w+) (\w[\w' ]{2,40})([.]?)$", text)
    if turned and " " not in turned[3].strip() + turned[1].strip():
        subject = turned[1]
        return f"{turned[3].capitalize()} {turned[2]} {subject.lower()}{turned[4]}"
    return None


def _negation(text: str, other: str, rng: Generator) -> str | None:
    there = _NOT.search(text)
    if there:
        return text[: there.start()] + text[there.end() :]
    found = list(_AUXILIARY.finditer(text))
    if found:
        one = found[int(rng.integers(len(found)))]
        word = "never" if rng.random() < 0.2 else "not"
        return f"{text[: one.end()]} {word}{text[one.end() :]}"
    past = _PAST.search(text)
    if past:
        verb = str(rng.choice(["never {}", "failed to {}", "did not {}", "refused to {}"]))
        plain = past[1] if verb == "never {}" else re.sub(r"ed$", "", past[1])
        return f"{text[: past.start()]} {verb.format(plain)}{text[past.end() :]}"
    return None


def _table(table: dict[str, tuple[str, ...]]) -> _Change:
    def change(text: str, other: str, rng: Generator) -> str | None:
        found = [
            (m, word, ending)
            for m in re.finditer(r"[^\W\d_]+", text)
            for word, ending in _without_ending(m.group().casefold())
            if word in table
        ]
        if not found:
            return None
        one, word, ending = found[int(rng.integers(len(found)))]
        choices = table[word]
        changed = choices[int(rng.integers(len(choices)))] + ending
        if one.group()[0].isupper():
            changed = changed.capitalize()
        return text[: one.start()] + changed + text[one.end() :]

    return change


def _without_ending(word: str) -> list[tuple[str, str]]:
    """The word as it is, and as a stem with its ending."""
    found = [(word, "")]
    found += [(word[: -len(end)], end) for end in ("s", "ed", "ing", "d") if word.endswith(end)]
    return found


def _phrases(table: dict[str, str]) -> _Change:
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, table))})\b", re.IGNORECASE)

    def change(text: str, other: str, rng: Generator) -> str | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        one = found[int(rng.integers(len(found)))]
        changed = table[one.group().casefold()]
        changed = changed.capitalize() if one.group()[0].isupper() else changed
        return text[: one.start()] + changed + text[one.end() :]

    return change


def _mixed(text: str, other: str, rng: Generator) -> str | None:
    """The claim's subject with what the evidence says of something else."""
    mine = names(text)
    if not mine or mine[0].start > 3:
        return None
    ends: list[str] = []
    for sentence in _SENTENCE.split(other):
        theirs = names(sentence)
        if theirs and theirs[0].start <= 3 and theirs[0].text.split()[-1] not in text:
            ends.append(sentence[theirs[0].end :])
    ends = [end for end in ends if 3 <= len(end.split()) <= 30]
    return mine[0].text + ends[int(rng.integers(len(ends)))] if ends else None


def _subject(text: str, other: str, rng: Generator) -> str | None:
    """What the claim says, of what another sentence speaks of."""
    mine = subject_of(text)
    if not mine or mine.casefold() in _NO_SUBJECT:
        return None
    own = set(mine.casefold().split())
    theirs = [subject_of(sentence) for sentence in _SENTENCE.split(other)]
    theirs = [
        one for one in theirs if 0 < len(one.split()) <= 6 and not own & set(one.casefold().split())
    ]
    theirs = [one for one in theirs if one.split(" ")[0].casefold() not in _NOT_SUBJECTS]
    return theirs[int(rng.integers(len(theirs)))] + text[len(mine) :] if theirs else None


def _turned(text: str, other: str, rng: Generator) -> str | None:
    found = _THAN.match(text)
    if not found:
        return None
    first, middle, then, end = found.groups()
    return f"{then[0].upper()}{then[1:]} {middle} {_inside(first)}{end}"


_CHANGES: dict[Corruption, _Change] = {
    Corruption.NUMBER: _number,
    Corruption.DATE: _date,
    Corruption.NAME: _name,
    Corruption.ROLES: _roles,
    Corruption.NEGATION: _negation,
    Corruption.OPPOSITE: _table(OPPOSITE_WORDS),
    Corruption.KIND: _table(ALTERNATIVE_WORDS),
    Corruption.QUANTIFIER: _phrases(_QUANTIFIERS),
    Corruption.RANK: _phrases(_RANKS),
    Corruption.COMPARISON: _phrases(_COMPARISONS),
    Corruption.MIXED: _mixed,
    Corruption.SUBJECT: _subject,
    Corruption.TURNED: _turned,
}


def corrupted(
    claim: str, evidence: Sequence[str], kind: Corruption, rng: Generator
) -> Corrupted | None:
    """The pair with one thing of a kind made wrong in the claim; None where it has no such thing.

    >>> made = corrupted("It sold 5 cars", ["It sold 5 cars."], Corruption.NUMBER,
    ...                  np.random.default_rng(0))
    >>> made is not None and made.claim != "It sold 5 cars"
    True
    """
    said = tuple(evidence)
    if kind is Corruption.DENIAL:
        template = _DENIALS[int(rng.integers(len(_DENIALS)))]
        denied = template.format(_inside(claim))
        rest = said if rng.random() < 0.3 else ()
        return Corrupted(claim, (denied, *rest), kind)
    changed = _CHANGES[kind](claim, " ".join(said), rng)
    if changed is None or changed == claim:
        return None
    return Corrupted(changed, said, kind)


def _inside(claim: str) -> str:
    """The claim as it stands inside another sentence."""
    claim = claim.strip().rstrip(".!?")
    first = claim.split(" ")[0]
    return claim[0].lower() + claim[1:] if first.casefold() in _NO_SUBJECT else claim


def corrupted_evidence(
    claim: str, evidence: Sequence[str], kind: Corruption, rng: Generator
) -> Corrupted | None:
    """The pair with the evidence's own wording of the claim made wrong, the claim as it was.

    Only the sentence that shares most words with the claim is changed, and only where the claim
    has the same thing, so that what was changed is what the claim says.
    """
    if kind in (Corruption.DENIAL, Corruption.MIXED, Corruption.SUBJECT, Corruption.TURNED):
        return None
    if kind is Corruption.NEGATION:
        return _negated_evidence(claim, evidence, rng)
    told = _CHANGES[kind](claim, " ".join(evidence), rng)
    if told is None:
        return None
    lost, won = _difference(claim, told)
    if not lost or not won:
        return None
    pattern = re.compile(rf"(?<!\w){re.escape(lost)}(?!\w)")
    made = tuple(pattern.sub(lambda _: won, text) for text in evidence)
    return None if made == tuple(evidence) else Corrupted(claim, made, kind)


def _negated_evidence(claim: str, evidence: Sequence[str], rng: Generator) -> Corrupted | None:
    """The sentence nearest to the claim, turned round at a verb before some of its words."""
    if _NOT.search(claim):
        return None
    wanted = {word for word in _WORD.findall(claim.casefold()) if len(word) > 3}
    sentences = [one for text in evidence for one in _SENTENCE.split(text)]
    best = max(
        sentences,
        key=lambda one: len(wanted & set(_WORD.findall(one.casefold()))),
        default="",
    )
    places = [
        found
        for found in _AUXILIARY.finditer(best)
        if wanted & set(_WORD.findall(best[found.end() :].casefold())[:3])
    ]
    held = len(wanted & set(_WORD.findall(best.casefold())))
    if not places or _NOT.search(best) or 2 * held < len(wanted):
        return None
    verb = places[int(rng.integers(len(places)))]
    word = _NOTS[int(rng.integers(len(_NOTS)))]
    if word == "n't" and verb.group().casefold() in ("can", "will"):
        word = " not"
    turned = f"{best[: verb.end()]}{word}{best[verb.end() :]}"
    made = tuple(text.replace(best, turned) for text in evidence)
    return Corrupted(claim, made, Corruption.NEGATION)


def _difference(one: str, other: str) -> tuple[str, str]:
    """The stretch of words in which two texts differ, of each."""
    mine, theirs = one.split(" "), other.split(" ")
    first = 0
    while first < min(len(mine), len(theirs)) and mine[first] == theirs[first]:
        first += 1
    last = 0
    while last < min(len(mine), len(theirs)) - first and mine[-1 - last] == theirs[-1 - last]:
        last += 1
    return (
        " ".join(mine[first : len(mine) - last]).strip(".,"),
        " ".join(theirs[first : len(theirs) - last]).strip(".,"),
    )
