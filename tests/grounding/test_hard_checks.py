import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask_records import Source, SourceKind, Span, Tier
from stoa.grounding.hard_checks import Check, hard_checks

TEXT = (
    "The mill at Orrin Ford was built in 1784 by Thomas Arkley. "
    "Its wheel measures 5.2 metres across and was replaced twice, in 1831 and in 1902. "
    "The museum does not charge for entry. "
    "In 1961 the county bought the building for 3,400 pounds. "
    "The roof may be replaced. "
    "Of 40 visitors 30 came by boat."
)
SOURCE = Source(
    "document:mill#1", SourceKind.DOCUMENT, TEXT, Tier.RECORD, title="Register", author="Lunby"
)
SHOWN = {SOURCE.id: SOURCE}


def span(words: str) -> Span:
    start = TEXT.encode().index(words.encode())
    end = TEXT.encode().index(b".", start + len(words.encode()) - 1) + 1
    return Span.of(SOURCE, start, end)


WHOLE = Span.of(SOURCE, 0, len(TEXT.encode()))


def failed(claim: str, *cites: Span, lang: str = "en") -> set[Check]:
    return {each.check for each in hard_checks(claim, cites or (WHOLE,), SHOWN, lang)}


@pytest.mark.parametrize(
    "claim",
    [
        "Thomas Arkley built the mill at Orrin Ford in 1784.",
        "The wheel is 5.2 metres across.",
        "The wheel is 520 cm across.",
        "The wheel is about 5 metres across.",
        "Entry is not charged for by the museum.",
        "In 1961 the county paid 3,400 pounds for the building.",
        "The roof may be replaced.",
        "75 % of the visitors came by boat.",
        "The wheel was replaced in 1831 and again 71 years later, in 1902.",
        "According to the register, the mill was built in 1784.",
    ],
)
def test_true_claims_pass(claim):
    assert failed(claim) == set()


@pytest.mark.parametrize(
    ("claim", "check"),
    [
        ("The mill at Orrin Ford was built in 1785 by Thomas Arkley.", Check.AMOUNT),
        ("The mill at Orrin Ford was built in 1902 by Thomas Arkley.", Check.AMOUNT),
        ("The wheel measures 5.3 metres across.", Check.AMOUNT),
        ("The wheel measures 5.2 feet across.", Check.AMOUNT),
        ("The county bought the building for 3,400 euros.", Check.AMOUNT),
        ("The mill at Orrin Ford was built in 1784 by Karl Benn.", Check.NAME),
        ("Benn built the mill at Orrin Ford in 1784.", Check.NAME),
        ("The museum does charge for entry.", Check.POLARITY),
        ("The mill at Orrin Ford was not built in 1784.", Check.POLARITY),
        ("The roof will be replaced.", Check.STRENGTH),
        ("All visitors came by boat.", Check.STRENGTH),
        ("@karl says the mill was built in 1784.", Check.SPEAKER),
        ("According to the bishop, the mill was built in 1784.", Check.SPEAKER),
    ],
)
def test_each_kind_of_error_fails_its_check(claim, check):
    assert check in failed(claim)


def test_a_citation_must_have_been_shown_and_its_bytes_must_stand():
    other = Source("document:x#1", SourceKind.DOCUMENT, TEXT, Tier.RECORD)
    assert failed("The mill was built in 1784.", Span.of(other, 0, 20)) == {Check.CITATION}
    edited = Source(SOURCE.id, SOURCE.kind, TEXT.replace("1784", "1785"), SOURCE.tier)
    found = hard_checks("The mill was built in 1784.", (WHOLE,), {SOURCE.id: edited})
    assert [each.check for each in found] == [Check.QUOTE]
    assert [each.check for each in hard_checks("It was built.", (), SHOWN)] == [Check.CITATION]


def test_a_span_whose_text_was_made_up_is_no_quotation():
    real = span("The museum")
    forged = Span(real.source, real.start, real.end, "The museum is free.", real.digest)
    assert failed("The museum is free.", forged) == {Check.QUOTE}


@given(st.integers(0, 9999))
def test_a_number_that_is_not_there_never_passes(number):
    claim = f"The county bought the building for {number} pounds."
    assert (failed(claim, span("In 1961")) == set()) == (number == 3400)


@given(st.text(max_size=80))
def test_no_text_breaks_the_checks(text):
    hard_checks(text, (WHOLE,), SHOWN)


@pytest.mark.parametrize(
    ("lang", "told", "claim"),
    [
        ("de", "Die Mühle ist geöffnet.", "Die Mühle ist nicht geöffnet."),
        ("es", "El molino está abierto.", "El molino no está abierto."),
        ("ru", "Мельница открыта сегодня.", "Мельница не открыта сегодня."),
        ("tr", "Değirmen bugün açık.", "Değirmen bugün açık değil."),
        ("zh", "磨坊今天开放。", "磨坊今天不开放。"),
        ("vi", "Cối xay mở cửa hôm nay.", "Cối xay không mở cửa hôm nay."),
    ],
)
def test_negation_is_seen_in_other_languages(lang, told, claim):
    source = Source("at://a/1", SourceKind.POST, told, Tier.OPINION)
    whole = Span.of(source, 0, len(told.encode()))
    found = hard_checks(claim, (whole,), {source.id: source}, lang)
    assert Check.POLARITY in {each.check for each in found}
