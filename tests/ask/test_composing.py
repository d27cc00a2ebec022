import pytest

from stoa.ask.answer_phrases import AnswerPhrases, languages, phrases
from stoa.ask.composing import noise_sentence, pieces
from stoa.ask.draft import extractive_draft
from stoa.ask.showing import spans_of
from stoa.ask_records import EvidenceSet, NoiseReport, Source, SourceKind, Tier

XQUAD = "ar de el en es hi ro ru th tr vi zh"


def test_the_twelve_languages_of_xquad_have_words_of_their_own():
    assert set(XQUAD.split()) <= set(languages())
    english = phrases("en")
    for lang in languages():
        frame = phrases(lang)
        for name in AnswerPhrases.__slots__:
            if name not in ("quote", "comma"):
                assert lang == "en" or getattr(frame, name) != getattr(english, name)
    assert phrases("sw") == english


@pytest.mark.parametrize("lang", XQUAD.split())
def test_every_frame_fills(lang):
    frame = phrases(lang)
    assert "9" in frame.copies.format(n=9)
    assert "@ada" in frame.says.format(who="@ada", what="x")
    assert "Zorn" in frame.followup.format(what="Zorn")
    noise = NoiseReport(n_found=412, n_used=6, n_copies=380, n_off_topic=21)
    assert all(number in noise_sentence(noise, lang) for number in ("412", "6", "380", "21"))


def test_nothing_left_out_needs_no_sentence():
    assert noise_sentence(NoiseReport(n_found=3, n_used=3), "en") == ""


def source(name: str, text: str, tier: Tier, kind: SourceKind = SourceKind.POST) -> Source:
    return Source(name, kind, text, tier)


def told(*sources: Source) -> str:
    spans = [span for each in sources for span in spans_of(each)]
    evidence = EvidenceSet(sources, tuple(1.0 for _ in sources))
    drafted = extractive_draft(spans, evidence, 6)
    out = pieces(drafted.claims, sources, drafted.conflicts, "en")
    claims = [piece.claim for piece in out if piece.claim is not None]
    assert set(claims) == set(range(len(drafted.claims)))
    return "".join(piece.text for piece in out)


def test_the_answer_comes_first_and_each_kind_of_source_under_its_heading():
    text = told(
        source("at://a/1", "Bees hum at noon.", Tier.OPINION),
        source("document:d#1", "The hive stands in Haddon.", Tier.RECORD, SourceKind.DOCUMENT),
        source("at://b/1", "Owls hoot at night.", Tier.OPINION),
    )
    assert text.startswith("“Bees hum at noon.” [1]")
    assert "What the records say:\n- “The hive stands in Haddon.” [2]" in text
    assert "What posts say:\n- “Owls hoot at night.” [3]" in text


def test_one_kind_of_source_needs_no_heading():
    text = told(source("at://a/1", "Bees hum at noon. Owls hoot at night.", Tier.OPINION))
    assert text == "“Bees hum at noon.” [1]\n- “Owls hoot at night.” [1]"


def test_both_sides_of_a_conflict_stand_together_and_the_stronger_is_named():
    text = told(
        source("at://a/1", "The mill of Lunby opened in 1913.", Tier.REPORT),
        source(
            "document:d#1", "The mill of Lunby opened in 1911.", Tier.RECORD, SourceKind.DOCUMENT
        ),
    )
    assert text.startswith("“The mill of Lunby opened in 1911.” [1]")
    assert "Where they disagree:" in text
    assert text.endswith("The stronger source is [1].")
