"""Which scorers take part."""

import pytest

from stoa.bridging.choice import EVERYTHING, SCORERS, Choice
from stoa.bridging.ensemble import ENSEMBLE
from stoa.bridging.meta import META_RULES
from stoa.errors import BadInput

PUBLISHED = {
    "MFCoreScorer",
    "MFCoreWithTopicsScorer",
    "MFExpansionScorer",
    "MFGroupScorer",
    "MFExpansionPlusScorer",
    "ReputationScorer",
    "MFTopicScorer",
    "MFMultiGroupScorer",
    "GaussianScorer",
    "GaussianCoreWithTopicsScorer",
    "GaussianGroupScorer",
}


def test_scorers_go_by_the_published_names():
    assert set(SCORERS) == PUBLISHED
    assert {rule.scorer for rule in META_RULES} - {""} <= PUBLISHED


def test_a_scorer_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(BadInput) as refused:
        Choice.of("MFCoreScorer,CoreScorer")
    assert "--scorers is 'CoreScorer'" in str(refused.value)
    assert all(name in str(refused.value) for name in PUBLISHED)
    with pytest.raises(BadInput, match="--scorers is ''"):
        Choice.of("")


def test_everything_is_every_model():
    assert EVERYTHING.fitted(ENSEMBLE) == ENSEMBLE
    assert Choice.of(",".join(SCORERS)).fitted(ENSEMBLE) == ENSEMBLE
    assert str(EVERYTHING) != str(Choice.of(",".join(SCORERS)))


def test_a_gaussian_model_brings_the_fit_whose_raters_it_borrows():
    choice = Choice.of("GaussianScorer, MFTopicScorer")
    names = [config.name for config in choice.fitted(ENSEMBLE)]
    assert names[0] == "MFCoreScorer"
    assert all(name.startswith("MFTopicScorer_") for name in names[1:])
    assert not choice.hears("MFCoreScorer")
    assert choice.hears("GaussianTopicScorer_InDimensionTwo")
