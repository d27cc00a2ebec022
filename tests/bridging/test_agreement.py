"""The same ratings, fitted by the published scorer and by us."""

import numpy as np
import pytest
from tests.bridging.oracle import TOPICS

from stoa.bridging.factorisation import Start, fit, fit_stable
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import CORE_GROUPS, EXPANSION_GROUPS, EXPANSION_PLUS_GROUPS, Penalties

PLAIN = Penalties()
ENSEMBLE = {
    "MFCoreScorer": (CORE_GROUPS, True),
    "MFCoreWithTopicsScorer": (CORE_GROUPS, True),
    "MFExpansionScorer": (CORE_GROUPS | EXPANSION_GROUPS, True),
    "MFExpansionPlusScorer": (CORE_GROUPS | EXPANSION_GROUPS | EXPANSION_PLUS_GROUPS, True),
    "MFGroupScorer_1": ({1}, False),
    "MFGroupScorer_4": ({4}, False),
    "MFGroupScorer_6": ({6}, False),
    "MFGroupScorer_13": ({13}, False),
    "MFMultiGroupScorer_1": ({4, 5, 7, 12, 26}, False),
}


def rounds(oracle, ratings, name, stable):
    """First and final fit of a model, with the published choice of raters between them."""
    train = ratings.filtered()
    layout = Layout.of(train.note, train.rater, train.helpful, seed=train.seeds)
    group = oracle.group[layout.rater]
    if stable:
        first = fit_stable(layout, PLAIN, of_group=group == 13, enrolled=group >= 0)
    else:
        first = fit(layout, PLAIN)
    final = train.take(oracle.model(name).above_threshold[train.rater])
    final_layout = Layout.of(final.note, final.rater, final.helpful)
    rows = np.searchsorted(layout.rater, final_layout.rater)
    start = Start(
        rater_intercept=first.rater_intercept[rows], rater_factor=first.rater_factor[rows]
    )
    return layout, first, final_layout, fit(final_layout, PLAIN, start)


@pytest.mark.parametrize("name", ENSEMBLE)
def test_models_agree_with_the_published_scorer(oracle, name):
    groups, unassigned = ENSEMBLE[name]
    ratings = oracle.of_groups(set(groups), unassigned=unassigned)
    if name == "MFCoreScorer":
        ratings = ratings.take(oracle.topic[ratings.note] == "")
    _, _, layout, made = rounds(oracle, ratings, name, stable=unassigned)
    theirs = oracle.model(name)
    assert (layout.n_ratings, layout.n_notes) == (theirs.n_ratings, theirs.n_notes)
    off = np.abs(made.note_intercept - theirs.note_intercept[layout.note])
    assert np.median(off) < 0.005
    assert off.max() < 0.03
    assert abs(made.mu - theirs.mu) < 0.003
    known = ~np.isnan(theirs.rater_factor[layout.rater])
    pair = made.rater_factor[known], theirs.rater_factor[layout.rater][known]
    assert np.corrcoef(*pair)[0, 1] > 0.999


@pytest.mark.parametrize("topic", TOPICS[1:])
def test_topic_models_agree_with_the_published_scorer_or_do_better(oracle, topic):
    train = oracle.of_topic(topic).filtered()
    theirs = oracle.model(f"MFTopicScorer_{topic}")
    layout = Layout.of(train.note, train.rater, train.helpful, seed=train.seeds)
    made = fit(layout, PLAIN)
    from_theirs = fit(layout, PLAIN, Start(rater_factor=theirs.rater_factor[layout.rater]))
    assert made.loss <= from_theirs.loss + 1e-8
    if made.loss > from_theirs.loss - 1e-4:  # the same optimum: all but GazaConflict
        off = np.abs(made.note_intercept - theirs.note_intercept[layout.note])
        assert np.median(off) < 0.005
