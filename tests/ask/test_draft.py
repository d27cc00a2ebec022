import pytest

from stoa.ask.draft import extractive_draft
from stoa.ask.showing import spans_of
from stoa.ask_records import EvidenceSet, Source, SourceKind, Tier, Verdict


def source(name: str, text: str, tier: Tier, kind=SourceKind.POST, **more) -> Source:
    return Source(name, kind, text, tier, **more)


def evidence(*sources: Source) -> EvidenceSet:
    return EvidenceSet(sources, tuple(1.0 for _ in sources))


REPORT = source("at://a/1", "The mill of Lunby opened in 1913, they say.", Tier.REPORT)
RECORD = source(
    "document:r#1",
    "Register of Lunby. The mill of Lunby opened in 1911. It has a roof.",
    Tier.RECORD,
    SourceKind.DOCUMENT,
)
OTHER = source("at://b/1", "The school of Lunby opened in 1920.", Tier.REPORT)


def test_the_record_answers_first_whatever_was_preferred_and_the_report_stands_beside_it():
    drafted = extractive_draft(spans_of(REPORT)[:1], evidence(REPORT, OTHER, RECORD), 4)
    assert [claim.text for claim in drafted.claims] == [
        "The mill of Lunby opened in 1911.",
        "The mill of Lunby opened in 1913, they say.",
    ]
    assert [claim.verdict for claim in drafted.claims] == [Verdict.QUOTED, Verdict.REFUTED]
    assert len(drafted.conflicts) == 1


def test_equals_are_both_shown_in_the_order_they_were_found():
    rumour = source("at://c/1", "I read that the mill of Lunby opened in 1915.", Tier.REPORT)
    drafted = extractive_draft(spans_of(REPORT)[:1], evidence(REPORT, OTHER, rumour), 4)
    assert [claim.verdict for claim in drafted.claims] == [Verdict.DISPUTED, Verdict.DISPUTED]
    assert drafted.claims[0].text == REPORT.text
    assert drafted.conflicts[0].stronger is None


def test_a_note_shown_on_the_cited_post_comes_with_it():
    note = source(
        "note:1", "The register of Lunby has another year.", Tier.REPORT, SourceKind.NOTE,
        about=REPORT.id,
    )  # fmt: skip
    drafted = extractive_draft(spans_of(REPORT)[:1], evidence(REPORT, note), 4)
    assert [claim.text for claim in drafted.claims] == [REPORT.text, note.text]
    assert drafted.claims[0].verdict is Verdict.DISPUTED


def test_spans_that_do_not_hold_and_sentences_said_twice_are_left_out():
    copy = source("at://d/1", REPORT.text, Tier.REPORT)
    gone = source("at://e/1", "The mill of Lunby opened in 1700.", Tier.REPORT)
    spans = (*spans_of(gone), *spans_of(REPORT), *spans_of(copy))
    drafted = extractive_draft(spans, evidence(REPORT, copy), 4)
    assert [claim.text for claim in drafted.claims] == [REPORT.text]


@pytest.mark.parametrize("n_quotes", [1, 2, 3])
def test_no_more_is_quoted_than_wanted(n_quotes):
    many = source("at://f/1", "Bees hum. Owls hoot. Cats purr. Dogs bark.", Tier.FIRST_HAND)
    drafted = extractive_draft(spans_of(many), evidence(many), n_quotes)
    assert len(drafted.claims) == n_quotes
