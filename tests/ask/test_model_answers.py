import pytest
from tests.ask.models import DyingModel, HangingModel, SaidModel, draft, shown_rows

from stoa.artifacts.verifier import read_verifier
from stoa.ask.events import ClaimEvent, DeltaEvent, DraftEvent, SourcesEvent
from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask.parts import AskConfig
from stoa.ask.service import Ask
from stoa.ask_records import Question, Source, SourceKind, Tier, Verdict
from stoa.errors import Unreachable
from stoa.grounding.verdicts import SHOWN
from stoa.grounding.verifier import Verifier

REGISTER = Source(
    "document:register#1",
    SourceKind.DOCUMENT,
    "The town library was opened on 3 May 1911 by Ada Roth. It holds 12,400 books. "
    "It was closed for two years after the flood of 1953.",
    Tier.RECORD,
    title="Town register",
)
POST = Source(
    "at://did:b/1",
    SourceKind.POST,
    "I heard the library has a ghost in the reading room. My uncle swears by it.",
    Tier.OPINION,
    author="did:b",
    title="@bo",
)
QUESTION = Question("When was the town library opened?")


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(read_verifier())


def asking(model, verifier, *, timeout_s: float = 5.0) -> Ask:
    finder = MemoryEvidence.of([REGISTER, POST])
    return Ask(finder, verifier, model=model, config=AskConfig(model_timeout_s=timeout_s))


def holds(answer) -> bool:
    sources = {each.id: each for each in (REGISTER, POST)}
    return all(
        claim.cites and all(span.holds_in(sources[span.source]) for span in claim.cites)
        for claim in answer.claims
    )


async def test_a_true_draft_is_told_in_its_own_words(verifier):
    said = draft(("The town library was opened on 3 May 1911.", ["s1.1"]))
    answer = await asking(SaidModel(said), verifier).answer(QUESTION)
    assert answer.claims[0].text == "The town library was opened on 3 May 1911."
    assert answer.claims[0].verdict is Verdict.LIKELY
    assert holds(answer)


@pytest.mark.parametrize(
    "wrong",
    [
        "The town library was opened on 3 May 1912.",
        "The town library was opened on 5 May 1911.",
        "The town library was not opened on 3 May 1911.",
        "The town library was opened by Karl Benn.",
        "The town library was opened in 1953.",
        "The town library holds 14,200 books.",
        "The town library was closed for three years after the flood of 1953.",
        "Every town library was opened on 3 May 1911.",
        "@bo says the library was opened on 3 May 1911.",
    ],
)
async def test_a_wrong_sentence_never_reaches_a_reader(verifier, wrong):
    said = draft((wrong, ["s1.1", "s1.2", "s1.3"]))
    answer = await asking(SaidModel(said), verifier).answer(QUESTION)
    assert wrong not in answer.text
    assert all(claim.text != wrong for claim in answer.claims)
    assert holds(answer)


async def test_a_half_true_sentence_is_narrowed_to_its_true_half(verifier):
    said = draft(("The town library was opened in 1911 and closed in 1960.", ["s1.1", "s1.3"]))
    answer = await asking(SaidModel(said), verifier).answer(QUESTION)
    assert "1960" not in answer.text
    assert "1911" in answer.text


async def test_what_rests_on_a_post_alone_is_attributed_to_its_author(verifier):
    model = SaidModel(
        lambda prompt: draft(
            (
                "The library has a ghost in the reading room.",
                [row["id"] for row in shown_rows(prompt) if "ghost" in row["text"]],
            )
        )
    )
    answer = await asking(model, verifier).answer(Question("Does the library have a ghost?"))
    ghost = [claim for claim in answer.claims if "ghost" in claim.text]
    assert ghost
    assert all(claim.verdict is not Verdict.ATTRIBUTED or "@bo" in claim.text for claim in ghost)
    assert all(claim.verdict in (Verdict.ATTRIBUTED, Verdict.QUOTED) for claim in ghost)


@pytest.mark.parametrize(
    "model",
    [
        DyingModel(Unreachable("gone")),
        DyingModel(RuntimeError("not one of ours")),
        SaidModel(""),
        SaidModel("I am sorry, I cannot do that."),
        SaidModel('{"sentences": "all of them"}'),
        SaidModel('{"sentences": [1, null, {"text": 3}, {"text": "x", "cites": "s1.1"}]}'),
        SaidModel("\ud800\udfff \x00 <script>alert(1)</script>" * 50),
        SaidModel("[" * 50_000),
        SaidModel(draft(("The library is made of cheese.", ["s99.1", "at://nobody"]))),
        SaidModel(
            draft(("Die Stadtbücherei wurde am 3. Mai 1911 von Ada Roth eröffnet.", ["s1.1"]))
        ),
    ],
    ids=lambda model: type(model).__name__,
)
async def test_a_model_that_breaks_leaves_an_answer_of_quotations(verifier, model):
    answer = await asking(model, verifier).answer(QUESTION)
    assert not answer.abstained
    assert "3 May 1911" in answer.claims[0].text
    assert all(claim.verdict in SHOWN for claim in answer.claims)
    assert holds(answer)


async def test_a_model_that_hangs_is_given_up(verifier):
    answer = await asking(HangingModel(), verifier, timeout_s=0.05).answer(QUESTION)
    assert "3 May 1911" in answer.claims[0].text


async def test_no_model_is_asked_when_nothing_was_found(verifier):
    model = SaidModel(draft(("The mill burned.", ["s1.1"])))
    answer = await asking(model, verifier).answer(Question("Zzyzx quux?"))
    assert answer.abstained
    assert model.asked == []


async def test_raw_words_travel_only_where_asked_for(verifier):
    said = draft(("The town library was opened on 9 June 1899.", ["s1.1"]))
    events = [each async for each in asking(SaidModel(said), verifier).events(QUESTION)]
    assert not any(isinstance(each, DraftEvent) for each in events)
    assert "1899" not in repr(events)
    raw = [each async for each in asking(SaidModel(said), verifier).events(QUESTION, draft=True)]
    assert "".join(each.text for each in raw if isinstance(each, DraftEvent)) == said
    first_text = next(i for i, e in enumerate(events) if isinstance(e, ClaimEvent | DeltaEvent))
    assert any(isinstance(each, SourcesEvent) for each in events[:first_text])


async def test_posts_are_data_in_the_users_role_between_marks(verifier):
    model = SaidModel(draft())
    await asking(model, verifier).answer(QUESTION)
    system, user = model.asked[0]
    assert system["role"] == "system"
    assert user["role"] == "user"
    assert "Ada Roth" not in system["content"]
    assert "Ada Roth" in user["content"]
