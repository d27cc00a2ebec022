"""Turns rows of posts and edges into the columns that listeners load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from stoa.records import EdgeColumns, EdgeKind, PostColumns, ViewerEventColumns, as_ids


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


class ViewerEventLine(NamedTuple):
    """One viewer event on its way into columns."""

    viewer: int
    kind: int
    post: int
    at_us: int
    seconds: float | None
    undoes: int | None
    position: int | None
    propensity: float | None
    policy: str
    surface: str


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


def viewer_event_columns(lines: Sequence[ViewerEventLine]) -> ViewerEventColumns:
    """Columns of viewer events, in the order given."""
    viewer, kind, post, at_us, seconds, undoes, position, propensity, policy, surface = zip(
        *lines, strict=True
    )
    nan = float("nan")
    return ViewerEventColumns(
        viewer=as_ids(viewer),
        kind=np.asarray(kind, dtype=np.int8),
        post=as_ids(post),
        at_us=as_ids(at_us),
        seconds=np.asarray([nan if s is None else s for s in seconds], dtype=np.float32),
        undoes=np.asarray([u or 0 for u in undoes], dtype=np.int8),
        position=np.asarray([-1 if p is None else p for p in position], dtype=np.int32),
        propensity=np.asarray([nan if p is None else p for p in propensity], dtype=np.float32),
        policy=list(policy),
        surface=list(surface),
    )


def primary_languages(langs: Iterable[str]) -> str:
    """Primary subtags in order, each once, joined by commas.

    >>> primary_languages(("pt-BR", "en", "EN-us"))
    'en,pt'
    """
    return ",".join(sorted({lang.split("-")[0].lower() for lang in langs}))
