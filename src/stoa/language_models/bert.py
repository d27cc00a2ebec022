# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""The forward pass of BERT (Devlin et al. 2019) in plain JAX, from a safetensors file.

Shapes leave the batch away: functions see one text of `n` pieces, and `jax.vmap` supplies the
batch. Blocks are post-norm with the exact GELU, as BERT's weights were trained.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from stoa.errors import BadModel

Array = jax.Array
Params = dict[str, Any]

_LAYER = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "mixed": "attention.output.dense", "up": "intermediate.dense", "down": "output.dense",
}  # fmt: skip
_NORMS = {"norm_mixed": "attention.output.LayerNorm", "norm_down": "output.LayerNorm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BertConfig:
    """The sizes of a model, as its `config.json` states them."""

    width: int
    heads: int
    depth: int
    hidden: int
    vocabulary: int
    places: int = 512
    epsilon: float = 1e-12

    @classmethod
    def from_file(cls, path: Path) -> BertConfig:
        """From a `config.json`.

        Raises:
            BadModel: it does not read, or is of another architecture.
        """
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            kind = (told["model_type"], told["hidden_act"])
            found = cls(
                width=int(told["hidden_size"]),
                heads=int(told["num_attention_heads"]),
                depth=int(told["num_hidden_layers"]),
                hidden=int(told["intermediate_size"]),
                vocabulary=int(told["vocab_size"]),
                places=int(told["max_position_embeddings"]),
                epsilon=float(told["layer_norm_eps"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            mend = f"give a BERT model's own file ({type(wrong).__name__}: {wrong})"
            raise BadModel("config.json", str(path), mend) from wrong
        if kind != ("bert", "gelu") or found.width % found.heads:
            raise BadModel("config.json", kind, "give a BERT model with GELU")
        return found


def load_bert(path: Path, config: BertConfig) -> Params:
    """Parameters from a `model.safetensors`, each matrix as (in, out).

    Raises:
        BadModel: the file is damaged, or a tensor is missing, of another shape, or not finite.
    """
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError, ValueError) as wrong:
        raise BadModel("model.safetensors", str(path), f"fetch it again: {wrong}") from wrong
    strip = "bert." if "bert.embeddings.LayerNorm.weight" in tensors else ""
    take = _Taker({name.removeprefix(strip): tensor for name, tensor in tensors.items()}, config)
    w, inner = config.width, config.hidden
    sizes = {"up": (inner, w), "down": (w, inner)}
    layers: list[Params] = []
    for place in range(config.depth):
        at = f"encoder.layer.{place}."
        layer: Params = {n: take.dense(at + t, sizes.get(n, (w, w))) for n, t in _LAYER.items()}
        layers.append(layer | {n: take.norm(at + t) for n, t in _NORMS.items()})
    return {
        "words": take.of("embeddings.word_embeddings.weight", (config.vocabulary, w)),
        "places": take.of("embeddings.position_embeddings.weight", (config.places, w)),
        "kinds": take.of("embeddings.token_type_embeddings.weight", (2, w)),
        "norm": take.norm("embeddings.LayerNorm"),
        "layers": layers,
    }


def bert_tensors(params: Params) -> dict[str, NDArray[np.float32]]:
    """Parameters under the names, and in the shapes, that `load_bert` reads."""
    found = {
        "embeddings.word_embeddings.weight": params["words"],
        "embeddings.position_embeddings.weight": params["places"],
        "embeddings.token_type_embeddings.weight": params["kinds"],
        "embeddings.LayerNorm.weight": params["norm"]["scale"],
        "embeddings.LayerNorm.bias": params["norm"]["bias"],
    }
    for place, layer in enumerate(params["layers"]):
        at = f"encoder.layer.{place}."
        for name, told in _LAYER.items():
            found[f"{at}{told}.weight"] = layer[name]["matrix"].T
            found[f"{at}{told}.bias"] = layer[name]["bias"]
        for name, told in _NORMS.items():
            found[f"{at}{told}.weight"] = layer[name]["scale"]
            found[f"{at}{told}.bias"] = layer[name]["bias"]
    return {name: np.asarray(array, dtype=np.float32) for name, array in found.items()}


@dataclass(frozen=True, slots=True)
class _Taker:
    tensors: dict[str, NDArray[Any]]
    config: BertConfig

    def of(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        found = self.tensors.get(name)
        if found is None or found.shape != shape:
            what = "is missing" if found is None else f"has shape {found.shape}"
            raise BadModel(name, what, f"expected shape {shape}, as config.json says")
        array = np.asarray(found, dtype=np.float32)
        if not np.isfinite(array).all():
            raise BadModel(name, "no finite numbers", "fetch the weights again")
        return array

    def dense(self, name: str, shape: tuple[int, int]) -> Params:
        matrix = np.ascontiguousarray(self.of(f"{name}.weight", shape).T)
        return {"matrix": matrix, "bias": self.of(f"{name}.bias", shape[:1])}

    def norm(self, name: str) -> Params:
        shape = (self.config.width,)
        return {"scale": self.of(f"{name}.weight", shape), "bias": self.of(f"{name}.bias", shape)}


def embed(params: Params, ids: Array, kinds: Array, epsilon: float) -> Array:
    """What goes into the first layer, (n, width). `ids` (n,) pieces, `kinds` (n,) 0 or 1."""
    summed = params["words"][ids] + params["places"][: ids.shape[0]] + params["kinds"][kinds]
    return _normed(summed, params["norm"], epsilon)


def run_layers(layers: list[Params], stream: Array, is_piece: Array, config: BertConfig) -> Array:
    """The stream (n, width) after these layers. `is_piece` (n,) is False where text is padded."""
    for layer in layers:
        mixed = _attention(layer, stream, is_piece, config)
        stream = _normed(stream + mixed, layer["norm_mixed"], config.epsilon)
        inner = jax.nn.gelu(_dense(stream, layer["up"]), approximate=False)
        stream = _normed(stream + _dense(inner, layer["down"]), layer["norm_down"], config.epsilon)
    return stream


def mean_of(stream: Array, chosen: Array) -> Array:
    """The mean (width,) of the places of the stream that are chosen; zero where none is."""
    weight = chosen.astype(stream.dtype)
    return weight @ stream / jnp.maximum(weight.sum(), 1)


def _attention(layer: Params, stream: Array, is_piece: Array, config: BertConfig) -> Array:
    n, per_head = stream.shape[0], config.width // config.heads
    query, key, value = (
        _dense(stream, layer[name]).reshape(n, config.heads, per_head)
        for name in ("query", "key", "value")
    )
    logit = jnp.einsum("qhc,khc->hqk", query, key) / per_head**0.5
    logit = jnp.where(is_piece[None, None, :], logit, jnp.finfo(logit.dtype).min)
    weight = jax.nn.softmax(logit, axis=-1)
    heard = jnp.einsum("hqk,khc->qhc", weight, value).reshape(n, config.width)
    return _dense(heard, layer["mixed"])


def _dense(x: Array, layer: Params) -> Array:
    return x @ layer["matrix"] + layer["bias"][None, :]


def _normed(x: Array, norm: Params, epsilon: float) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    unit = centred * jax.lax.rsqrt(variance + epsilon)
    return unit * norm["scale"][None, :] + norm["bias"][None, :]
