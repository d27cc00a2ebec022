"""Kept answers hold nobody's words, and are told from the sources as they stand."""

import json
from dataclasses import replace

import pytest

from stoa.app.kept_questions import KEPT_DAYS, asked_before, keep_question, packed, unpacked
from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask.service import Ask
from stoa.ask_records import Question, Source, SourceKind, Tier
from stoa.records import DAY_US
from stoa.store import MemoryStore

MILL = Source(
    "at://a/1", SourceKind.POST, "The mill of Hallow was built in 1811 by Ada Reed.", Tier.OPINION,
    author="did:a", title="Ada",
)  # fmt: skip
OTHER = Source(
    "at://b/1", SourceKind.POST, "The mill of Hallow was built of oak and slate.", Tier.OPINION,
    author="did:b", title="Bo",
)  # fmt: skip
QUESTION = Question("When was the mill of Hallow built?")


@pytest.fixture
def finder():
    return MemoryEvidence.of([MILL, OTHER])


@pytest.fixture
async def answer(finder):
    answer = await Ask(finder).answer(QUESTION)
    assert not answer.abstained
    assert answer.claims[0].text == MILL.text
    return answer


def test_nothing_of_a_source_is_kept(answer):
    kept = packed(answer)
    assert "mill" not in kept
    assert "Ada" not in kept
    assert json.loads(kept)["claims"][0]["cites"][0]["sha256"] == answer.claims[0].cites[0].digest


def test_an_answer_comes_back_as_it_was(answer, finder):
    again = unpacked(packed(answer), QUESTION.text, finder)
    assert [claim.text for claim in again.claims] == [claim.text for claim in answer.claims]
    assert again.confidence == answer.confidence
    assert MILL.text in again.text


def test_an_answer_whose_source_is_gone_is_withdrawn(answer, finder):
    kept = packed(answer)
    finder.remove(MILL.id)
    again = unpacked(kept, QUESTION.text, finder)
    assert (again.abstained, again.claims, again.confidence) == (True, (), 0.0)
    assert "1811" not in again.text
    assert "gone" in again.reason


def test_an_edited_source_is_not_told_as_what_was_cited(answer, finder):
    kept = packed(answer)
    finder.put(replace(MILL, text="The mill of Hallow was built in 1911 by Ada Reed."))
    again = unpacked(kept, QUESTION.text, finder)
    assert again.abstained
    assert "1911" not in again.text


async def test_an_abstention_is_kept_too(finder):
    answer = await Ask(MemoryEvidence.of([])).answer(Question("Who owned the ferry?"))
    assert unpacked(packed(answer), answer.question, finder).abstained


def test_questions_older_than_thirty_days_are_gone(answer, finder):
    log = MemoryStore().questions
    keep_question(log, 1, answer, DAY_US)
    keep_question(log, 1, answer, (KEPT_DAYS + 2) * DAY_US)
    assert len(log.of(1, 10)) == 1
    assert len(asked_before(log, finder, 1, (KEPT_DAYS + 2) * DAY_US)) == 1
    assert asked_before(log, finder, 1, (2 * KEPT_DAYS + 3) * DAY_US) == []
