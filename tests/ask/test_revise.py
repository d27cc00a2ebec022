from hypothesis import given
from hypothesis import strategies as st

from stoa.ask.checking import CheckedSentence, Checker
from stoa.ask.model_draft import DraftSentence
from stoa.ask.revise import Reviser, supported_share
from stoa.ask.showing import spans_of
from stoa.ask_records import Claim, Source, SourceKind, Tier, Verdict
from stoa.grounding.verdicts import STANDS

SOURCE = Source(
    "document:mill#1",
    SourceKind.DOCUMENT,
    "The mill of Lunby opened in 1911. Ada Roth ran the mill until 1920. It has three floors.",
    Tier.RECORD,
)
SPANS = spans_of(SOURCE)
SOURCES = {SOURCE.id: SOURCE}


class Judge:
    """Finds likely what shares three words with its evidence."""

    class One:
        def __init__(self, likely: bool) -> None:
            self.probability = 0.9 if likely else 0.1
            self.supported = likely
            self.contradiction = 0.0
            self.verdict = Verdict.LIKELY if likely else Verdict.NOT_FOUND
            self.because = ()

    def judge(self, claims, evidence):
        return [
            self.One(len(set(claim.split()) & set(" ".join(told).split())) >= 3)
            for claim, told in zip(claims, evidence, strict=True)
        ]


def reviser(check, rounds: int = 3) -> Reviser:
    return Reviser(check, SPANS, SOURCES, lambda _: (), lambda text, _: f"x says: {text}", rounds)


sentences = st.lists(
    st.builds(
        DraftSentence,
        st.sampled_from(
            [
                "The mill of Lunby opened in 1911.",
                "The mill of Lunby opened in 1912.",
                "The mill of Lunby opened in 1911 and closed in 1999.",
                "The mill of Lunby never opened.",
                "Ada Roth ran the mill until 1920.",
                "Karl Benn ran the mill until 1920.",
                "The mill has three floors.",
                "Thank you for asking!",
                "Zebras sing at night.",
            ]
        ),
        st.lists(st.sampled_from(SPANS), max_size=2).map(tuple),
    ),
    max_size=6,
)


@given(sentences)
def test_no_round_lowers_the_supported_share_and_all_that_is_left_stands(draft):
    revised = reviser(Checker(SOURCES, Judge()).check).revise(draft)
    assert list(revised.shares) == sorted(revised.shares)
    assert revised.n_rounds <= 3
    assert all(claim.verdict in STANDS for claim in revised.claims)
    texts = [claim.text for claim in revised.claims]
    assert len(texts) == len(set(texts))
    assert all(span.holds_in(SOURCE) for claim in revised.claims for span in claim.cites)


@given(sentences, st.randoms(use_true_random=False))
def test_a_judge_that_changes_its_mind_lowers_no_share_either(draft, chance):
    def check(taken):
        return [
            CheckedSentence(
                each,
                (Claim(each.text, SPANS[:1], chance.choice(list(Verdict))),),
                ((),),
            )
            for each in taken
        ]

    revised = reviser(check).revise(draft)
    assert list(revised.shares) == sorted(revised.shares)
    assert all(claim.verdict in STANDS for claim in revised.claims)


@given(sentences)
def test_a_draft_that_stands_is_left_as_it_is(draft):
    checked = Checker(SOURCES, Judge()).check(draft)
    if all(each.stands for each in checked):
        revised = reviser(Checker(SOURCES, Judge()).check).revise(draft)
        assert revised.n_rounds == 0
        assert revised.changes == ()
        assert {claim.text for claim in revised.claims} == {each.text for each in draft}
        assert supported_share(checked) == 1


def test_a_sentence_without_citations_is_cited_or_quoted_never_trusted():
    revised = reviser(Checker(SOURCES, Judge()).check).revise(
        [DraftSentence("The mill of Lunby opened in 1911.", ())]
    )
    assert [claim.text for claim in revised.claims] == ["The mill of Lunby opened in 1911."]
    assert revised.claims[0].cites == (SPANS[0],)


def test_what_does_not_stand_gives_way_to_its_sources_own_words():
    revised = reviser(Checker(SOURCES, Judge()).check).revise(
        [DraftSentence("The mill of Lunby opened in 1912.", SPANS[:1])]
    )
    assert [claim.verdict for claim in revised.claims] == [Verdict.QUOTED]
    assert revised.claims[0].text == "The mill of Lunby opened in 1911."
    assert revised.changes[-1].why.startswith("amount")
