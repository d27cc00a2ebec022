"""Turns rows of posts and edges into the columns that listeners load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from stoa.records import EdgeColumns, EdgeKind, PostColumns, as_ids


class PostLine(NamedTuple):
    """One post on its way into columns."""

    id: int
    author: int
    at_us: int
    parent: int
    root: int
    quote: int
    media: int
    langs: str
    labels: str
    length: int


class EdgeLine(NamedTuple):
    """One edge on its way into columns."""

    actor: int
    subject: int
    at_us: int
    uri: str = ""


def post_columns(lines: Sequence[PostLine]) -> PostColumns:
    """Columns of posts, in the order given."""
    id_, author, at_us, parent, root, quote, media, langs, labels, length = zip(*lines, strict=True)
    return PostColumns(
        id=as_ids(id_),
        author=as_ids(author),
        at_us=as_ids(at_us),
        parent=as_ids(parent),
        root=as_ids(root),
        quote=as_ids(quote),
        media=np.asarray(media, dtype=np.uint8),
        langs=list(langs),
        labels=list(labels),
        length=np.asarray(length, dtype=np.int32),
    )


def edge_columns(kind: EdgeKind, lines: Sequence[EdgeLine]) -> EdgeColumns:
    """Columns of edges, in order of time."""
    actor, subject, at_us, uris = zip(
        *sorted(lines, key=lambda line: (line.at_us, line.actor)), strict=True
    )
    return EdgeColumns(
        kind=kind,
        actor=as_ids(actor),
        subject=as_ids(subject),
        at_us=as_ids(at_us),
        uri=list(uris) if kind is EdgeKind.REPOST else [],
    )


def primary_languages(langs: Iterable[str]) -> str:
    """Primary subtags in order, each once, joined by commas.

    >>> primary_languages(("pt-BR", "en", "EN-us"))
    'en,pt'
    """
    return ",".join(sorted({lang.split("-")[0].lower() for lang in langs}))
