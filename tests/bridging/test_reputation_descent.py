import numpy as np
import pytest

import stoa.bridging.reputation_descent as descent
from stoa.bridging.reputation_descent import Cells, Parameters, Schedule, descend

RNG = np.random.default_rng(5)
N_NOTES, N_RATERS, N = 6, 5, 24
FREE = ("note_factor", "note_intercept", "rater_factor", "rater_intercept", "reputation", "bias")
PENALTY = {name: 0.01 * (place + 1) for place, name in enumerate(FREE[:5])}


def column(n: int) -> np.ndarray:
    return RNG.normal(size=n).astype(np.float32)


def make_cells(is_logistic: bool) -> Cells:
    pairs = np.sort(RNG.choice(N_NOTES * N_RATERS, N, replace=False))
    _, note = np.unique(pairs // N_RATERS, return_inverse=True)
    target = RNG.integers(0, 2, N).astype(np.float32)
    return Cells(note.astype(np.int32), (pairs % N_RATERS).astype(np.int32), target, is_logistic)


def make_start() -> Parameters:
    notes, raters = (N_NOTES, N_NOTES), (N_RATERS, N_RATERS, N_RATERS)
    return Parameters(*(column(n) for n in notes), *(column(n) for n in raters), column(1))


def loss_of(cells: Cells, at: Parameters, weight: np.ndarray) -> float:
    note, rater = cells.note, cells.rater
    z = at.note_factor[note].astype(np.float64) * at.rater_factor[rater]
    z += at.note_intercept[note].astype(np.float64) * at.reputation[rater]
    z += at.rater_intercept[rater] + at.bias
    y = cells.target
    losses = np.logaddexp(0, z) - z * y if cells.is_logistic else (z - y) ** 2
    squares = sum(f * np.sum(getattr(at, name) ** 2.0) for name, f in PENALTY.items())
    return float(np.mean(weight * losses) + squares)


@pytest.mark.parametrize("is_logistic", [True, False])
def test_the_gradient_is_that_of_the_loss(is_logistic):
    cells, start = make_cells(is_logistic), make_start()
    weight = np.abs(column(N)) + np.float32(0.5)
    loss = descent._Loss(cells, start, frozenset(FREE), weight / np.float32(N), PENALTY)
    value, gradient = loss.evaluate(start, True)
    assert np.isclose(value, loss_of(cells, start, weight), rtol=1e-5)
    for name in FREE:
        for row in range(len(getattr(start, name))):
            shifted = []
            for step in (-1e-3, 1e-3):
                moved = {f: getattr(start, f).astype(np.float64) for f in FREE}
                moved[name] = moved[name].copy()
                moved[name][row] += step
                shifted.append(loss_of(cells, Parameters(**moved), weight))
            slope = (shifted[1] - shifted[0]) / 2e-3
            assert np.isclose(gradient[name][row], slope, atol=1e-4), (name, row)


def test_only_what_is_free_moves_and_the_loss_falls():
    cells, start = make_cells(True), make_start()
    weight = np.ones(N, dtype=np.float32)
    end = descend(cells, start, ("note_factor",), weight, PENALTY, Schedule(tolerance=0, every=5))
    assert loss_of(cells, end, weight) < loss_of(cells, start, weight)
    for name in FREE[1:]:
        assert getattr(end, name) is getattr(start, name)


def test_blocks_change_nothing_but_rounding(monkeypatch):
    cells, start = make_cells(True), make_start()
    weight = np.ones(N, dtype=np.float32)
    schedule = Schedule(tolerance=0, every=5, epochs=20)
    whole = descend(cells, start, FREE, weight, PENALTY, schedule)
    monkeypatch.setattr(descent, "BLOCK", 1)
    monkeypatch.setattr(descent, "RATERS_TO_RATINGS", 1)
    parts = descend(cells, start, FREE, weight, PENALTY, schedule)
    assert len(list(descent._cut(cells, N_RATERS))) > 1
    for name in FREE:
        assert np.allclose(getattr(whole, name), getattr(parts, name), atol=1e-3)


def test_descent_stops_where_little_changes():
    cells, start = make_cells(True), make_start()
    weight = np.ones(N, dtype=np.float32)
    stay = Schedule(tolerance=1e9, every=5)
    five = Schedule(tolerance=0, every=5, epochs=4)
    stopped = descend(cells, start, ("bias",), weight, PENALTY, stay)
    counted = descend(cells, start, ("bias",), weight, PENALTY, five)
    assert stopped.bias == counted.bias
