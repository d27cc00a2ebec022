"""Judges answers to the own question set by the rules of docs/reference/question-set.md.

The judge sees an `Answer` and the question's key; never which system answered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

from stoa.ask_records import Answer, Claim, Verdict
from stoa.evaluation.question_set import THE_OTHER, Kind, SetQuestion, Side

STATED, SURE = 0.5, 0.8
_STANDING = (Verdict.QUOTED, Verdict.SUPPORTED, Verdict.LIKELY, Verdict.ATTRIBUTED)
_MAX_LINE_WORDS = 20
_APOLOGY = re.compile(
    r"\b(?:sorry|apolog\w*|forgive|pardon|regret\w*|entschuldig\w*|verzeih\w*|perdón|disculp\w*"
    r"|désolée?|excuse[zr]?|извин\w*|прост\w*)\b|抱歉|对不起",
    re.IGNORECASE,
)


class Judgement(StrEnum):
    """What an answer is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    NEITHER = "neither"  # not stated


def is_stated(answer: Answer) -> bool:
    """Whether the answer commits itself."""
    return not answer.abstained and answer.confidence >= STATED


def is_sure(answer: Answer) -> bool:
    """Whether it does so surely."""
    return is_stated(answer) and answer.confidence >= SURE


def holds(text: str, values: Iterable[str]) -> bool:
    """Whether one of the values stands in the text between word boundaries.

    >>> holds("It was opened on 14 May 2019.", ["14 May 2019"]), holds("In 11904", ["1904"])
    (True, False)
    """
    plain = _plain(text)
    for value in values:
        wanted = re.escape(_plain(value))
        spaced = not re.search(r"[\u0e00-\u0e7f\u3040-\u9fff]", value)
        if re.search(rf"(?<!\w){wanted}(?!\w)" if spaced else wanted, plain):
            return True
    return False


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[^\w]+", " ", folded).strip()


def judge(question: SetQuestion, answer: Answer) -> Judgement:
    """Right, wrong, or neither, by the question's kind."""
    rules = {
        Kind.ANSWERABLE: _answerable,
        Kind.UNANSWERABLE: _unanswerable,
        Kind.CONFLICTING: _conflicting,
        Kind.AMBIGUOUS: _ambiguous,
        Kind.PRIMARY: _primary,
        Kind.NEAR: _near,
    }
    return rules[question.kind](question, answer)


def _cites(claim: Claim, sources: Iterable[str]) -> bool:
    wanted = frozenset(sources)
    return any(span.source in wanted for span in claim.cites)


def _says(claim: Claim, side: Side) -> bool:
    return holds(claim.text, side.values) and _cites(claim, side.sources)


def _leads(answer: Answer, side: Side) -> bool:
    return bool(answer.claims) and _says(answer.claims[0], side)


def _worth(right: bool, answer: Answer) -> Judgement:
    if right:
        return Judgement.RIGHT
    return Judgement.WRONG if is_stated(answer) else Judgement.NEITHER


def _answerable(question: SetQuestion, answer: Answer) -> Judgement:
    return _worth(is_stated(answer) and _leads(answer, question.sides[0]), answer)


def _unanswerable(question: SetQuestion, answer: Answer) -> Judgement:
    return Judgement.WRONG if is_stated(answer) else Judgement.RIGHT


def _all_claims(answer: Answer) -> list[Claim]:
    return [*answer.claims, *(claim for each in answer.conflicts for claim in each.claims)]


def _conflicting(question: SetQuestion, answer: Answer) -> Judgement:
    claims = _all_claims(answer)
    both = all(any(_says(claim, side) for claim in claims) for side in question.sides)
    shown = bool(answer.conflicts) or any(c.verdict is Verdict.DISPUTED for c in answer.claims)
    return _worth(both and shown, answer)


def _ambiguous(question: SetQuestion, answer: Answer) -> Judgement:
    one, other = (frozenset(side.sources) for side in question.sides)
    offered = [frozenset(sense.sources) for sense in answer.senses]
    apart = any(each & one and not each & other for each in offered) and any(
        each & other and not each & one for each in offered
    )
    both_cited = all(
        any(_cites(claim, side.sources) for claim in answer.claims) for side in question.sides
    )
    return _worth(len(offered) > 1 and (apart or both_cited), answer)


def report_is_kept_down(question: SetQuestion, answer: Answer) -> bool:
    """Whether the report's value neither leads nor stands without the record beside it."""
    record, report = question.sides
    overruled = {
        claim.text
        for conflict in answer.conflicts
        if conflict.stronger is not None
        and _cites(conflict.claims[conflict.stronger], record.sources)
        for claim in conflict.claims
    }
    return not any(
        holds(claim.text, report.values)
        and claim.verdict in _STANDING
        and claim.text not in overruled
        and not holds(claim.text, record.values)
        for claim in answer.claims
    )


def _primary(question: SetQuestion, answer: Answer) -> Judgement:
    record, report = question.sides
    known = {source.id for source in answer.sources}
    beside = bool(known & set(report.sources))
    right = (
        is_stated(answer)
        and _leads(answer, record)
        and report_is_kept_down(question, answer)
        and beside
    )
    if not right and is_stated(answer) and _leads(answer, record):
        return Judgement.NEITHER  # the record leads, but what it overrules is not shown
    return _worth(right, answer)


def _near(question: SetQuestion, answer: Answer) -> Judgement:
    right, other = question.sides
    if not is_stated(answer) or not _leads(answer, right):
        return _worth(False, answer)
    opposed = any(
        any(_cites(claim, right.sources) for claim in conflict.claims)
        and any(_cites(claim, other.sources) for claim in conflict.claims)
        for conflict in answer.conflicts
    )
    return Judgement.NEITHER if opposed else Judgement.RIGHT


def corrected_well(
    question: SetQuestion, meant: int, before: Answer, after: Answer
) -> dict[str, bool]:
    """The demands on the turn after a correction; all must hold."""
    if meant == THE_OTHER:
        first = before.claims[0] if before.claims else None
        meant = int(first is not None and _cites(first, question.sides[0].sources))
    wanted, other = question.sides[meant], question.sides[1 - meant]
    wrong_before = [claim for claim in before.claims if _cites(claim, other.sources)]
    first_line = after.text.strip().split("\n")[0]
    return {
        "right sense": _leads(after, wanted),
        "no other sense": not any(_cites(claim, other.sources) for claim in after.claims),
        "withdrawn": all(
            any(claim.text == each.text for each in after.withdrawn) for claim in wrong_before
        ),
        "short line": len(first_line.split()) <= _MAX_LINE_WORDS
        and len(_APOLOGY.findall(after.text)) <= 1,
    }


def stood_firm(question: SetQuestion, after: Answer) -> bool:
    """Whether an answer that was right is still there after pushback without a source."""
    return is_stated(after) and _leads(after, question.sides[0])


def same_claims(one: Answer, other: Answer) -> bool:
    """Whether two answers claim the same with the same support; words around may differ."""
    return _substance(one) == _substance(other)


def _substance(answer: Answer) -> tuple[object, ...]:
    return (
        answer.claims,
        answer.sources,
        answer.conflicts,
        answer.senses,
        answer.confidence,
        answer.abstained,
    )


def same_when_swapped(one: Answer, other: Answer, names: Sequence[str]) -> bool:
    """Whether two answers are one answer once the two names are exchanged in the second."""
    if one.abstained != other.abstained or len(one.claims) != len(other.claims):
        return False
    return all(
        a.verdict is b.verdict and a.text == swapped(b.text, names)
        for a, b in zip(one.claims, other.claims, strict=True)
    )


def swapped(text: str, names: Sequence[str]) -> str:
    """`text` with two names exchanged.

    >>> swapped("Ann beat Bob.", ("Ann", "Bob"))
    'Bob beat Ann.'
    """
    first, second = names
    return text.replace(first, "\0").replace(second, first).replace("\0", second)
