import pytest

from stoa.ask_records import Claim, Source, SourceKind, Span, Tier, Verdict
from stoa.grounding.conflicts import Difference, clash_of, conflicts_between, with_conflicts
from stoa.grounding.tiers import outranks, roots


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ("The mill opened in 1911.", "The old mill opened in 1913.", Difference.DATE),
        ("The weir is 3 metres high.", "The weir of Hallow is 5 metres high.", Difference.AMOUNT),
        ("The bridge is open today.", "The bridge is not open today.", Difference.POLARITY),
        ("The council voted 11 to 6.", "The council voted 9 to 8.", Difference.AMOUNT),
    ],
)
def test_two_statements_of_one_thing_clash_both_ways_round(one, other, difference):
    assert clash_of(one, other).difference is difference
    assert clash_of(other, one).difference is difference


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The mill opened in 1911.", "The school opened in 1913."),
        ("The Oak library opened in 1911.", "The Elm library opened in 1913."),
        ("The mill opened in 1911.", "The mill opened on 3 May 1911."),
        ("The mill has 12 workers.", "The mill has 3 floors."),
        ("It rained.", "It rained on 5 days."),
        ("The mill opened in 1911.", "The mill opened in 1911."),
    ],
)
def test_other_things_and_other_exactness_do_not_clash(one, other):
    assert clash_of(one, other) is None


def source(name: str, text: str, tier: Tier, **more) -> Source:
    return Source(name, more.pop("kind", SourceKind.POST), text, tier, **more)


def quote(one: Source) -> Claim:
    return Claim(one.text, (Span.of(one, 0, len(one.text.encode())),), Verdict.QUOTED, 1.0)


def judged(*sources: Source):
    claims = [quote(each) for each in sources]
    by_id = {each.id: each for each in sources}
    return with_conflicts(claims, conflicts_between(claims, by_id), by_id)


RECORD = source("document:r#1", "The mill opened in 1911.", Tier.RECORD, kind=SourceKind.DOCUMENT)
PAPER = source("document:p#1", "The mill opened in 1912.", Tier.DATASET, kind=SourceKind.DOCUMENT)
REPORT = source("at://a/1", "The old mill opened in 1913.", Tier.REPORT)
RUMOUR = source("at://b/1", "The old mill opened in 1915.", Tier.REPORT)


def test_a_record_refutes_a_report_and_both_are_shown():
    claims, conflicts = judged(REPORT, RECORD)
    assert [claim.verdict for claim in claims] == [Verdict.REFUTED, Verdict.QUOTED]
    assert conflicts[0].claims == claims
    assert conflicts[0].stronger == 1


def test_anything_else_that_outranks_only_disputes():
    claims, _ = judged(REPORT, PAPER)
    assert [claim.verdict for claim in claims] == [Verdict.DISPUTED, Verdict.QUOTED]


def test_equals_dispute_each_other_and_none_is_the_stronger():
    claims, conflicts = judged(REPORT, RUMOUR)
    assert {claim.verdict for claim in claims} == {Verdict.DISPUTED}
    assert conflicts[0].stronger is None


def test_a_lower_tier_never_lowers_a_higher_one():
    tiers = list(Tier)
    for high in tiers:
        for low in tiers:
            one = source("at://1", "The mill opened in 1911.", high)
            other = source("at://2", "The old mill opened in 1913.", low)
            claims, _ = judged(one, other)
            if outranks(one, other):
                assert claims[0].verdict is Verdict.QUOTED
                assert claims[1].verdict is not Verdict.QUOTED


def test_a_shown_note_disputes_its_post_and_no_other():
    note = source(
        "note:1", "The register gives another year.", Tier.REPORT, kind=SourceKind.NOTE,
        about=REPORT.id,
    )  # fmt: skip
    claims, conflicts = judged(REPORT, note)
    assert [claim.verdict for claim in claims] == [Verdict.DISPUTED, Verdict.QUOTED]
    assert conflicts
    claims, conflicts = judged(source("at://c/1", "The bells ring at noon.", Tier.OPINION), note)
    assert not conflicts


def test_a_note_that_says_the_same_disputes_nothing():
    note = source("note:1", REPORT.text, Tier.REPORT, kind=SourceKind.NOTE, about=REPORT.id)
    assert judged(REPORT, note)[1] == ()


def test_ten_copies_are_one_voice():
    copies = [source(f"at://c/{n}", "It rained.", Tier.OPINION, root="at://a/1") for n in range(9)]
    first = source("at://a/1", "It rained.", Tier.OPINION)
    assert len(roots([first, *copies])) == 1
