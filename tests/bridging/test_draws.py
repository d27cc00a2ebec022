import numpy as np

from stoa.bridging.draws import mix, normal_draws, seeds_of_ratings


def test_draws_are_normal_and_streams_are_independent():
    seed = mix(np.arange(20_000))
    first, second = normal_draws(seed, 0), normal_draws(seed, 1)
    assert abs(first.mean()) < 0.03
    assert abs(first.std() - 1) < 0.03
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03
    assert np.isfinite(first).all()


def test_a_draw_belongs_to_its_seed():
    seed = mix(np.arange(10))
    assert np.array_equal(normal_draws(seed, 3)[::-1], normal_draws(seed[::-1], 3))


def test_a_row_keeps_its_seed_when_others_are_added_or_rows_move():
    row, at_ms, level = np.array([0, 1, 0, 2]), np.array([10, 20, 30, 10]), np.array([2, 0, 1, 2])
    seeds = seeds_of_ratings(row, at_ms, level, 3)
    assert len(set(seeds.tolist())) == 3
    renamed = seeds_of_ratings(2 - row[::-1], at_ms[::-1], level[::-1], 4)
    assert np.array_equal(renamed[:3][::-1], seeds)


def test_where_all_rate_at_once_what_they_say_tells_rows_apart():
    """Eight notes, each rated by the same twelve at the same moment, one helpful more each time."""
    note, rater = (axis.ravel() for axis in np.indices((8, 12)))
    at_ms, level = np.full(96, 1_784_073_600_000), np.where(rater < note, 2, 0)
    seeds = seeds_of_ratings(note, at_ms, level, 8)
    assert len(set(seeds.tolist())) == 8
    assert len(set(seeds_of_ratings(note, at_ms, np.zeros(96, dtype=int), 8).tolist())) == 1
    order = np.random.default_rng(1).permutation(96)
    shuffled = seeds_of_ratings(note[order], at_ms[order], level[order], 8)
    assert np.array_equal(shuffled, seeds)
    people = seeds_of_ratings(rater, at_ms, level, 12)
    assert len(set(people.tolist())) == 8  # the last five say the same of every note


def test_where_times_differ_what_was_said_changes_no_seed():
    row, at_ms = np.array([0, 0, 1]), np.array([10, 20, 10])
    one = seeds_of_ratings(row, at_ms, np.array([2, 0, 1]), 2)
    other = seeds_of_ratings(row, at_ms, np.array([0, 1, 0]), 2)
    assert np.array_equal(one, other)
