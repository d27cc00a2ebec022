import numpy as np

from stoa.ask_records import EvidenceSet, Source, SourceKind, Tier
from stoa.grounding.answer_words import WORD_COUNTS, word_counts
from stoa.grounding.question_match import match

HARBOUR = "The old harbour of Kelmouth was built by Ada Brant in 1887. Boats still leave from it."
TRAM = "The tram line to Orrin was extended in 2004. Ada Brant paid for the new line."


def counts(question: str, *texts: str) -> dict[str, float]:
    sources = tuple(
        Source(f"document:{at}", SourceKind.DOCUMENT, text, Tier.REPORT)
        for at, text in enumerate(texts)
    )
    found = word_counts(match(question, EvidenceSet(sources, (1.0,) * len(sources))), 0)
    assert np.isfinite(found).all()
    return dict(zip(WORD_COUNTS, found.tolist(), strict=True))


def test_a_word_that_is_said_is_there_and_not_lacking():
    found = counts("Who built the harbour of Kelmouth in 1887?", HARBOUR, TRAM)
    assert found["number_there"] == 1
    assert found["number_lacking"] == 0
    assert found["name_there"] == 1
    assert found["name_nowhere"] == 0


def test_a_word_that_only_another_source_has_is_elsewhere():
    found = counts("Who built the harbour of Orrin in 1999?", HARBOUR, TRAM)
    assert found["name_elsewhere"] == 1
    assert found["name_nowhere"] == 0
    assert found["number_nowhere"] == 1
    assert found["number_elsewhere"] == 0


def test_lacking_and_there_make_up_all_words_of_a_kind():
    one = counts("Who built the lighthouse of Kelmouth in 1887?", HARBOUR, TRAM)
    alone = counts("Who built the lighthouse of Kelmouth in 1887?", TRAM, HARBOUR)
    for kind in ("number", "name", "short", "middle", "long", "common"):
        total = one[f"{kind}_there"] + one[f"{kind}_lacking"]
        assert abs(total - alone[f"{kind}_there"] - alone[f"{kind}_lacking"]) < 1e-9


def test_runs_of_letters_lead_where_only_this_source_has_them():
    found = counts("Who built the harbour of Kelmouth?", HARBOUR, TRAM)
    assert found["runs_lead_long"] > 0
    assert counts("Who built the harbour of Kelmouth?", TRAM, HARBOUR)["runs_lead_long"] < 0


def test_pieces_of_chinese_are_of_one_kind():
    found = counts("谁建造了凯尔茅斯的旧港口？", "凯尔茅斯的旧港口由艾达·布兰特建造。")
    assert found["middle_there"] > 3
    assert found["short_there"] == found["long_there"] == 0
