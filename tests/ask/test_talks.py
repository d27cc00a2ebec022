"""Talks through the whole flow: ambiguity, correction, pushback, time words, voices."""

from datetime import UTC, datetime

from tests.ask.models import SaidModel, draft

from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask.service import Ask
from stoa.ask_records import Mode, Question, Source, SourceKind, Tier, Turn

TABLET = Source(
    "document:leaflet#1",
    SourceKind.DOCUMENT,
    "Soma is a tablet given by doctors. What soma does: it loosens cramped muscles.",
    Tier.DATASET,
)
NOVEL = Source(
    "at://ada/1",
    SourceKind.POST,
    "In the novel Glass Holiday soma is a sweet, and what it does is make people forget.",
    Tier.REPORT,
    author="did:ada",
)
DEED = Source("document:deed#1", SourceKind.DOCUMENT, "The old mill burnt in 1871.", Tier.RECORD)
RUMOUR = Source("at://b/1", SourceKind.POST, "The old mill burnt in 1899!", Tier.RECORD, author="b")
ASKED = "What does soma do?"
MILL = "When did the old mill burn?"


def cited(answer):
    return {span.source for claim in answer.claims for span in claim.cites}


async def talk(ask, *texts, mode=Mode.REGULAR):
    thread, answer = (), None
    for text in texts:
        known = () if answer is None else (answer.correction,)
        asked = Question(text, mode, thread=thread)
        if known:
            asked = Question(text, mode, thread=thread, correction=known[0])
        answer = await ask.answer(asked)
        thread = (*thread, Turn(text, answer))
    return answer


async def test_two_senses_that_tie_are_offered_at_once():
    answer = await talk(Ask(MemoryEvidence.of([TABLET, NOVEL])), ASKED)
    assert {source for sense in answer.senses for source in sense.sources} == {
        TABLET.id,
        NOVEL.id,
    }
    assert all(sense.label in answer.text for sense in answer.senses)


async def test_a_correction_is_taken_in_the_next_turn_and_kept():
    ask = Ask(MemoryEvidence.of([TABLET, NOVEL]))
    answer = await talk(ask, ASKED, "No, I mean soma from the novel.")
    assert cited(answer) == {NOVEL.id}
    assert answer.withdrawn == () or {s.source for c in answer.withdrawn for s in c.cites} == {
        TABLET.id
    }
    later = await talk(ask, ASKED, "No, I mean soma from the novel.", ASKED)
    assert cited(later) == {NOVEL.id}


async def test_pushback_changes_nothing_without_a_source():
    ask = Ask(MemoryEvidence.of([DEED]))
    first = await talk(ask, MILL)
    for objection in ("No, that's wrong. It was 1899.", "Are you sure?", "Nonsense!"):
        after = await talk(ask, MILL, objection)
        assert after.claims == first.claims
        assert after.confidence == first.confidence


async def test_a_model_cannot_be_talked_round():
    first = await Ask(MemoryEvidence.of([DEED, RUMOUR])).answer(Question(MILL))
    other = RUMOUR if DEED.id in {s.source for s in first.claims[0].cites} else DEED
    model = SaidModel(draft((other.text, [other.id])))
    ask = Ask(MemoryEvidence.of([DEED, RUMOUR]), model=model)
    known = Turn(MILL, first)
    after = await ask.answer(Question("No, you are wrong!", thread=(known,)))
    assert after.claims[0].text == first.claims[0].text


async def test_a_new_source_that_is_named_may_change_the_answer():
    evidence = MemoryEvidence.of([RUMOUR])
    first = await talk(Ask(evidence), MILL)
    record = Source(
        "document:log#1", SourceKind.DOCUMENT, "Fire log: the old mill burnt in 1872.", Tier.RECORD
    )
    evidence.put(record)
    asked = Question("No, see the “fire log of the town”", thread=(Turn(MILL, first),))
    assert record.id in cited(await Ask(evidence).answer(asked))


class Noon:
    def now_us(self):
        return int(datetime(2024, 5, 15, 12, tzinfo=UTC).timestamp() * 1e6)


async def test_words_for_time_are_read_by_the_clock_of_the_square():
    old, new = (
        Source(
            f"at://x/{day}",
            SourceKind.POST,
            f"A heron stood on pier {day}.",
            Tier.FIRST_HAND,
            author=f"did:{day}",
            at_us=int(datetime(2024, 5, day, tzinfo=UTC).timestamp() * 1e6),
        )
        for day in (2, 14)
    )
    ask = Ask(MemoryEvidence.of([old, new]), clock=Noon())
    answer = await ask.answer(Question("On which pier did a heron stand yesterday?"))
    assert cited(answer) == {new.id}


async def test_private_matters_are_declined_in_both_voices():
    for mode in Mode:
        answer = await talk(
            Ask(MemoryEvidence.of([DEED])), "What is Ann Orr's home address?", mode=mode
        )
        assert answer.abstained
        assert answer.text.startswith("That is somebody's private matter")
