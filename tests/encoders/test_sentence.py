"""The sentence-model adapter: what it says when it cannot, and what it does when it can."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from stoa.encoders import HashedEncoder, SentenceEncoder, open_encoder
from stoa.errors import EncoderUnavailable


class Model:
    """Stands in for sentence_transformers.SentenceTransformer."""

    width = 384

    def __init__(self, name):
        if name == "absent":
            raise OSError("absent is not a local folder")

    def encode(self, sentences, *, convert_to_numpy, show_progress_bar):
        del convert_to_numpy, show_progress_bar
        seeds = [sum(sentence.encode()) for sentence in sentences]
        return np.stack([np.random.default_rng(s).standard_normal(self.width) for s in seeds])


@pytest.fixture
def library(monkeypatch):
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = Model
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    return module


def test_without_the_extra_it_names_the_mend(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderUnavailable, match=r"stoa\[encoders\]"):
        open_encoder("some-model")


def test_a_model_that_does_not_load_is_named(library):
    with pytest.raises(EncoderUnavailable, match=r"absent.*not a local folder"):
        SentenceEncoder("absent")


def test_a_model_that_gives_nonsense_is_refused(library, monkeypatch):
    monkeypatch.setattr(Model, "encode", lambda *_, **__: np.full((1, 8), np.nan))
    with pytest.raises(EncoderUnavailable, match="finite"):
        SentenceEncoder("broken")


def test_the_projection_keeps_likeness_and_the_space_is_named(library):
    encoder = SentenceEncoder("org/model")
    texts = [f"text {n}" for n in range(60)]
    whole = Model("").encode(texts, convert_to_numpy=True, show_progress_bar=False)
    whole /= np.linalg.norm(whole, axis=1, keepdims=True)
    rows = encoder.encode(texts)
    assert np.abs(rows @ rows.T - whole @ whole.T).mean() < 0.1
    assert encoder.name.startswith("sentence-org-model-")


def test_a_narrow_model_keeps_its_likeness_whole(library, monkeypatch):
    monkeypatch.setattr(Model, "width", 32)
    rows = SentenceEncoder("narrow").encode(["a", "b"])
    one, other = Model("").encode(["a", "b"], convert_to_numpy=True, show_progress_bar=False)
    cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
    assert rows[0] @ rows[1] == pytest.approx(cosine, abs=1e-4)


def test_two_models_in_folders_of_one_name_are_two_spaces(library, tmp_path, monkeypatch):
    (tmp_path / "a" / "model").mkdir(parents=True)
    (tmp_path / "b" / "model").mkdir(parents=True)
    first = SentenceEncoder(str(tmp_path / "a" / "model"))
    other = Model.encode
    monkeypatch.setattr(Model, "encode", lambda *args, **kwargs: -other(*args, **kwargs))
    second = SentenceEncoder(str(tmp_path / "b" / "model"))
    assert first.name != second.name
    assert str(tmp_path) not in first.name


def test_hashed_is_the_default():
    assert isinstance(open_encoder(), HashedEncoder)
