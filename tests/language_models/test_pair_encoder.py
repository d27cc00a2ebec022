import json
import shutil
import sys
from dataclasses import replace
from types import SimpleNamespace

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from tests.language_models.tiny_bert import NAMES, WORDS, write_bert

from stoa.ask_ports import PairScorer
from stoa.errors import BadInput, BadModel, EncoderUnavailable
from stoa.language_models import open_pair_scorer
from stoa.language_models.nli import NliScorer
from stoa.language_models.pair_encoder import MOST_CONTRADICTION, save_pair_encoder
from stoa.language_models.pair_eyes import PairEyes, batches
from stoa.language_models.pair_heads import TREES_SHARE, PairHead, PairHeads
from stoa.language_models.pair_input import PairShape, covering_sentences, pair_row
from stoa.language_models.pair_likeness import N_LIKENESSES, SentenceLikeness
from stoa.language_models.pair_trees import PairTrees
from stoa.language_models.pair_views import N_MEETINGS, meetings
from stoa.language_models.word_pieces import WordPieces

VOCABULARY = WordPieces(NAMES)
SHAPE = PairShape(pieces=32, claim=8)
texts = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)


def read(row):
    return " ".join(NAMES[each] for each in row.ids)


def test_a_pair_is_claim_then_evidence():
    row = pair_row(VOCABULARY, "Nobody won.", ["It rained.", "The match was lost."], SHAPE)
    assert read(row) == "[CLS] nobody won . [SEP] it rained . the match was lost . [SEP]"
    assert row.n_claim == 5


def test_long_evidence_is_cut_to_what_covers_the_claim_in_its_order():
    filler = "It rained, it rained, it rained."
    evidence = [filler, "The match was in 1998.", filler, filler + " Nobody won.", filler]
    row = pair_row(VOCABULARY, "Nobody won in 1998", evidence, PairShape(pieces=24, claim=8))
    said = read(row)
    assert said.index("in 1998 .") < said.index("nobody won .")
    assert len(row.ids) <= 24


@given(texts, st.lists(texts, max_size=4))
def test_a_row_keeps_to_its_shape(claim, evidence):
    row = pair_row(VOCABULARY, claim, evidence, SHAPE)
    assert len(row.ids) <= 32
    assert row.n_claim <= 10
    assert list(row.ids).count(3) == 2
    assert row.ids[row.n_claim - 1] == row.ids[-1] == 3


@given(st.lists(st.integers(4, 70), min_size=1, max_size=20), st.integers(1, 7))
def test_batches_hold_every_row_once(lengths, size):
    rows = [pair_row(VOCABULARY, "a", ["the " * n], PairShape(pieces=n)) for n in lengths]
    seen = []
    for places, padded, n_claim in batches(rows, size):
        assert len(padded) == len(n_claim)
        assert len(places) <= len(padded) in {size, max(size // 4, 1)}
        for at, place in enumerate(places):
            assert (padded[at, : len(rows[place].ids)] == rows[place].ids).all()
        seen += list(places)
    assert sorted(seen) == list(range(len(rows)))


CLAIMS = ["nobody won", "somebody won", "nobody won", ""]
EVIDENCE = [["nobody won ."], ["the match was lost .", "it rained ."], ["it rained in 1998"], ["a"]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_bert(tmp_path_factory.mktemp("pairs") / "bert")


@pytest.fixture(scope="module")
def eyes(folder):
    return PairEyes.from_dir(folder, depth=1, shape=SHAPE).centred(CLAIMS, EVIDENCE)


def test_a_pair_is_seen_by_itself(eyes):
    together = eyes.views(CLAIMS, EVIDENCE)
    assert together.shape == (4, eyes.width)
    assert np.isfinite(together).all()
    for place in range(4):
        alone = eyes.views(CLAIMS[place : place + 1], EVIDENCE[place : place + 1])
        np.testing.assert_allclose(alone[0], together[place], atol=1e-5)


met = jax.jit(meetings)  # op by op it compiles thirty times


def test_meetings_are_what_they_say():
    row = np.array([2, 5, 6, 3, 5, 7, 3, 0])  # claim: 5 6, evidence: 5 7
    stream = np.zeros((8, 3), dtype=np.float32)
    stream[1], stream[2], stream[4], stream[5] = (1, 0, 0), (0, 1, 0), (2, 0, 0), (0, 3, 4)
    told = np.asarray(met(stream, row, np.int32(4)))
    assert len(told) == N_MEETINGS
    # The first piece of the claim is met whole, the second by a cosine of 3/5.
    np.testing.assert_allclose(told[:4], [0.8, 0.6, 1.0, 1.0], atol=1e-6)
    np.testing.assert_allclose(told[5:9], [0, 0, 0.5, 0.5], atol=1e-6)
    np.testing.assert_allclose(told[11], 0.6, atol=1e-6)  # of the pieces that differ
    np.testing.assert_allclose(told[15], 0.5)


def test_an_empty_claim_or_evidence_meets_nothing():
    row = np.array([2, 3, 5, 3, 0, 0, 0, 0])
    told = np.asarray(met(np.ones((8, 3), np.float32), row, np.int32(2)))
    assert not told.any()


def head(n, seed=0):
    chance = np.random.default_rng(seed)
    return PairHead(
        chance.standard_normal(n), np.full(n, 2.0), chance.standard_normal(n) * 0.3,
        np.full(n, np.inf), 0.25,
    )  # fmt: skip


def stump(column):
    """One tree: -1 where the column is at most zero, else 1."""
    return PairTrees(
        np.array([column]), np.array([0, 0, 0]), np.zeros(3), np.array([1, 1, 2]),
        np.array([2, 1, 2]), np.array([0.0, -1.0, 1.0]), np.array([0]), np.array([0.5]), 2,
    )  # fmt: skip


def heads_of(n, seed, parts):
    against = tuple(head(n, seed + 1 + at) for at in range(parts))
    return PairHeads(head(n, seed), stump(n - 1), against)


@pytest.fixture(scope="module")
def likeness(folder):
    return SentenceLikeness.from_dir(folder)


def test_the_same_sentence_is_as_like_as_can_be(likeness):
    told = likeness.rows(["nobody won .", "nobody won .", "nobody won ."], [
        ["it rained in 1998 .", "nobody won ."], ["it rained in 1998 ."], [],
    ])  # fmt: skip
    assert told.shape == (3, N_LIKENESSES)
    np.testing.assert_allclose(told[0, 0], 1.0, atol=1e-5)
    assert told[0, 0] > told[0, 1]
    np.testing.assert_allclose(told[1], told[1, 0], atol=1e-5)
    assert not told[2].any()


def test_the_sentences_that_cover_the_claim_come_first():
    evidence = ["It rained. Nobody won. It was 1998.", "It rained."]
    chosen = covering_sentences(VOCABULARY, "Nobody won in 1998", evidence, 2, 16)
    assert chosen == ["Nobody won.", "It was 1998."]


def test_trees_lead_somewhere():
    rows = np.array([[0.0, 3.0], [1.0, 0.0]])
    np.testing.assert_allclose(stump(1)(rows), [1.5, -0.5])
    arrays = stump(1).arrays("t")
    np.testing.assert_allclose(PairTrees.of_arrays("t", arrays, 2)(rows), [1.5, -0.5])
    for name, value in (("left", 9.0), ("columns", 2.0), ("roots", -1.0), ("value", np.nan)):
        harmed = {key: array.copy() for key, array in arrays.items()}
        harmed[f"t.{name}"][0] = value
        with pytest.raises(BadModel):
            PairTrees.of_arrays("t", harmed, 2)


class Lengths:
    names = ("claim length", "evidence length")

    def rows(self, claims, evidence):
        pairs = zip(claims, evidence, strict=True)
        return np.array([[len(c), sum(map(len, e))] for c, e in pairs], dtype=np.float64)


@pytest.fixture(scope="module")
def saved(folder, eyes, tmp_path_factory):
    n = eyes.width + N_LIKENESSES
    heads = {"alone": heads_of(n, 0, 1), "with_features": heads_of(n + 2, 2, 2)}
    out = tmp_path_factory.mktemp("saved") / "pairs"
    save_pair_encoder(out, folder, eyes, heads, {"features": list(Lengths.names)})
    return out, heads


@pytest.mark.parametrize("features", [None, Lengths()])
def test_heads_are_written_and_read_back(saved, eyes, likeness, features):
    out, heads = saved
    scorer = open_pair_scorer(out, features)
    assert isinstance(scorer, PairScorer)
    rows = np.hstack([eyes.views(CLAIMS, EVIDENCE), likeness.rows(CLAIMS, EVIDENCE)])
    kind = "alone"
    if features:
        rows, kind = np.hstack([rows, features.rows(CLAIMS, EVIDENCE)]), "with_features"
    asked = heads[kind]
    logits = (
        np.average([asked.linear(rows), asked.trees(rows)], axis=0, weights=[1, TREES_SHARE]),
        sum(each(rows) for each in asked.against),
    )
    expected = [1 / (1 + np.exp(-logit)) for logit in logits]
    expected[1] = np.minimum(expected[1], MOST_CONTRADICTION)
    told = scorer.score(CLAIMS, EVIDENCE)
    np.testing.assert_allclose(told, np.stack(expected, axis=1), atol=1e-5)
    assert scorer.score([], []).shape == (0, 2)
    with pytest.raises(BadInput, match="evidence"):
        scorer.score(["a"], [])


def test_many_pairs_are_judged_like_few(saved):
    scorer = open_pair_scorer(saved[0])
    many = scorer.score(CLAIMS * 70, EVIDENCE * 70)
    np.testing.assert_allclose(many, np.tile(scorer.score(CLAIMS, EVIDENCE), (70, 1)), atol=1e-5)


def test_features_of_another_version_are_refused(saved):
    other = Lengths()
    other.names = ("claim length",)
    with pytest.raises(BadModel, match="features"):
        open_pair_scorer(saved[0], other)


def test_a_folder_is_not_written_over(saved, folder, eyes):
    out, heads = saved
    with pytest.raises(BadModel, match="--out"):
        save_pair_encoder(out, folder, eyes, heads, {"features": []})


@pytest.mark.parametrize("harm", ["garbage", "missing", "nan", "scale", "format", "depth"])
def test_a_damaged_pair_encoder_is_refused(saved, tmp_path, harm):
    out = shutil.copytree(saved[0], tmp_path / "pairs")
    path, config = out / "heads.safetensors", out / "config.json"
    arrays = load_file(path)
    told = json.loads(config.read_text(encoding="utf-8"))
    if harm == "missing":
        del arrays["alone.support.weights"]
    elif harm == "nan":
        arrays["alone.support.weights"][0] = np.nan
    elif harm == "scale":
        arrays["alone.support.scales"][0] = 0
    elif harm in ("format", "depth"):
        told["stoa_pair_encoder"][harm] = 99
    save_file(arrays, path)
    config.write_text(json.dumps(told), encoding="utf-8")
    if harm == "garbage":
        path.write_bytes(b"\0" * 64)
    with pytest.raises(BadModel):
        open_pair_scorer(out)


def test_a_folder_of_the_format_before_is_refused_with_the_mend(saved, tmp_path):
    out = shutil.copytree(saved[0], tmp_path / "pairs")
    told = json.loads((out / "config.json").read_text(encoding="utf-8"))
    told["stoa_pair_encoder"]["format"] -= 1
    (out / "config.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(BadModel, match="stoa ask train-pairs"):
        open_pair_scorer(out, Lengths())


@given(st.integers(0, 99), st.floats(0.5, 5))
def test_a_number_far_off_says_no_more_than_its_bound(seed, most):
    plain = head(4, seed)
    cut = replace(plain, most=np.full(4, most))
    far = plain.means + 1e6 * plain.scales
    bound = plain.means + most * plain.scales
    np.testing.assert_allclose(cut(far[None]), plain(bound[None]), atol=1e-6)


def test_other_names_need_the_extra(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderUnavailable, match="encoders"):
        open_pair_scorer(folder)
    with pytest.raises(EncoderUnavailable, match="train-pairs"):
        open_pair_scorer("some/nli-model")


def library(labels, logits=None):
    """A stand-in for the library: it knows labels, and says the same of every pair."""

    class CrossEncoder:
        def __init__(self, name):
            if name == "none":
                raise OSError("no such model")
            self.config = SimpleNamespace(id2label=dict(enumerate(labels)))
            self.asked = []

        def predict(self, sentences, apply_softmax, show_progress_bar):
            assert apply_softmax
            self.asked += sentences
            return np.array([logits] * len(sentences))

    return SimpleNamespace(CrossEncoder=CrossEncoder)


def test_an_nli_model_is_asked_by_its_own_labels(monkeypatch):
    labels, said = ["contradiction", "entailment", "neutral"], [0.2, 0.7, 0.1]
    monkeypatch.setitem(sys.modules, "sentence_transformers", library(labels, said))
    scorer = open_pair_scorer("some/nli")
    assert isinstance(scorer, NliScorer)
    assert scorer.name == "some/nli"
    np.testing.assert_allclose(scorer.score(["c"], [["a", "b"]]), [[0.7, 0.2]])
    assert scorer._model.asked == [("a b", "c")]
    assert scorer.score([], []).shape == (0, 2)


def test_a_model_of_two_outcomes_never_contradicts(monkeypatch):
    made = library(["unsupported", "supported"], [0.4, 0.6])
    monkeypatch.setitem(sys.modules, "sentence_transformers", made)
    np.testing.assert_allclose(open_pair_scorer("m").score(["c"], [["a"]]), [[0.6, 0]])


def test_a_model_that_judges_something_else_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", library(["joy", "anger"]))
    with pytest.raises(EncoderUnavailable, match="labels"):
        open_pair_scorer("feelings")
    with pytest.raises(EncoderUnavailable, match="does not load"):
        open_pair_scorer("none")
