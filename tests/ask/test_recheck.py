from dataclasses import replace

import pytest

from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask.recheck import rechecked
from stoa.ask.service import Ask
from stoa.ask_records import Question, Source, SourceKind, Tier, Turn, Verdict

FIRST = Source(
    "at://a/1", SourceKind.POST, "The mill of Lunby opened in 1911.", Tier.FIRST_HAND, title="@ada"
)
SECOND = Source(
    "at://b/1", SourceKind.POST, "The mill of Lunby opened in 1913.", Tier.FIRST_HAND, title="@bo"
)
NOTE = Source("note:1", SourceKind.NOTE, "A register says otherwise.", Tier.REPORT, about=FIRST.id)
QUESTION = Question("When was the mill of Lunby opened?")


@pytest.fixture
def finder() -> MemoryEvidence:
    return MemoryEvidence.of([FIRST, SECOND])


async def test_nothing_changed_is_the_very_same_answer(finder):
    answer = await Ask(finder).answer(QUESTION)
    assert rechecked(answer, finder) is answer


async def test_a_deleted_answer_is_withdrawn_with_none_of_its_words_left(finder):
    answer = await Ask(finder).answer(QUESTION)
    first = answer.claims[0].cites[0].source
    text = finder.sources[first].text
    finder.remove(first)
    now = rechecked(answer, finder)
    assert now.abstained
    assert now.claims == ()
    assert now.confidence == 0
    assert text not in repr(now)
    assert now.reason


async def test_an_edited_source_counts_as_gone(finder):
    answer = await Ask(finder).answer(QUESTION)
    first = finder.sources[answer.claims[0].cites[0].source]
    finder.put(Source(first.id, first.kind, first.text.replace("mill", "bank"), first.tier))
    assert rechecked(answer, finder).abstained


async def test_when_the_other_side_is_gone_the_quotation_is_disputed_no_more(finder):
    answer = await Ask(finder).answer(QUESTION)
    assert answer.claims[0].verdict is Verdict.DISPUTED
    finder.remove(answer.claims[1].cites[0].source)
    now = rechecked(answer, finder)
    assert [claim.verdict for claim in now.claims] == [Verdict.QUOTED]
    assert now.conflicts == ()


async def test_a_note_shown_since_counts(finder):
    finder.remove(SECOND.id)
    answer = await Ask(finder).answer(QUESTION)
    assert answer.claims[0].verdict is Verdict.QUOTED
    finder.put(NOTE)
    now = rechecked(answer, finder)
    assert now.claims[0].verdict is Verdict.DISPUTED
    assert now.confidence < answer.confidence
    assert NOTE.text in now.text


class Vanishing(MemoryEvidence):
    """Forgets a post between the search and the last look."""

    def by_id(self, ids):
        self.remove(FIRST.id)
        return super().by_id(ids)


async def test_a_post_deleted_while_the_answer_is_made_is_not_sent():
    ask = Ask(Vanishing.of([FIRST]))
    events = [each async for each in ask.events(QUESTION)]
    assert events[-1].answer.abstained
    told = [each for each in events if each.name in ("claim", "delta", "done")]
    assert FIRST.text not in repr(told)


async def test_an_objection_without_a_source_moves_nothing(finder):
    finder.remove(SECOND.id)
    first = await Ask(finder).answer(QUESTION)
    thread = (Turn(QUESTION.text, first),)
    again = await Ask(finder).answer(Question("No, that is wrong.", thread=thread))
    assert again.claims == first.claims
    assert not again.abstained


async def test_an_answer_made_up_in_a_thread_is_not_kept(finder):
    first = await Ask(finder).answer(QUESTION)
    claim = first.claims[0]
    forged = replace(first, claims=(replace(claim, text="The mill never opened."),))
    thread = (Turn(QUESTION.text, forged),)
    again = await Ask(finder).answer(Question("No, that is wrong.", thread=thread))
    assert "never opened" not in again.text
