"""What every TextEncoder owes its callers."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stoa.encoders import HashedEncoder, SentenceEncoder


class LetterModel:
    """A sentence-transformers model as small as one can be: counts letters, 40 wide."""

    def __init__(self, name):
        self.name = name

    def encode(self, sentences, *, convert_to_numpy, show_progress_bar):
        assert convert_to_numpy
        assert not show_progress_bar
        rows = np.zeros((len(sentences), 40), dtype=np.float32)
        for row, sentence in zip(rows, sentences, strict=True):
            for letter in sentence.encode():
                row[letter % 40] += 1
        return rows


@pytest.fixture(scope="module", params=["hashed", "hashed wide", "sentence"])
def encoder(request):
    if request.param != "sentence":
        return HashedEncoder(dim=128 if request.param == "hashed" else 300)
    library = ModuleType("sentence_transformers")
    library.SentenceTransformer = LetterModel
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "sentence_transformers", library)
        return SentenceEncoder("letters")


anything = st.text(st.characters(codec=None), max_size=80)  # lone surrogates and NUL included


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(anything, max_size=6))
@example(texts=["\x00", "\ud800", "a\x00b", "\udfff\ud800 hi", "", "   ", "\u200d\ufe0f"])
@example(texts=["👩‍👩‍👧‍👦🏳️‍🌈", "שלום עולם مرحبا", "ﷺ" * 2500, "x" * 100_000, "é\u0301" * 50])
def test_rows_are_unit_or_zero_and_finite(encoder, texts):
    rows = encoder.encode(texts)
    assert rows.shape == (len(texts), encoder.dim)
    assert rows.dtype == np.float32
    norms = np.linalg.norm(rows, axis=1)
    assert ((np.abs(norms - 1) < 1e-4) | (norms == 0)).all()


def test_an_empty_text_is_a_zero_row_and_words_are_not(encoder):
    rows = encoder.encode(["", "hello", " \n\t "])
    assert np.any(rows, axis=1).tolist() == [False, True, False]


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(anything, min_size=1, max_size=8))
def test_a_row_ignores_its_neighbours(encoder, texts):
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_the_name_tells_the_space_apart(encoder):
    assert encoder.name
    assert "/" not in encoder.name  # it names a folder
    assert str(encoder.dim) in encoder.name
