"""Axes of text vectors: what authors keep to is found, what varies from post to post is not."""

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.space.text_axes import TextAxesConfig, fit_text_axes, folded


def posts(n=1_500, subjects=5, dim=24, seed=0):
    """A little of the author's subject in each post, and much of something else."""
    random = np.random.default_rng(seed)
    author = random.integers(0, 100, n)
    subject = author % subjects
    meant = np.zeros((n, dim))
    meant[np.arange(n), subject] = 0.5
    phrase = random.standard_normal((n, 4)) @ random.standard_normal((4, dim))
    return (
        (meant + phrase + 0.1 * random.standard_normal((n, dim))).astype(np.float32),
        author,
        subject,
    )


def alikeness(rows, subject):
    near = rows @ rows.T
    same = subject[:, None] == subject[None, :]
    np.fill_diagonal(same, False)
    return near[same].mean() - near[~same & ~np.eye(len(near), dtype=bool)].mean()


def test_posts_on_one_subject_come_near_each_other():
    text, author, subject = posts()
    axes = fit_text_axes(text, author, TextAxesConfig(axes=6))
    made = axes.of(text)
    assert made.shape == (len(text), axes.length) == (1_500, 6)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1.0, atol=1e-5)
    plain = text - text.mean(axis=0)
    plain = plain / np.linalg.norm(plain, axis=1, keepdims=True)
    assert alikeness(made, subject) > 5 * alikeness(plain, subject) > 0


def test_surer_axes_come_first_and_none_is_surer_than_certain():
    text, author, _ = posts()
    rho = fit_text_axes(text, author).correlation
    assert (np.diff(rho) <= 1e-12).all()
    assert 0 <= rho.min() <= rho.max() <= 1


def test_axes_do_not_hang_on_the_order_of_posts():
    text, author, _ = posts(n=300)
    turned = np.random.default_rng(1).permutation(300)
    one = fit_text_axes(text, author).of(text)
    other = fit_text_axes(text[turned], author[turned]).of(text)
    np.testing.assert_allclose(one @ one.T, other @ other.T, atol=1e-3)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_authors_of_a_single_post_tell_nothing(n):
    with pytest.raises(BadInput):
        fit_text_axes(np.ones((n, 8), dtype=np.float32), np.arange(n))


def test_no_posts_fold_into_no_posts():
    assert folded(np.zeros((0, 512), dtype=np.float32), 128).shape == (0, 128)
