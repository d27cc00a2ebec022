"""int8 codes: error bounds, zero rows, projections that keep lengths."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from stoa.space.quantise import dequantise, quantise, unit_rows
from stoa.space.rotation import orthonormal

matrices = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, max_side=20),
    elements=st.floats(-4, 4, width=32),
)


@settings(deadline=None)
@given(matrices)
def test_the_error_is_at_most_half_a_step(vectors):
    codes, scale = quantise(vectors)
    assert codes.dtype == np.int8
    assert (np.abs(dequantise(codes, scale) - vectors) <= 0.5001 * scale[:, None] + 1e-29).all()


@settings(deadline=None)
@given(matrices)
def test_coding_a_decoded_row_changes_nothing(vectors):
    once = dequantise(*quantise(vectors))
    assert np.allclose(dequantise(*quantise(once)), once, atol=1e-6)


def test_quantised_search_agrees_with_exact_search():
    chance = np.random.default_rng(0)
    vectors = unit_rows(chance.standard_normal((5_000, 64)).astype(np.float32))
    query = unit_rows(chance.standard_normal((1, 64)).astype(np.float32))[0]
    exact = np.argsort(-(vectors @ query))[:100]
    coded = np.argsort(-(dequantise(*quantise(vectors)) @ query))[:100]
    assert len(np.intersect1d(exact, coded)) >= 97


def test_unit_rows_leave_zero_rows_alone():
    rows = unit_rows(np.array([[3, 4], [0, 0]], dtype=np.float32))
    assert rows.tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0]]
    assert unit_rows(np.zeros((2, 0, 3), dtype=np.float32)).shape == (2, 0, 3)


def test_a_rotation_keeps_lengths_and_is_the_same_each_time():
    tall, wide = orthonormal(40, 8, seed=1), orthonormal(8, 40, seed=1)
    assert np.allclose(tall.T @ tall, np.eye(8), atol=1e-5)
    assert np.allclose(wide @ wide.T, np.eye(8), atol=1e-5)
    assert (orthonormal(40, 8, seed=1) == tall).all()
    assert not np.allclose(orthonormal(40, 8, seed=2), tall)
