"""The question study over systems whose answers are known: one that has the key, one that lies."""

import asyncio
from dataclasses import replace

import pytest

from stoa.ask_records import (
    Answer,
    Claim,
    Conflict,
    Correction,
    Mode,
    Sense,
    Span,
    Verdict,
)
from stoa.evaluation.question_dialogues import corrections
from stoa.evaluation.question_set import Kind, load
from stoa.evaluation.question_study import (
    QuestionStudyConfig,
    figures,
    share,
    study_questions,
    town_posts,
)

PART = load("dev")
ASKED = {question.text: question for question in PART.questions}
MEANT = {dialogue.says + dialogue.question.text: dialogue for dialogue in corrections(PART)}
NOTHING = Answer("", Mode.REGULAR, "", (), (), 0.0, True)


class Keyed:
    """Answers from the key of the set."""

    def __init__(self, sources):
        self.by_id = {source.id: source for source in sources}

    async def answer(self, question):
        if question.thread:
            return self._again(question)
        asked = ASKED.get(question.text)
        if asked is None or asked.kind is Kind.UNANSWERABLE:
            return replace(NOTHING, mode=question.mode)
        claims = tuple(self.says(side) for side in asked.sides)
        sources = tuple(self.by_id[claim.cites[0].source] for claim in claims)
        made = Answer(question.text, question.mode, "Said.", claims, sources, 0.9, False)
        if asked.kind is Kind.CONFLICTING:
            return replace(made, conflicts=(Conflict(claims, None, ""),), confidence=0.6)
        if asked.kind is Kind.PRIMARY:
            return replace(made, conflicts=(Conflict(claims, 0, ""),))
        if asked.kind is Kind.AMBIGUOUS:
            senses = tuple(Sense(side.called, side.sources, 0.5) for side in asked.sides)
            return replace(made, senses=senses, confidence=0.6)
        return made

    def _again(self, question):
        before = question.thread[-1].answer
        dialogue = MEANT.get(question.text + question.thread[-1].question)
        if dialogue is None:
            return before
        wanted = self.says(dialogue.question.sides[dialogue.meant])
        gone = tuple(claim for claim in before.claims if claim != wanted)
        return replace(
            before, claims=(wanted,), withdrawn=gone, confidence=0.9, correction=Correction()
        )

    def says(self, side):
        source = self.by_id[side.sources[0]]
        return Claim(
            source.text, (Span.of(source, 0, len(source.text.encode())),), Verdict.QUOTED, 1.0
        )


class Liar(Keyed):
    """Says surely, of everything, the first text of the set."""

    async def answer(self, question):
        source = next(iter(self.by_id.values()))
        span = Span.of(source, 0, len(source.text.encode()))
        claim = Claim(source.text, (span,), Verdict.QUOTED, 1.0)
        return Answer(question.text, question.mode, "", (claim,), (source,), 1.0, False)


def study(system, **config):
    return asyncio.run(
        study_questions(system, QuestionStudyConfig(n_noise=0, **config), lambda _: None)
    )


@pytest.fixture(scope="module")
def keyed():
    return study(Keyed)


def test_whoever_has_the_key_reaches_every_goal(keyed):
    system = keyed["system"]
    assert system["wrong when sure"]["value"] == 0
    assert system["coverage"]["value"] == 1
    for kind in {question.kind for question in PART.questions}:
        assert system[f"{kind} right"]["value"] == 1, kind
    for name in ("corrections right", "stood firm under pushback", "modes equal"):
        assert system[name]["value"] == 1, name
    assert system["swapped names equal"]["n"] == 100
    assert keyed["misses"] == []


def test_the_baselines_stand_beside_it(keyed):
    silent, overlap = (keyed["baselines"][each] for each in ("always abstains", "best overlap"))
    assert silent["coverage"]["value"] == 0
    assert silent["unanswerable right"]["value"] == 1
    assert silent["wrong when sure"]["value"] is None
    assert overlap["coverage"]["value"] == 1
    assert overlap["unanswerable right"]["value"] == 0


def test_a_sure_liar_is_found_out():
    found = study(Liar, pairs=False)
    assert found["system"]["wrong when sure"]["value"] > 0.95
    assert len(found["misses"]) > 0.95 * found["questions"]


def test_figures_of_no_answers_have_no_shares():
    assert figures((), ())["wrong when sure"]["value"] is None


def test_an_interval_holds_its_share_and_stays_within_bounds():
    for hits, n in ((0, 10), (10, 10), (5, 10), (1, 1000)):
        found = share(hits, n)
        assert 0 <= found["low"] <= found["value"] <= found["high"] <= 1


def test_the_noise_is_the_same_for_a_seed():
    assert town_posts(5, 1) == town_posts(5, 1) != town_posts(5, 2)
