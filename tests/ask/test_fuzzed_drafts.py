import os
import random
import re

import pytest
from tests.ask.fuzzed_drafts import LIES, fuzzed
from tests.ask.models import SaidModel

from stoa.artifacts.verifier import read_verifier
from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask.service import Ask
from stoa.ask_records import Answer, Question, Source, SourceKind, Tier, Verdict
from stoa.grounding.hard_checks import hard_checks
from stoa.grounding.verdicts import SHOWN
from stoa.grounding.verifier import Verifier

SOURCES = [
    Source(
        "document:register#1",
        SourceKind.DOCUMENT,
        "The town library was opened on 3 May 1911 by Ada Roth. It holds 12,400 books.",
        Tier.RECORD,
        title="Town register",
    ),
    Source(
        "at://did:b/1",
        SourceKind.POST,
        "Library day! Börje reads to the children at 4 o'clock — every Friday. 图书馆很大。",
        Tier.FIRST_HAND,
        author="did:b",
        title="@bo",
    ),
    Source(
        "note:7",
        SourceKind.NOTE,
        "The reading is on Thursdays, as the library's calendar shows.",
        Tier.REPORT,
        about="at://did:b/1",
    ),
]
QUESTION = Question("When was the town library opened?")
SENTENCES = [
    "The town library was opened on 3 May 1911 by Ada Roth.",
    "It holds 12,400 books.",
    "Börje reads to the children at 4 o'clock — every Friday.",
    "The reading is on Thursdays, as the library's calendar shows.",
    "Ada Roth opened the town library in 1911.",
]
IDS = ["s1.1", "s1.2", "s2.1", "s2.2", "s2.3", "s3.1"]


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(read_verifier())


def check(answer: Answer) -> None:
    """What holds for every answer, whatever a model said."""
    sources = {source.id: source for source in SOURCES}
    shown = {source.id for source in answer.sources}
    for claim in answer.claims:
        assert claim.cites
        assert claim.verdict in SHOWN
        for span in claim.cites:
            assert span.source in shown
            whole = sources[span.source].text.encode()
            assert whole[span.start : span.end] == span.text.encode()
        if claim.verdict is Verdict.QUOTED:
            assert any(claim.text == span.text for span in claim.cites)
        elif not any(claim.text == span.text for span in claim.cites):
            text = re.sub(r"^\S+ says: ", "", claim.text)
            assert hard_checks(text, claim.cites, sources) == ()
        assert claim.text in answer.text
    marks = [int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)]
    assert all(1 <= mark <= len(answer.sources) for mark in marks)
    for lie in LIES:
        assert lie not in answer.text


async def run(n: int, seed: int, verifier: Verifier) -> None:
    chance = random.Random(seed)
    ask = Ask(MemoryEvidence.of(SOURCES), verifier)
    for _ in range(n):
        said = fuzzed(chance, SENTENCES, IDS)
        asking = Ask(ask.finder, verifier, model=SaidModel(said, size=4096))
        check(await asking.answer(QUESTION))


async def test_whatever_a_model_says_each_claim_cites_bytes_that_stand(verifier):
    await run(150, 0, verifier)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_thousands_of_fuzzed_drafts_leave_no_dangling_citation(verifier):
    await run(int(os.environ.get("STOA_FUZZED_DRAFTS", "2000")), 1, verifier)
