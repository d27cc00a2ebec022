"""A BERT of two small layers with random weights, as files in a folder."""

import json

import numpy as np
from safetensors.numpy import save_file

from stoa.language_models.bert import BertConfig, bert_tensors

_SENTENCES = "the a won lost not nobody somebody match in 1998 2001 . , ! it was he she rained"
WORDS = list(_SENTENCES.split(" "))
NAMES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]
CONFIG = BertConfig(width=16, heads=2, depth=2, hidden=32, vocabulary=len(NAMES), places=64)


def random_params(config=CONFIG, seed=0):
    chance = np.random.default_rng(seed)

    def array(*shape):
        return chance.standard_normal(shape).astype(np.float32) * 0.3

    def dense(n, m):
        return {"matrix": array(n, m), "bias": array(m)}

    w = config.width

    def norm():
        return {"scale": 1 + array(w), "bias": array(w)}

    def layer():
        named = {name: dense(w, w) for name in ("query", "key", "value", "mixed")}
        named |= {"up": dense(w, config.hidden), "down": dense(config.hidden, w)}
        return named | {"norm_mixed": norm(), "norm_down": norm()}

    return {
        "words": array(config.vocabulary, w),
        "places": array(config.places, w),
        "kinds": array(2, w),
        "norm": norm(),
        "layers": [layer() for _ in range(config.depth)],
    }


def write_bert(folder, params=None, config=CONFIG, prefix=""):
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "model_type": "bert", "hidden_act": "gelu", "hidden_size": config.width,
        "num_attention_heads": config.heads, "num_hidden_layers": config.depth,
        "intermediate_size": config.hidden, "vocab_size": config.vocabulary,
        "max_position_embeddings": config.places, "layer_norm_eps": config.epsilon,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "vocab.txt").write_text("\n".join(NAMES) + "\n", encoding="utf-8")
    tensors = bert_tensors(params or random_params(config))
    save_file(
        {prefix + name: np.ascontiguousarray(array) for name, array in tensors.items()},
        folder / "model.safetensors",
    )
    return folder
