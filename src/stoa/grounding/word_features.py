"""The verifier's features of pairs, for a pair encoder to judge together with its own numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.pair_features import PAIR_NAMES, pair_rows
from stoa.grounding.units import Reader


class WordFeatures:
    """Rows of features with the names of their columns."""

    names: Sequence[str] = PAIR_NAMES

    def __init__(self) -> None:
        self._reader = Reader()

    def rows(self, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """Shape (n, len(names)).

        >>> WordFeatures().rows(["It rained."], [["It rained."]]).shape == (1, len(PAIR_NAMES))
        True
        """
        return pair_rows(self._reader, claims, evidence).rows
