"""Adapters that turn texts into unit vectors: one of our own, and any sentence-embedding model."""

from __future__ import annotations

from stoa.encoders.hashed import HashedEncoder
from stoa.encoders.sentence import SentenceEncoder
from stoa.ports import TextEncoder

__all__ = ["HashedEncoder", "SentenceEncoder", "open_encoder"]


def open_encoder(model: str = "hashed") -> TextEncoder:
    """The encoder that a setting names: `hashed`, or a model's name or folder.

    Raises:
        EncoderUnavailable: the `encoders` extra is not installed, or the model does not load.
    """
    return HashedEncoder() if model == "hashed" else SentenceEncoder(model)
