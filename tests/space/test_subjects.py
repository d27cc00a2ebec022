"""Subjects: posts on one subject share their memberships, whatever words they are put in."""

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.space.subjects import SubjectsConfig, fit_subjects
from stoa.space.text_axes import TextAxes

SHARP = SubjectsConfig(count=8, sharpness=12.0, sample=400)


def texts(n=400, subjects=6, dim=12, seed=0):
    """A unit direction a subject, and much noise."""
    random = np.random.default_rng(seed)
    subject = random.integers(0, subjects, n)
    rows = np.eye(dim)[subject] + 0.25 * random.standard_normal((n, dim))
    return rows.astype(np.float32), subject


def plain_axes(dim=12):
    return TextAxes(
        mean=np.zeros(dim, np.float32), axes=np.eye(dim, dtype=np.float32), correlation=np.ones(dim)
    )


def test_memberships_are_unit_and_never_below_nought():
    text, _ = texts()
    made = fit_subjects(plain_axes(), text, 1, SHARP)
    rows = made.of(text)
    assert rows.shape == (400, made.length) == (400, 8)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert (rows >= 0).all()
    assert not made.of(np.zeros((2, 12), np.float32)).any()
    assert made.of(text[:0]).shape == (0, 8)


def test_one_subject_is_told_better_than_by_the_axes_themselves():
    text, subject = texts()
    axes = plain_axes()
    same = subject[:, None] == subject[None, :]
    np.fill_diagonal(same, False)

    def alike(rows):
        near = rows @ rows.T
        return near[same].mean() - near[~same & ~np.eye(len(near), dtype=bool)].mean()

    assert alike(fit_subjects(axes, text, 1, SHARP).of(text)) > alike(axes.of(text)) + 0.05


def test_the_same_seed_finds_the_same_subjects():
    text, _ = texts()
    first, again = (fit_subjects(plain_axes(), text, 3, SHARP) for _ in range(2))
    np.testing.assert_array_equal(first.centres, again.centres)


def test_few_texts_make_few_subjects_and_none_is_refused():
    text, _ = texts(n=3)
    assert fit_subjects(plain_axes(), text, 1, SHARP).length == 3
    with pytest.raises(BadInput):
        fit_subjects(plain_axes(), text[:0], 1, SHARP)
    with pytest.raises(BadInput):
        SubjectsConfig(count=0)
