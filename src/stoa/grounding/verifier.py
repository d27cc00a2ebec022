"""Does the evidence fully support the claim, and does it contradict it: two heads, one answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ask_records import Verdict, VerifierWeights
from stoa.errors import BadInput
from stoa.grounding.forest import Forest
from stoa.grounding.logistic import Linear, sigmoid
from stoa.grounding.pair_features import PAIR_NAMES, Told, pair_rows
from stoa.grounding.units import Reader

FOREST_SHARE = 0.7
"""How much the trees' logit counts beside the linear one: they know the training sets better, and
new sets less well."""

_UNITS = PAIR_NAMES.index("units")


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
    because: tuple[str, ...]  # words of the claim that decided, each after what was seen of it


@dataclass(frozen=True, slots=True)
class Heads:
    """The learnt part: features to a support logit and a contradiction logit."""

    linear: Linear
    forest: Forest
    contradiction: Linear

    def support(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logits that the claim is fully supported, as if half of all claims were: shape (n,)."""
        return self.linear(rows) + FOREST_SHARE * self.forest(rows)


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where logits become words: calibration of the support logit, and three thresholds on it."""

    slope: float
    intercept: float
    supported: float  # least support logit of `supported`
    likely: float  # least support logit of the verdict `likely`
    against: float  # contradiction logit from which no verdict is `likely`
    length: float  # what a claim's length adds to the calibrated logit, see `claim_lengths`

    def probability(
        self, support: NDArray[np.float64], rows: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The calibrated chance of full support, from support logits and feature rows."""
        return sigmoid(self.slope * support + self.length * claim_lengths(rows) + self.intercept)


def claim_lengths(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """log(1 + the claim's content units) out of feature rows: shape (n,)."""
    return rows[:, _UNITS]


class Verifier:
    """Judges claims by features and two heads; the same pair always gets the same judgement."""

    def __init__(self, weights: VerifierWeights) -> None:
        """Takes weights that were fitted over the features of this version.

        Raises:
            BadInput: they name other features than this version has.
        """
        self._heads, self._cuts = unpacked(weights)
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
        if not claims:
            return []
        found, cuts = pair_rows(self._reader, claims, evidence), self._cuts
        support = self._heads.support(found.rows)
        against = self._heads.contradiction(found.rows)
        probability = cuts.probability(support, found.rows).tolist()
        contradiction = sigmoid(against).tolist()
        supported = (support > cuts.supported).tolist()
        likely = ((support > cuts.likely) & (against < cuts.against)).tolist()
        clash = (against >= cuts.against).tolist()
        return [
            Judgement(
                probability[n],
                supported[n],
                contradiction[n],
                Verdict.LIKELY if likely[n] else Verdict.NOT_FOUND,
                _because(found.told[n], likely[n], clash[n]),
            )
            for n in range(len(claims))
        ]

    def score(
        self, claims: Sequence[str], evidence: Sequence[Sequence[str]]
    ) -> NDArray[np.float64]:
        """(support, contradiction) a pair, as `ask_ports.PairScorer` has it: shape (n, 2)."""
        judged = self.judge(claims, evidence)
        return np.array([(one.probability, one.contradiction) for one in judged]).reshape(-1, 2)


def _because(told: Told, likely: bool, clash: bool) -> tuple[str, ...]:
    if likely:
        return tuple([f"found: {word}" for word in told.found()])
    against = told.against()
    why = [f"otherwise there: {word}" for word in against] if clash else []
    why += [f"missing: {word}" for word in told.missing() if word not in against]
    if why:
        return tuple(why)
    if clash:
        return ("the words are there but the sources may say otherwise",)
    return ("the words do not stand together in the sources",)


def packed(heads: Heads, cuts: Cuts) -> VerifierWeights:
    """The learnt numbers as they are kept in a file."""
    arrays: dict[str, tuple[float, ...]] = {
        f"forest_{name}": row for name, row in heads.forest.arrays().items()
    }
    for name, head in (("support", heads.linear), ("contradiction", heads.contradiction)):
        for part in ("means", "scales", "weights"):
            arrays[f"{name}_{part}"] = tuple(float(x) for x in getattr(head, part))
        arrays[f"{name}_intercept"] = (head.intercept,)
    arrays["cuts"] = (
        cuts.slope, cuts.intercept, cuts.supported, cuts.likely, cuts.against,
        cuts.length,
    )  # fmt: skip
    return VerifierWeights({"pairs": PAIR_NAMES}, arrays)


def unpacked(weights: VerifierWeights) -> tuple[Heads, Cuts]:
    """The heads and cuts in a file's numbers.

    Raises:
        BadInput: they are of other features than this version has.
    """
    columns = weights.columns.get("pairs", ())
    if columns != PAIR_NAMES:
        mend = "use weights made for this version of Stoa"
        raise BadInput("verifier columns", sorted(set(columns) ^ set(PAIR_NAMES)), mend)
    arrays = weights.arrays
    linear = [
        Linear(
            np.array(arrays[f"{name}_means"]),
            np.array(arrays[f"{name}_scales"]),
            np.array(arrays[f"{name}_weights"]),
            arrays[f"{name}_intercept"][0],
        )
        for name in ("support", "contradiction")
    ]
    trees = {
        name.removeprefix("forest_"): row
        for name, row in arrays.items()
        if name.startswith("forest_")
    }
    return Heads(linear[0], Forest.of(trees), linear[1]), Cuts(*arrays["cuts"])


__all__ = ["Cuts", "Heads", "Judgement", "Verifier", "claim_lengths", "packed", "unpacked"]
