"""The own question set is what its rules say."""

import pytest

from stoa.errors import BadInput
from stoa.evaluation.question_dialogues import corrections, pushbacks, swapped_pairs
from stoa.evaluation.question_judge import holds
from stoa.evaluation.question_set import PARTS, Kind, load

SETS = [load(part) for part in PARTS]


RULED = [each for each in SETS if each.part in ("dev", "final")]  # what the rules count


def count(*kinds):
    return sum(len(each.of(*kinds)) for each in RULED)


def test_the_counts_of_the_rules():
    assert count(Kind.ANSWERABLE) == count(Kind.UNANSWERABLE) == 100
    assert count(Kind.CONFLICTING) == count(Kind.AMBIGUOUS) == 50
    assert count(Kind.PRIMARY) == 60
    assert sum(len(corrections(each)) for each in RULED) == 50
    assert sum(len(pushbacks(each)) for each in RULED) == 50
    assert sum(len(swapped_pairs(each.part)) for each in RULED) == 200


def test_the_second_dev_part_has_all_kinds_in_many_languages():
    more = load("dev2")
    assert all(len(more.of(kind)) >= 12 for kind in Kind if kind is not Kind.NEAR)
    assert len({question.lang for question in more.questions}) >= 11
    assert len(swapped_pairs("dev2")) == 100


def test_the_third_dev_part_has_both_halves_of_its_kinds():
    halves = [load("dev3a"), load("dev3b")]
    assert sum(len(each.corrections) for each in halves) == 40
    assert sum(len(each.objections) for each in halves) == 8
    assert sum(len(each.of(Kind.PRIMARY, Kind.NEAR)) for each in halves) == 40
    assert sum(len(each.of(Kind.UNANSWERABLE)) for each in halves) == 40
    for half in halves:
        assert all(
            len(half.of(k)) >= 6 for k in Kind if k not in (Kind.CONFLICTING, Kind.AMBIGUOUS)
        )
        assert corrections(half) == half.corrections
        assert pushbacks(half) == half.objections


def test_nine_languages_and_more():
    assert len({question.lang for each in SETS for question in each.questions}) >= 9


def test_ids_are_unique_and_no_family_lies_in_two_parts():
    names = [question.id for each in SETS for question in each.questions]
    assert len(names) == len(set(names))
    texts = [source.id for each in SETS for source in each.sources]
    assert len(texts) == len(set(texts))
    said = [source.text for each in SETS for source in each.sources]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("part", SETS, ids=PARTS)
def test_every_value_stands_in_its_own_sources_and_in_none_of_the_other_side(part):
    text = {source.id: source.text for source in part.sources}
    spoken = [each.question for each in (*part.corrections, *part.objections)]
    for question in (*part.questions, *spoken):
        for side in question.sides:
            for source in side.sources:
                assert any(holds(text[each], side.values) for each in side.sources), question.id
                others = [v for other in question.sides if other is not side for v in other.values]
                assert not holds(text[source], others), question.id


@pytest.mark.parametrize("part", SETS, ids=PARTS)
def test_no_question_gives_its_right_value_away(part):
    for question in part.questions:
        for side in question.sides[:1]:
            assert not holds(question.text, side.values), question.id


def test_a_twin_of_a_twin_is_the_pair():
    for pair in swapped_pairs("dev"):
        assert pair.exchanged().exchanged() == pair
        assert pair.exchanged() != pair


def test_there_is_no_third_part():
    with pytest.raises(BadInput, match="dev, dev2, dev3a, dev3b, final"):
        load("test")
