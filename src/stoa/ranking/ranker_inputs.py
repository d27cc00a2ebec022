# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""What the ranker reads: the viewer's history, newest first, and the candidates of one request."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput

N_KINDS = 32
"""Bits of acts: those of `EventKind`, and room for acts that it does not name."""
N_MOMENTS = 4
"""Seconds and age of a meeting, and their squares."""
N_SURFACES = 8
N_NOTE_STATES = 4
"""No note; needs more ratings; helpful; not helpful."""
N_FORMS = 8
N_SIMILARITIES = 4
SHAPES = (256, 512, 1024, 1536)
"""Padded numbers of candidates; each is compiled once."""

_AGE_SCALE = 10.0  # log of a day in seconds is 11
_LENGTH_SCALE = 5.0  # log of 150 characters


class History(NamedTuple):
    """What a viewer did, newest first; h tokens, one for each time the viewer met a post."""

    vector: Any  # (h, d) the post's, unit
    author: Any  # (h, 2) buckets, `author_buckets`
    acts: Any  # (h,) uint32, bit 1 << EventKind
    log_seconds: Any  # (h,) `log_seconds` of attention, 0 where it was not measured
    log_age: Any  # (h,) `log_age` at the request
    surface: Any  # (h,)
    real: Any  # (h,) False where padded


class Candidates(NamedTuple):
    """Posts that might be shown; n of them. Nothing here counts followers, likes or views."""

    vector: Any  # (n, d) the post's, unit
    parent: Any  # (n, d) of the post it answers; zero where it answers none
    similarity: Any  # (n, 4) greatest products with the viewer's vectors, greatest first
    author: Any  # (n, 2) buckets
    log_age: Any  # (n,) since it was written
    form: Any  # (n, 8) length, media, length of what it answers: `form_of`
    note: Any  # (n,) state of the note beside it, 0..3
    surface: Any  # (n,)
    evidence: Any  # (n, e) what showings so far say of the pair, `ranking.evidence`; e may be 0


def log_age(seconds: NDArray[np.floating]) -> NDArray[np.float32]:
    """Ages on a scale of about 0..1.6 (a second to months)."""
    return (np.log1p(np.maximum(seconds, 0.0)) / _AGE_SCALE).astype(np.float32)


_REPLY = 6  # column of `form_of`


def log_seconds(seconds: NDArray[np.floating]) -> NDArray[np.float32]:
    """Seconds of attention on a scale of about 0..2; 0 where they are NaN."""
    return (np.log1p(np.nan_to_num(np.maximum(seconds, 0.0))) / 3.0).astype(np.float32)


def form_of(
    length: NDArray[np.integer], media: NDArray[np.integer], parent_length: NDArray[np.integer]
) -> NDArray[np.float32]:
    """What shape a post has; (n, 8).

    Log length and its square, four bits of media, whether it is a reply, and the log length of
    what it answers (-1 where it answers nothing), which is read with it.
    """
    long = np.log1p(length) / _LENGTH_SCALE
    is_reply = parent_length >= 0
    above = np.log1p(np.maximum(parent_length, 0)) / _LENGTH_SCALE
    bits = (media[:, None] >> np.arange(4)) & 1
    return np.column_stack([long, long * long, bits, is_reply, above]).astype(np.float32)


def is_reply(form: Any) -> NDArray[np.bool_]:
    """Which posts answer another, (n,), by their `form_of`.

    >>> is_reply(form_of(np.array([9, 9]), np.zeros(2, int), np.array([-1, 40]))).tolist()
    [False, True]
    """
    return np.asarray(form)[..., _REPLY] > 0


def author_buckets(account: NDArray[np.integer], rows: int) -> NDArray[np.int32]:
    """Two hashes of each account id into 1..rows-1; shape (n, 2). Row 0 is "somebody".

    Two accounts share both buckets once in (rows - 1) squared pairs. Ids must be stable between
    training and serving: rows of a log will do inside one log only.

    >>> author_buckets(np.array([7, 7]), 64).tolist()[0] == author_buckets(np.array([7]), 64).tolist()[0]
    True
    """  # noqa: E501 - one doctest line
    ids = account.astype(np.uint64)
    made: list[NDArray[np.int32]] = []
    for salt in (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03):
        mixed = _mixed(ids ^ np.uint64(salt))
        made.append((mixed % np.uint64(rows - 1)).astype(np.int32) + 1)
    return np.stack(made, axis=-1)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def padded_candidates(candidates: Candidates, size: int) -> Candidates:
    """The same candidates and rows of zeros behind them, `size` in all."""
    return Candidates(*(_padded(np.asarray(column), size) for column in candidates))


def padded_history(history: History, size: int) -> History:
    """The newest `size` tokens, or all of them and padding that nobody attends to."""
    return History(*(_padded(np.asarray(column)[:size], size) for column in history))


def shape_for(n: int) -> int:
    """The smallest padded shape that holds `n` candidates.

    Raises:
        BadInput: more than the largest shape holds.
    """
    for size in SHAPES:
        if n <= size:
            return size
    raise BadInput("candidates", n, f"rank at most {SHAPES[-1]} at a time")


def _padded(column: NDArray[Any], size: int) -> NDArray[Any]:
    if len(column) == size:
        return column
    empty = np.zeros((size - len(column), *column.shape[1:]), dtype=column.dtype)
    return np.concatenate([column, empty])
