"""Does the evidence fully support the claim, and does it contradict it: two heads, one answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ask_records import Verdict, VerifierWeights
from stoa.errors import BadInput
from stoa.grounding.logistic import Linear, sigmoid
from stoa.grounding.pair_features import PAIR_NAMES, PairRows, pair_rows
from stoa.grounding.units import Reader


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the verifier says of one claim.

    `probability` is calibrated: of claims with .8, eight in ten are fully supported. `supported`
    is the best guess by one threshold for all texts. `verdict` is the stricter word a reader sees:
    `likely`, and only where a contradiction is unlikely too, else `not_found`.
    """

    probability: float
    supported: bool
    contradiction: float  # 0..1: how much it looks like a contradiction
    verdict: Verdict
    because: tuple[str, ...]  # words of the claim, or reasons, that decided


class Verifier:
    """Judges claims by features and two linear heads; the same pair gets the same judgement."""

    def __init__(self, weights: VerifierWeights) -> None:
        """Takes weights that were fitted over the features of this version.

        Raises:
            BadInput: they name features that this version does not know.
        """
        self._support = _head(weights, "support")
        self._contradiction = _head(weights, "contradiction")
        self._cut = weights.arrays["threshold"]
        self._reader = Reader()

    @property
    def name(self) -> str:
        """Shown beside its verdicts."""
        return "without a language model"

    def judge(self, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> list[Judgement]:
        """One judgement per claim, over all its evidence together.

        Raises:
            BadInput: there are not as many evidences as claims.
        """
        if len(claims) != len(evidence):
            raise BadInput("evidence", len(evidence), f"give {len(claims)}, one for each claim")
        rows = pair_rows(self._reader, claims, evidence)
        support, against = self._support(rows.pairs), self._contradiction(rows.pairs)
        probability, contradiction = sigmoid(support), sigmoid(against)
        supported_cut, likely_cut, against_cut = self._cut
        return [
            Judgement(
                float(probability[n]),
                bool(probability[n] > supported_cut),
                float(contradiction[n]),
                Verdict.LIKELY
                if probability[n] > likely_cut and contradiction[n] < against_cut
                else Verdict.NOT_FOUND,
                (),
            )
            for n in range(len(claims))
        ]

    def score(
        self, claims: Sequence[str], evidence: Sequence[Sequence[str]]
    ) -> NDArray[np.float64]:
        """(support, contradiction) a pair, as `ask_ports.PairScorer` has it."""
        judged = self.judge(claims, evidence)
        return np.array([(one.probability, one.contradiction) for one in judged]).reshape(-1, 2)


def _head(weights: VerifierWeights, name: str) -> Linear:
    columns = weights.columns[name]
    if columns != PAIR_NAMES:
        mend = "use weights made for this version of Stoa"
        raise BadInput("verifier columns", set(columns) ^ set(PAIR_NAMES), mend)
    means, scales, slopes = (
        np.array(weights.arrays[f"{name}_{part}"]) for part in ("means", "scales", "weights")
    )
    return Linear(means, scales, slopes, weights.arrays[f"{name}_intercept"][0])


__all__ = ["Judgement", "PairRows", "Verifier"]
