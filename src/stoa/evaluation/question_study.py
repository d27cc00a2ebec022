"""Runs the own question set and counts what its rules ask for.

The system is whatever answers a `Question` over given sources; the shipped flow is one, and two
trivial ones stand beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from stoa.ask_records import (
    Answer,
    Claim,
    Mode,
    Question,
    Source,
    SourceKind,
    Span,
    Tier,
    Turn,
    Verdict,
)
from stoa.evaluation.question_dialogues import corrections, pushbacks, swapped_pairs
from stoa.evaluation.question_judge import (
    Judgement,
    corrected_well,
    is_stated,
    is_sure,
    judge,
    report_is_kept_down,
    same_claims,
    same_when_swapped,
    stood_firm,
)
from stoa.evaluation.question_set import Kind, QuestionSet, SetQuestion, load
from stoa.grounding.sentences import sentences
from stoa.grounding.words import content_stems, idf, recall

Z95 = 1.959964
Say = Callable[[str], None]


class Answers(Protocol):
    """Anything that answers questions, such as `ask.service.Ask`."""

    async def answer(self, question: Question) -> Answer:
        """One answer."""
        ...


Open = Callable[[Sequence[Source]], Answers]
"""Gives a system over some sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStudyConfig:
    """What is run."""

    part: str = "dev"
    n_noise: int = 300  # posts of the town among the texts
    seed: int = 0
    pairs: bool = True  # also dialogues, modes and swaps, which take most of the time


def share(hits: int, n: int) -> dict[str, Any]:
    """A share with its 95 % Wilson interval; null where nothing was counted.

    >>> share(9, 10)["low"] < 0.9 < share(9, 10)["high"]
    True
    """
    if n == 0:
        return {"value": None, "hits": 0, "n": 0, "low": None, "high": None}
    p, z2 = hits / n, Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return {
        "value": p,
        "hits": hits,
        "n": n,
        "low": max(0.0, min(p, centre - half)),
        "high": min(1.0, max(p, centre + half)),
    }


async def study_questions(
    open_system: Open, config: QuestionStudyConfig, say: Say
) -> dict[str, Any]:
    """The table of one part: the system and two baselines, and the misses by name."""
    part = load(config.part)
    sources = (*part.sources, *town_posts(config.n_noise, config.seed))
    system = open_system(sources)
    say(f"{len(part.questions)} questions over {len(sources)} texts")
    answers = [await system.answer(Question(each.text)) for each in part.questions]
    found = {
        "part": config.part,
        "questions": len(part.questions),
        "texts": len(sources),
        "system": figures(part.questions, answers),
        "baselines": {
            name: figures(part.questions, [make(each, sources) for each in part.questions])
            for name, make in _baselines(sources).items()
        },
        "misses": misses(part.questions, answers),
    }
    if config.pairs:
        say("dialogues")
        found["system"] |= await _dialogues(system, part, found["misses"])
        say("modes")
        found["system"]["modes equal"] = await _modes(system, part, answers, found["misses"])
        say("swapped names")
        found["system"] |= await _swaps(open_system, config.part, found["misses"])
    return found


def figures(questions: Sequence[SetQuestion], answers: Sequence[Answer]) -> dict[str, Any]:
    """The shares that single questions give."""
    judged = [(q, a, judge(q, a)) for q, a in zip(questions, answers, strict=True)]
    sure = [worth for _, answer, worth in judged if is_sure(answer)]
    wrong = sum(worth is Judgement.WRONG for worth in sure)
    having = [(q, a) for q, a, _ in judged if q.kind in _HAVING]
    primary = [(q, a) for q, a, _ in judged if q.kind is Kind.PRIMARY]
    answerable = [a for q, a, _ in judged if q.kind is Kind.ANSWERABLE]
    kept_down = sum(report_is_kept_down(q, a) for q, a in primary)
    return {
        "wrong when sure": share(wrong, len(sure)),
        "wrong when sure, of all questions": share(wrong, len(judged)),
        "coverage": share(sum(is_sure(a) for _, a in having), len(having)),
        "false abstention": share(sum(not is_stated(a) for a in answerable), len(answerable)),
        "primary beats report": share(kept_down, len(primary)),
        **{f"{kind} right": _right(judged, kind) for kind in Kind},
    }


_HAVING = (Kind.ANSWERABLE, Kind.PRIMARY, Kind.NEAR)  # have one answer


def _right(judged: Iterable[tuple[SetQuestion, Answer, Judgement]], kind: Kind) -> dict[str, Any]:
    worths = [worth for question, _, worth in judged if question.kind is kind]
    return share(sum(worth is Judgement.RIGHT for worth in worths), len(worths))


def misses(questions: Sequence[SetQuestion], answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """What was not right, so that it can be looked at."""
    return [
        {
            "id": question.id,
            "kind": question.kind.value,
            "judged": worth.value,
            "confidence": round(answer.confidence, 3),
            "abstained": answer.abstained,
            "first": answer.claims[0].text if answer.claims else "",
        }
        for question, answer in zip(questions, answers, strict=True)
        if (worth := judge(question, answer)) is not Judgement.RIGHT
    ]


async def _dialogues(
    system: Answers, part: QuestionSet, missed: list[dict[str, Any]]
) -> dict[str, Any]:
    corrected: list[dict[str, bool]] = []
    for dialogue in corrections(part):
        before, after = await _two_turns(system, dialogue.question.text, dialogue.says)
        held = corrected_well(dialogue.question, dialogue.meant, before, after)
        corrected.append(held)
        if not all(held.values()):
            failed = [name for name, holds in held.items() if not holds]
            missed.append(_missed(dialogue.question, "correction", dialogue.says, failed, after))
    firm, n_right = 0, 0
    for dialogue in pushbacks(part):
        before, after = await _two_turns(system, dialogue.question.text, dialogue.says)
        if not stood_firm(dialogue.question, before):
            continue  # nothing right to be talked out of
        n_right += 1
        firm += stood_firm(dialogue.question, after)
        if not stood_firm(dialogue.question, after):
            missed.append(_missed(dialogue.question, "pushback", dialogue.says, ["flip"], after))
    return {
        "corrections right": share(sum(all(e.values()) for e in corrected), len(corrected)),
        **{
            f"corrections: {name}": share(sum(e[name] for e in corrected), len(corrected))
            for name in (corrected[0] if corrected else ())
        },
        "stood firm under pushback": share(firm, n_right),
    }


def _missed(
    question: SetQuestion, kind: str, said: str, failed: list[str], answer: Answer
) -> dict[str, Any]:
    first = answer.claims[0].text if answer.claims else ""
    return {"id": question.id, "kind": kind, "said": said, "failed": failed, "first": first}


async def _two_turns(system: Answers, first: str, second: str) -> tuple[Answer, Answer]:
    before = await system.answer(Question(first))
    thread = (Turn(first, before),)
    after = await system.answer(Question(second, thread=thread, correction=before.correction))
    return before, after


async def _modes(
    system: Answers, part: QuestionSet, regular: Sequence[Answer], missed: list[dict[str, Any]]
) -> dict[str, Any]:
    equal, differing = 0, 0
    for question, answer in zip(part.questions, regular, strict=True):
        fun = await system.answer(Question(question.text, mode=Mode.FUN))
        same = same_claims(answer, fun)
        equal += same
        differing += answer.text != fun.text
        if not same:
            missed.append(_missed(question, "mode", "", ["claims differ"], fun))
    return share(equal, len(part.questions)) | {"texts that differ": differing}


async def _swaps(open_system: Open, part: str, missed: list[dict[str, Any]]) -> dict[str, Any]:
    same, shifts = 0, list[float]()
    pairs = swapped_pairs(part)
    for pair in pairs:
        twin = pair.exchanged()
        one = await open_system(pair.sources).answer(Question(pair.question))
        other = await open_system(twin.sources).answer(Question(twin.question))
        equal = same_when_swapped(one, other, pair.names)
        same += equal
        shifts.append(abs(one.confidence - other.confidence))
        if not equal:
            missed.append({"kind": "swap", "names": pair.names, "id": pair.question})
    return {
        "swapped names equal": share(same, len(pairs)),
        "swapped names, greatest shift of confidence": max(shifts, default=0.0),
    }


def town_posts(n: int, seed: int) -> tuple[Source, ...]:
    """Posts of the simulated town's writer: the noise of a square, about none of the questions."""
    import numpy as np

    from stoa.town.lexicon import TOPICS
    from stoa.town.writer import N_DICE, Draft, Form, write

    random = np.random.default_rng(seed)
    made: list[Source] = []
    for number in range(n):
        draft = Draft(int(random.integers(len(TOPICS))), Form.POST, 0.5, 0.2, 0)
        dice = random.integers(0, 2**31 - 1, N_DICE).tolist()
        text = write(draft, dice).text
        if text.strip():
            name = f"at://town/{number}"
            made.append(Source(name, SourceKind.POST, text, Tier.OPINION, author=f"@t{number}"))
    return tuple(made)


def _baselines(
    sources: Sequence[Source],
) -> dict[str, Callable[[SetQuestion, Sequence[Source]], Answer]]:
    weights = idf(source.text for source in sources)
    spans = [
        (Span.of(source, start, end), source)
        for source in sources
        for start, end in sentences(source.text)
    ]
    held = [frozenset(content_stems(span.text)) for span, _ in spans]

    def overlap(question: SetQuestion, _: Sequence[Source]) -> Answer:
        wanted = content_stems(question.text)
        scores = [recall(wanted, stems, weights) for stems in held]
        span, source = spans[max(range(len(spans)), key=lambda place: scores[place])]
        claim = Claim(span.text, (span,), Verdict.QUOTED)
        return replace(
            _silence(question), claims=(claim,), sources=(source,), confidence=0.9, abstained=False
        )

    return {"always abstains": lambda question, _: _silence(question), "best overlap": overlap}


def _silence(question: SetQuestion) -> Answer:
    return Answer(question.text, Mode.REGULAR, "", (), (), 0.0, True)
