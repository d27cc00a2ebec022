import numpy as np

from stoa.bridging.draws import mix, normal_draws, seeds_of_times


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
    row, at_ms = np.array([0, 1, 0, 2]), np.array([10, 20, 30, 10])
    seeds = seeds_of_times(row, at_ms, 3)
    assert len(set(seeds.tolist())) == 3
    renamed = seeds_of_times(2 - row[::-1], at_ms[::-1], 4)
    assert np.array_equal(renamed[:3][::-1], seeds)
