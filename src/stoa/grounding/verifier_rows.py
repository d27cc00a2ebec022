"""What the verifier is fitted on, and how: rows of judged pairs, of made pairs and of replies."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.forest import ForestConfig

REFUTES, SILENT, PARTLY, SUPPORTS, UNSUPPORTED = -1, 0, 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingConfig:
    """What was chosen by cross-validation over the public sets."""

    support_sets: dict[str, float] = field(  # set -> weight; each set's classes count the same
        default_factory=lambda: {
            "wice": 1.0, "factcheck-gpt": 1.0, "begin-wow": 1.0, "begin-cmu": 0.3, "begin-tc": 0.3,
        }
    )  # fmt: skip
    support_penalty: float = 150.0
    contradiction_penalty: float = 1000.0
    replies_weight: float = 0.3  # of replies in chat's tone, beside the sets above
    made_weight: float = 8.0  # of refuting pairs that were made, against the real ones
    quoted_weight: float = 1.5  # of quotations, which nothing in their source contradicts
    forest: ForestConfig = field(default_factory=ForestConfig)
    inner_folds: int = 5  # for rows that the heads did not see
    refuted_pass: float = 0.15  # of refuted claims, at most this share may be called likely
    unsupported_pass: float = 0.15  # of all that are not supported
    support_blur: float = 0.17  # scale of the spread of logits where shares that pass are counted
    against_blur: float = 0.055
    cut_set: str = "factcheck-gpt"  # where `likely` is chosen, if it is among the rows


@dataclass(frozen=True, slots=True)
class Labelled:
    """Feature rows with what people judged; `group` is held out whole. Arrays are aligned."""

    rows: NDArray[np.float64]
    stance: NDArray[np.int64]
    collection: NDArray[np.str_]
    group: NDArray[np.str_]

    def take(self, chosen: NDArray[np.bool_]) -> Labelled:
        """The rows of a mask."""
        return Labelled(
            self.rows[chosen], self.stance[chosen], self.collection[chosen], self.group[chosen]
        )


@dataclass(frozen=True, slots=True)
class Made:
    """Feature rows of pairs that were made; `source` is the group of what each was made from.

    `refutes` tells pairs made refuting from quotations of their own evidence.
    """

    rows: NDArray[np.float64]
    kind: NDArray[np.str_]
    source: NDArray[np.str_]
    collection: NDArray[np.str_]
    refutes: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.bool_]) -> Made:
        """The rows of a mask."""
        return Made(
            self.rows[chosen],
            self.kind[chosen],
            self.source[chosen],
            self.collection[chosen],
            self.refutes[chosen],
        )


@dataclass(frozen=True, slots=True)
class Teaching:
    """All that the heads are fitted on. `replies` were made from judged pairs, in chat's tone.

    The collection and group of a reply are those of the pair that it was made from.
    """

    judged: Labelled
    made: Made
    replies: Labelled

    def take(
        self,
        judged: NDArray[np.bool_],
        made: NDArray[np.bool_],
        replies: NDArray[np.bool_],
    ) -> Teaching:
        """The rows of three masks."""
        return Teaching(self.judged.take(judged), self.made.take(made), self.replies.take(replies))
