"""Laws of whole runs: what may not matter does not matter."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from tests.notes.two_sides import ALL, LEFT, RIGHT, TIMES, renamed, renumbered, two_sides

from stoa.bridging.coverage import Coverage
from stoa.bridging.run import prescore_all, score_all
from stoa.note_records import Status

CRH = Status.CURRENTLY_RATED_HELPFUL


@pytest.fixture(scope="module")
def world():
    return two_sides()


@pytest.fixture(scope="module")
def made(world):
    return prescore_all(world.data)


@pytest.fixture(scope="module")
def result(world, made):
    return score_all(world.data, made, TIMES)


def mirrored(value):
    """A record with every factor negated, at any depth."""
    if isinstance(value, tuple):
        return tuple(mirrored(v) for v in value)
    if not is_dataclass(value):
        return value
    changed = {}
    for f in fields(value):
        inside = getattr(value, f.name)
        is_factor = isinstance(inside, np.ndarray) and f.name.endswith("factor")
        changed[f.name] = -inside if is_factor else mirrored(inside)
    return replace(value, **changed)


def same_statuses(one, other):
    first, second = one.spoken.verdicts.models, other.spoken.verdicts.models
    assert first.keys() == second.keys()
    for prefix in first:
        np.testing.assert_array_equal(first[prefix].status, second[prefix].status, prefix)
    np.testing.assert_array_equal(one.meta.status, other.meta.status)


def test_what_pleases_both_sides_is_shown_and_nothing_else(world, result):
    shown = result.meta.status == CRH
    assert shown[world.kind == ALL].mean() > 0.7
    assert not shown[world.kind != ALL].any()


def test_the_sign_of_the_axis_changes_no_status(world, made, result):
    turned = replace(
        made,
        models=mirrored(made.models),
        coverage=Coverage(mirrored(made.coverage.learned), made.coverage.rater),
    )
    assert (turned.models[0].raters.factor != made.models[0].raters.factor).any()
    same_statuses(result, score_all(world.data, turned, TIMES))


def test_the_same_input_gives_the_same_bits_on_any_number_of_threads(world, result):
    made = prescore_all(world.data, n_threads=2)
    again = score_all(world.data, made, TIMES, n_threads=2)
    for prefix, model in result.spoken.verdicts.models.items():
        other = again.spoken.verdicts.models[prefix]
        for name in ("intercept", "factor", "no_high_volume", "intercept_max"):
            assert getattr(model, name).tobytes() == getattr(other, name).tobytes()
    assert result.history.decided_by.tolist() == again.history.decided_by.tolist()


@pytest.mark.parametrize("seed", [0, 1])
def test_other_names_for_people_change_no_status(world, result, seed):
    order = np.random.default_rng(seed).permutation(len(world.side))
    data = renamed(world.data, order)
    same_statuses(result, score_all(data, prescore_all(data), TIMES))


def test_other_ids_for_notes_change_no_status(world, result):
    order = np.random.default_rng(2).permutation(len(world.kind))
    data = renumbered(world.data, order)
    again = score_all(data, prescore_all(data), TIMES)
    np.testing.assert_array_equal(result.meta.status[order], again.meta.status)


@pytest.mark.slow
@pytest.mark.parametrize("n_raters", [40, 200, 1000])
def test_a_note_liked_by_one_side_only_is_never_shown_however_many_like_it(n_raters):
    """Every rater of one side likes it; the other side stays away or is of another mind."""
    world = two_sides(n_notes=220, n_raters=n_raters, share=0.5, seed=7)
    ratings = world.data.ratings
    one_sided = (world.kind == LEFT) | (world.kind == RIGHT)
    own = world.kind[ratings.note] == world.side[ratings.rater]
    rng = np.random.default_rng(n_raters)
    alone = np.flatnonzero(one_sided)[::2]  # of every second such note the others say nothing
    silent = np.isin(ratings.note, alone) & ~own
    level = np.where(one_sided[ratings.note] & own, 2, ratings.level).astype(np.int8)
    ratings = replace(ratings, level=level).take(~silent | (rng.random(len(level)) < 0.01))
    data = replace(world.data, ratings=ratings)
    result = score_all(data, prescore_all(data), TIMES)
    shown = result.meta.status == CRH
    assert not shown[one_sided].any()
    assert shown[world.kind == ALL].any()
