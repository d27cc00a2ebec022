"""What showings told up to a moment, looked up by the ids of accounts and posts when serving.

Numbers are those that `Evidence.ask` gives at that moment: the ranker reads in serving what it
read in training. Whoever is not in the table is somebody of whom nothing was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.ranking.evidence import N_EVIDENCE, N_SIGNALS

Ids = NDArray[np.int64]
Reals = NDArray[np.float32]

UNDER = "evidence"
"""What names of a table's arrays begin with in a model file."""

_SOUGHT = N_SIGNALS + 1  # tastes, and what the authors followed sum up to


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTable:
    """Means drawn to nought, by id; ids ascend. Pairs stand viewer by viewer, by author within."""

    post: Ids  # (p,)
    of_post: Reals  # (p, 4)
    author: Ids  # (a,)
    of_author: Reals  # (a, 4)
    viewer: Ids  # (v,)
    of_viewer: Reals  # (v, 4)
    viewer_known: Reals  # (v,) log(1 + showings) / 5
    seeking: Reals  # (v, d, 5)
    first_pair: Ids  # (v + 1,) where each viewer's pairs begin
    pair_author: Ids  # (k,)
    of_pair: Reals  # (k, 4)
    pair_known: Reals  # (k,) log(1 + showings)
    pair_followed: NDArray[np.bool_]  # (k,)

    def ask(self, viewer: int, author: Ids, post: Ids, vector: Reals) -> Reals:
        """Evidence on one viewer and n posts, (n, N_EVIDENCE).

        Args:
            viewer: id of the account.
            author: (n,) ids.
            post: (n,) ids.
            vector: (n, d) of the posts' content.
        """
        made = np.zeros((len(post), N_EVIDENCE), dtype=np.float32)
        of_post = made[:, N_SIGNALS : 2 * N_SIGNALS]
        of_author = made[:, 2 * N_SIGNALS : 3 * N_SIGNALS]
        _fill(of_post, self.post, post, self.of_post)
        _fill(of_author, self.author, author, self.of_author)
        who = int(np.searchsorted(self.viewer, viewer))
        if who == len(self.viewer) or self.viewer[who] != viewer:
            return made
        sought = vector @ self.seeking[who]
        made[:, :N_SIGNALS], made[:, -3] = sought[:, :N_SIGNALS], sought[:, N_SIGNALS]
        made[:, 3 * N_SIGNALS : 4 * N_SIGNALS] = self.of_viewer[who]
        made[:, -2] = self.viewer_known[who]
        pairs = slice(int(self.first_pair[who]), int(self.first_pair[who + 1]))
        met = self.pair_author[pairs]
        _fill(made[:, 4 * N_SIGNALS : 5 * N_SIGNALS], met, author, self.of_pair[pairs])
        _fill(made[:, -4], met, author, self.pair_followed[pairs])
        _fill(made[:, -1], met, author, self.pair_known[pairs])
        return made

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Its columns by name, as a model file keeps them."""
        return {f"{UNDER}.{name}": getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], dim: int) -> EvidenceTable | None:
        """The table of a model file; None where there is none.

        Raises:
            BadInput: a column is missing, of another shape, or points beyond another.
        """
        if not any(name.startswith(f"{UNDER}.") for name in arrays):
            return None
        columns = {name: arrays.get(f"{UNDER}.{name}") for name in cls.__slots__}
        for name, shape in _shapes(columns, dim).items():
            column = columns[name]
            if column is None or column.shape != shape:
                told = "missing" if column is None else column.shape
                raise BadInput(f"{UNDER}.{name}", told, f"weights of this version have {shape}")
        table = cls(**columns)  # pyright: ignore[reportArgumentType]  # none is None: just checked
        if len(table.pair_author) != table.first_pair[-1] or (np.diff(table.first_pair) < 0).any():
            raise BadInput(f"{UNDER}.first_pair", "not rising to the end", "train anew")
        return table


def _shapes(columns: Mapping[str, NDArray[Any] | None], dim: int) -> dict[str, tuple[int, ...]]:
    def n(name: str) -> int:
        column = columns[name]
        return 0 if column is None or column.ndim == 0 else len(column)

    posts, authors, viewers, pairs = n("post"), n("author"), n("viewer"), n("pair_author")
    return {
        "post": (posts,), "of_post": (posts, N_SIGNALS),
        "author": (authors,), "of_author": (authors, N_SIGNALS),
        "viewer": (viewers,), "of_viewer": (viewers, N_SIGNALS), "viewer_known": (viewers,),
        "seeking": (viewers, dim, _SOUGHT), "first_pair": (viewers + 1,),
        "pair_author": (pairs,), "of_pair": (pairs, N_SIGNALS), "pair_known": (pairs,),
        "pair_followed": (pairs,),
    }  # fmt: skip


def _fill(into: NDArray[Any], keys: Ids, wanted: Ids, values: NDArray[Any]) -> None:
    """Writes the values of the keys that are known; the others are left."""
    if not len(keys):
        return
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    known = keys[at] == wanted
    into[known] = values[at[known]]
