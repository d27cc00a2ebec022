"""The bridging model as an outsider uses it."""

import csv
import doctest
import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from stoa.bridging import BridgingModel
from stoa.bridging.factorisation import fit
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import Penalties
from stoa.errors import BadInput

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "bridging-model.md"


def test_the_guide_runs():
    failed, tried = doctest.testfile(str(GUIDE), module_relative=False)
    assert tried >= 7
    assert failed == 0


def test_it_is_the_fit_of_the_house(camps):
    note, rater, value = camps
    model = BridgingModel().fit(np.stack([note, rater], axis=1), value)
    made = fit(Layout.of(note, rater, value), Penalties())
    assert np.array_equal(model.note_intercept_, made.note_intercept)
    assert np.array_equal(model.rater_factor_[:, 0], made.rater_factor)
    assert (model.mu_, model.loss_, model.n_iter_) == (made.mu, made.loss, made.n_iterations)


@pytest.mark.parametrize("kind", [dict, pa.table])
def test_a_table_will_do(camps, kind):
    note, rater, value = camps
    table = kind({"note": note, "rater": rater, "value": value})
    by_pairs = BridgingModel().fit(np.stack([note, rater], axis=1), value)
    by_table = BridgingModel().fit(table)
    assert np.array_equal(by_pairs.note_intercept_, by_table.note_intercept_)
    assert np.array_equal(by_table.predict(table), by_pairs.predict(table))


def test_weights_that_are_all_one_change_nothing(camps):
    note, rater, value = camps
    X = np.stack([note, rater], axis=1)
    weighed = BridgingModel().fit(X, value, sample_weight=np.ones(len(note)))
    plain = BridgingModel().fit(X, value)
    assert np.array_equal(weighed.note_intercept_, plain.note_intercept_)


def test_a_rating_of_no_weight_is_not_heard(camps):
    note, rater, value = camps
    X = np.stack([note, rater], axis=1)
    weight = np.where(np.arange(len(note)) < 100, 0.0, 1.0)
    other = np.where(weight == 0, 1 - value, value)
    one = BridgingModel().fit(X, value, sample_weight=weight)
    two = BridgingModel().fit(X, other, sample_weight=weight)
    assert np.allclose(one.note_intercept_, two.note_intercept_, atol=1e-4)


def test_strangers_count_as_average(camps):
    note, rater, value = camps
    model = BridgingModel(n_factors=2).fit(np.stack([note, rater], axis=1), value)
    nobody, somebody = model.predict([(999, 999), (0, 999)])
    assert nobody == pytest.approx(model.mu_)
    assert somebody == pytest.approx(model.mu_ + model.note_intercept_[0])


def test_axes_come_widest_first(camps):
    note, rater, value = camps
    model = BridgingModel(n_factors=3).fit(np.stack([note, rater], axis=1), value)
    width = (model.note_factor_**2).sum(axis=0)
    assert (np.diff(width) <= 1e-6).all()
    assert np.allclose(np.triu(model.note_factor_.T @ model.note_factor_, 1), 0, atol=1e-3)


def test_settings_are_told_and_changed():
    model = BridgingModel(n_factors=2)
    assert model.get_params()["n_factors"] == 2
    assert model.set_params(n_factors=1).n_factors == 1
    with pytest.raises(BadInput, match="n_factors"):
        model.set_params(factors=1)


@pytest.mark.parametrize(
    ("X", "y", "field"),
    [([], [], "X"), ([(1, 2)], None, "y"), ([(1, 2)], [1, 0], "y"), ([(1, 2)], [np.nan], "y")],
)
def test_bad_tables_are_refused_with_the_field_named(X, y, field):
    with pytest.raises(BadInput) as refused:
        BridgingModel().fit(X, y)
    assert refused.value.field == field


def area_under_curve(score, yes):
    order = np.argsort(score, kind="stable")
    rank = np.empty(len(score))
    rank[order] = np.arange(1, len(score) + 1)
    n_yes = yes.sum()
    return (rank[yes].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * (len(yes) - n_yes))


def test_held_out_votes_of_a_conversation_are_foretold(shared_data):
    path = shared_data / "polis" / "brexit-consensus" / "participants-votes.csv.gz"
    if not path.is_file():
        pytest.skip(f"no Polis conversation at {path}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    votes = [
        (statement, row["participant"], (int(vote) + 1) / 2)
        for row in table
        for statement, vote in row.items()
        if statement.isdigit() and vote not in ("", None)
    ]
    X, y = np.array([v[:2] for v in votes]), np.array([v[2] for v in votes])
    held = np.random.default_rng(0).random(len(y)) < 0.1
    model = BridgingModel().fit(X[~held], y[~held])
    clear = held & (y != 0.5)
    assert area_under_curve(model.predict(X[clear]), y[clear] == 1) > 0.75
