"""Promoted posts stand only where they cost readers no more than was agreed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.ranking.promotion import Offers, OrganicSlate, PromotionTerms, place_promoted

SECONDS = st.floats(-20, 60, allow_nan=False)


def slate(*value_s, fixed=()):
    at = np.arange(len(value_s))
    return OrganicSlate(value_s=np.array(value_s, float), fixed=np.isin(at, fixed))


def offers(*value_s, n, gap=1, group=None):
    columns = np.repeat(np.array(value_s, float)[:, None], n, axis=1)
    m = len(value_s)
    return Offers(
        value_s=columns, gap=np.full(m, gap), group=np.arange(m) if group is None else group
    )


def placed(organic, offered, **terms):
    found = place_promoted(organic, offered, PromotionTerms(**terms))
    return list(zip(found.place.tolist(), found.offer.tolist(), strict=True))


@st.composite
def stretches(draw):
    """A slate of any order, offers worth anything at any place, and terms."""
    n, m = draw(st.integers(0, 14)), draw(st.integers(0, 5))
    value_s = np.array(draw(st.lists(SECONDS, min_size=n, max_size=n)), float)
    worth = draw(st.lists(SECONDS | st.just(-np.inf), min_size=n * m, max_size=n * m))
    return (
        OrganicSlate(
            value_s=value_s,
            fixed=np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool),
        ),
        Offers(
            value_s=np.array(worth, float).reshape(m, n),
            gap=np.array(draw(st.lists(st.integers(1, 6), min_size=m, max_size=m)), np.int64),
            group=np.array(draw(st.lists(st.integers(0, 3), min_size=m, max_size=m)), np.int64),
        ),
        PromotionTerms(
            agreed_s=draw(st.floats(-5, 5)),
            since=draw(st.integers(0, 8)),
            last_gap=draw(st.integers(0, 8)),
            most=draw(st.integers(0, 4)),
        ),
    )


def mixed(organic, found):
    """Values in the order shown, and which of them are promoted."""
    shown: list[tuple[float, bool]] = []
    at = dict(zip(found.place.tolist(), found.value_s.tolist(), strict=True))
    for k, value in enumerate(organic.value_s.tolist()):
        if k in at:
            shown.append((at[k], True))
        shown.append((value, False))
    return shown


@given(stretches())
def test_however_far_one_reads_no_more_is_lost_than_was_agreed(stretch):
    organic, offered, terms = stretch
    shown = mixed(organic, place_promoted(organic, offered, terms))
    for read in range(len(organic.value_s) + 1):
        n_promoted = sum(is_promoted for _, is_promoted in shown[:read])
        total = sum(value for value, _ in shown[:read])
        assert total >= organic.value_s[:read].sum() - terms.agreed_s * n_promoted - 1e-9


@given(stretches())
def test_each_reaches_what_it_displaces(stretch):
    organic, offered, terms = stretch
    found = place_promoted(organic, offered, terms)
    assert (found.value_s >= found.displaced_s - terms.agreed_s).all()
    assert found.displaced_s.tolist() == organic.value_s[found.place].tolist()
    assert not organic.fixed[found.place].any()


@given(stretches())
def test_gaps_groups_and_the_most_hold(stretch):
    organic, offered, terms = stretch
    found = place_promoted(organic, offered, terms)
    assert len(found.place) <= terms.most
    assert len(set(offered.group[found.offer].tolist())) == len(found.offer)
    before, asked = -terms.since, terms.last_gap
    for place, offer in zip(found.place.tolist(), found.offer.tolist(), strict=True):
        assert place - before >= max(asked, offered.gap[offer])
        before, asked = place, int(offered.gap[offer])


@given(stretches())
def test_nothing_organic_is_touched(stretch):
    organic, offered, terms = stretch
    before = organic.value_s.tobytes(), organic.fixed.tobytes(), offered.value_s.tobytes()
    found = place_promoted(organic, offered, terms)
    assert (organic.value_s.tobytes(), organic.fixed.tobytes(), offered.value_s.tobytes()) == before
    shown = np.array([value for value, promoted in mixed(organic, found) if not promoted])
    assert shown.tobytes() == organic.value_s.tobytes()


@given(stretches(), st.floats(0, 5))
def test_who_agrees_to_more_never_gets_the_first_one_later(stretch, more):
    organic, offered, terms = stretch
    agreed = PromotionTerms(
        agreed_s=terms.agreed_s + more, since=terms.since, last_gap=terms.last_gap, most=terms.most
    )
    first = place_promoted(organic, offered, terms).place[:1].tolist()
    again = place_promoted(organic, offered, agreed).place[:1].tolist()
    assert not first or again[0] <= first[0]


def test_it_stands_where_its_value_would_place_it():
    organic = slate(9, 7, 5, 3, 1)
    assert placed(organic, offers(4, n=5)) == [(3, 0)]
    assert placed(organic, offers(4, n=5), agreed_s=1.0) == [(2, 0)]
    assert placed(organic, offers(4, n=5), agreed_s=-2.0) == [(4, 0)]
    assert placed(organic, offers(0.5, n=5)) == []


def test_the_best_offer_goes_first_and_the_gap_is_kept():
    organic = slate(*[2] * 9)
    assert placed(organic, offers(4, 5, 3, n=9, gap=3)) == [(3, 1), (6, 0)]
    assert placed(organic, offers(4, 5, 3, n=9, gap=3), since=3) == [(0, 1), (3, 0), (6, 2)]
    assert placed(organic, offers(4, 5, n=9, gap=3), since=3, last_gap=5) == [(2, 1), (5, 0)]


def test_places_of_chance_stay_and_a_later_better_post_guards_them():
    organic = slate(9, 1, 8, 2, fixed=[1])
    assert placed(organic, offers(5, n=4)) == [(3, 0)]
    assert placed(slate(9, 1, 8, 2), offers(5, n=4)) == [(3, 0)]


def test_of_one_author_one_is_placed():
    assert placed(slate(*[1] * 6), offers(4, 5, n=6, group=np.array([7, 7]))) == [(1, 1)]


@pytest.mark.parametrize(
    ("organic", "offered", "terms", "field"),
    [
        (slate(1, float("nan")), offers(2, n=2), {}, "value_s"),
        (slate(1, float("-inf")), offers(2, n=2), {}, "value_s"),
        (slate(1, 2), offers(float("nan"), n=2), {}, "offers.value_s"),
        (slate(1, 2), offers(float("inf"), n=2), {}, "offers.value_s"),
        (slate(1, 2), offers(2, n=3), {}, "offers.value_s"),
        (slate(1, 2), offers(2, n=2), {"agreed_s": float("nan")}, "agreed_s"),
        (slate(1, 2), offers(2, n=2, group=np.array([1, 2])), {}, "group"),
        (OrganicSlate(value_s=np.ones(2), fixed=np.zeros(3, bool)), offers(2, n=2), {}, "fixed"),
    ],
)
def test_what_is_no_number_or_does_not_fit_is_refused_by_name(organic, offered, terms, field):
    with pytest.raises(BadInput) as problem:
        place_promoted(organic, offered, PromotionTerms(**terms))
    assert problem.value.field == field
