import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.language_models.tiny_bert import CONFIG, NAMES, WORDS, random_params, write_bert

from stoa.ask_ports import PairScorer
from stoa.errors import BadModel, EncoderUnavailable
from stoa.language_models import open_pair_scorer
from stoa.language_models.pair_encoder import NliScorer, save_pair_encoder
from stoa.language_models.pair_input import PairShape, pair_row
from stoa.language_models.pair_model import (
    CONTRADICTS,
    NEITHER,
    SUPPORTS,
    PairModel,
    batches,
    init_head,
)
from stoa.language_models.pair_training import (
    NOT_SUPPORTED,
    PairExamples,
    PairTraining,
    fit_pairs,
    lower_streams,
)
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
        assert padded.shape[0] == len(n_claim) == size
        for at, place in enumerate(places):
            assert (padded[at, : len(rows[place].ids)] == rows[place].ids).all()
        seen += list(places)
    assert sorted(seen) == list(range(len(rows)))


CLAIMS = ["nobody won", "somebody won"]
SAYS = {"nobody won": "the match was lost .", "somebody won": "he won the match ."}


def world():
    """Claims with evidence that says so, says the other thing, or speaks of the weather."""
    pairs = []
    for n in range(24):
        claim, other = CLAIMS[n % 2], CLAIMS[1 - n % 2]
        said = (SAYS[claim], SAYS[other], "it rained in 1998 .")[n % 3]
        pairs.append((claim, said, (SUPPORTS, CONTRADICTS, NEITHER)[n % 3]))
    return pairs


@pytest.fixture(scope="module")
def taught():
    params = random_params()
    rows = [pair_row(VOCABULARY, claim, [said], SHAPE) for claim, said, _ in world()]
    target = np.array([outcome for *_, outcome in world()], dtype=np.int32)
    examples = PairExamples(rows, target, np.ones(len(rows), dtype=np.float32))
    streams = lower_streams(params, rows, 1, CONFIG, size=8)
    training = PairTraining(trained_layers=1, epochs=40, batch=8, rate=3e-3, head_rate=1e-2)
    losses = []
    learnt = fit_pairs(
        params, examples, streams, CONFIG, training, seed=3, told=lambda *a: losses.append(a[2])
    )
    return params, rows, target, learnt, losses


def test_a_head_that_knows_nothing_says_one_third(taught):
    params, rows, *_ = taught
    told = PairModel(params, init_head(CONFIG.width), CONFIG).probabilities(rows[:3])
    np.testing.assert_allclose(told, 1 / 3, atol=1e-6)


def test_it_learns_who_says_what_and_leaves_the_lower_layers_alone(taught):
    params, rows, target, (learnt, head), losses = taught
    told = PairModel(learnt, head, CONFIG).probabilities(rows)
    assert (told.argmax(axis=1) == target).all()
    assert losses[-1] < losses[40]
    for name, part in params["layers"][0]["query"].items():
        np.testing.assert_array_equal(learnt["layers"][0]["query"][name], part)
    assert np.abs(learnt["layers"][1]["up"]["matrix"] - params["layers"][1]["up"]["matrix"]).max()


def test_a_pair_is_judged_by_itself(taught):
    _, rows, _, (learnt, head), _ = taught
    model = PairModel(learnt, head, CONFIG)
    together = model.probabilities(rows[:5], size=4)
    alone = np.concatenate([model.probabilities([row], size=4) for row in rows[:5]])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_what_is_only_known_to_lack_support_pushes_support_down(taught):
    params, rows, *_ = taught
    target = np.full(8, NOT_SUPPORTED, dtype=np.int32)
    examples = PairExamples(rows[:8], target, np.ones(8, dtype=np.float32))
    streams = lower_streams(params, rows[:8], 1, CONFIG, size=8)
    training = PairTraining(trained_layers=1, epochs=10, batch=8, head_rate=1e-2)
    learnt, head = fit_pairs(params, examples, streams, CONFIG, training)
    told = PairModel(learnt, head, CONFIG).probabilities(rows[:8])
    assert (told[:, SUPPORTS] < 0.2).all()
    assert (told[:, [CONTRADICTS, NEITHER]] > 0.2).all()


def test_what_was_taught_is_written_and_read_back(taught, tmp_path):
    *_, learnt, _ = taught
    folder = tmp_path / "pairs"
    save_pair_encoder(folder, write_bert(tmp_path / "bert"), learnt, SHAPE, {"seed": 3})
    scorer = open_pair_scorer(folder)
    assert isinstance(scorer, PairScorer)
    told = scorer.score(*zip(*[(c, [e]) for c, e, _ in world()[:6]], strict=True))
    assert told.shape == (6, 2)
    outcomes = [outcome for *_, outcome in world()[:6]]
    for (support, against), outcome in zip(told, outcomes, strict=True):
        assert (support > 0.5) == (outcome == SUPPORTS)
        assert (against > 0.5) == (outcome == CONTRADICTS)
    assert scorer.score([], []).shape == (0, 2)
    with pytest.raises(BadModel, match="--out"):
        save_pair_encoder(folder, tmp_path / "bert", learnt, SHAPE, {})
    (folder / "model.safetensors").write_bytes(b"\0" * 64)
    with pytest.raises(BadModel):
        open_pair_scorer(folder)


def test_other_names_need_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderUnavailable, match="encoders"):
        open_pair_scorer(write_bert(tmp_path / "bert"))
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
