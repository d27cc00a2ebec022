"""A town of raters: what it invents is what it says, and its notes are worth what is known."""

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.town.raters import Kind, RaterTownConfig, make_rater_town

SMALL = RaterTownConfig(raters=300, notes=150, ratings_per_note=30)


def test_a_seed_always_tells_the_same_town():
    first, again = make_rater_town(SMALL), make_rater_town(SMALL)
    assert (first.data.ratings.level == again.data.ratings.level).all()
    other = make_rater_town(RaterTownConfig(seed=1, raters=300, notes=150, ratings_per_note=30))
    assert len(other.data.ratings) != len(first.data.ratings)


@pytest.mark.parametrize("viewpoints", [2, 4])
def test_notes_are_liked_as_their_kind_says(viewpoints):
    town = make_rater_town(
        RaterTownConfig(raters=300, notes=150, ratings_per_note=30, viewpoints=viewpoints)
    )
    ratings = town.data.ratings
    helpful = {kind: ratings.helpful[town.kind[ratings.note] == kind].mean() for kind in Kind}
    assert helpful[Kind.FAIR] > 0.8
    assert 0.2 < helpful[Kind.SLANTED] < 0.6
    assert helpful[Kind.WRONG] < 0.15
    slanted = town.kind[ratings.note] == Kind.SLANTED
    near = (town.slant[ratings.note] * town.position[ratings.rater]).sum(axis=1) > 0.3
    assert ratings.helpful[slanted & near].mean() > 0.7


def test_ratings_stand_in_canonical_order_after_their_note_and_never_by_its_author():
    data = make_rater_town(SMALL).data
    key = data.ratings.note.astype(np.int64) * len(data.contributors) + data.ratings.rater
    assert (np.diff(key) > 0).all()
    assert (data.ratings.at_ms > data.notes.created_ms[data.ratings.note]).all()
    assert (data.notes.author[data.ratings.note] != data.ratings.rater).all()
    assert (np.diff(data.notes.id) > 0).all()


def test_three_viewpoints_are_not_known():
    with pytest.raises(BadInput, match="2 or 4"):
        RaterTownConfig(viewpoints=3)
