from stoa.ask.doubt_words import DOUBT_WORDS
from stoa.ask.events import DoneEvent, MetaEvent, SourcesEvent
from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask.service import Ask
from stoa.ask_records import Question, Source, SourceKind, Tier, Verdict

LIBRARY = Source(
    "at://a/1",
    SourceKind.POST,
    "The library opened in 1911. It was closed for two years after the flood.",
    Tier.FIRST_HAND,
    author="did:a",
    title="ada",
)
BRIDGE = Source(
    "at://b/1", SourceKind.POST, "The bridge has three arches.", Tier.OPINION, author="did:b"
)


async def test_an_answer_is_quotations_that_hold_in_their_sources():
    ask = Ask(MemoryEvidence.of([LIBRARY, BRIDGE]))
    answer = await ask.answer(Question("When was the library opened?"))
    assert not answer.abstained
    assert answer.claims[0].text == "The library opened in 1911."
    assert all(claim.verdict is Verdict.QUOTED for claim in answer.claims)
    assert all(span.holds_in(LIBRARY) for claim in answer.claims for span in claim.cites)
    assert answer.sources == (LIBRARY,)


async def test_no_evidence_is_an_abstention_that_says_what_would_settle_it():
    answer = await Ask(MemoryEvidence.of([])).answer(Question("Who built the mill?"))
    assert answer.abstained
    assert answer.claims == ()
    assert answer.reason
    assert answer.would_settle


async def test_why_and_what_would_settle_it_are_said_in_the_language_of_the_question():
    answer = await Ask(MemoryEvidence.of([])).answer(Question("Wann wurde die Mühle gebaut?"))
    assert answer.reason == DOUBT_WORDS["de"].nothing_found
    assert answer.would_settle == DOUBT_WORDS["de"].settle_time
    assert answer.would_settle in answer.text


async def test_a_private_question_is_settled_by_nothing():
    answer = await Ask(MemoryEvidence.of([LIBRARY])).answer(
        Question("What is the home address of Ada?")
    )
    assert answer.abstained
    assert answer.would_settle == ""


async def test_sources_come_before_any_text_and_done_comes_last():
    ask = Ask(MemoryEvidence.of([LIBRARY]))
    events = [each async for each in ask.events(Question("When was the library opened?"))]
    assert isinstance(events[0], MetaEvent)
    assert isinstance(events[1], SourcesEvent)
    assert isinstance(events[-1], DoneEvent)
