# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""A trained ranker as one value that serves: shape, parameters, calibration and worths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any, cast

import jax
import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput, BadModel
from stoa.ranking.blended_seconds import BlendedSeconds
from stoa.ranking.evidence_table import EvidenceTable
from stoa.ranking.ranker_inputs import Candidates, History, is_reply
from stoa.ranking.ranker_model import HistoryState, RankerConfig, init_ranker
from stoa.ranking.ranker_serving import rank, read_history, warm
from stoa.ranking.readout import Calibration, Readout, read_out
from stoa.ranking.value import ValueConfig
from stoa.space.parameter_tree import check_like, flat, nested
from stoa.space.text_axes import TextAxes, folded
from stoa.space.transformer import Params

UNDER = "ranker"
"""What names of a ranker's arrays begin with in a model file."""


@dataclass(frozen=True, slots=True)
class LearnedRanker:
    """Predicts and values; immutable, so that a page never sees half of two versions."""

    version: str
    config: RankerConfig
    params: Params
    value: ValueConfig
    evidence: EvidenceTable | None = None  # what showings had told when it was trained
    axes: TextAxes | None = None  # that its vectors are along; None: plain text vectors
    blend: BlendedSeconds | None = None  # with what its seconds are blended

    def content(self, text: NDArray[np.float32]) -> NDArray[np.float32]:
        """Vectors of posts as it reads them, (n, config.vector), from text of any length (n, d)."""
        return folded(text, self.config.vector) if self.axes is None else self.axes.of(text)

    def readout(self, history: History, candidates: Candidates) -> Readout:
        """What is believed of each candidate, after calibration; positions play no part."""
        return self.readout_after(self.read(history), candidates)

    def read(self, history: History) -> HistoryState:
        """What candidates will see of a viewer: worth keeping where they come in several parts."""
        return read_history(self.params, history, self.config)

    def readout_after(
        self,
        state: HistoryState,
        candidates: Candidates,
        is_new: NDArray[np.bool_] | None = None,
    ) -> Readout:
        """`readout` of a history that was read before; `is_new` (n,): whose author is new."""
        outputs = rank(self.params, state, candidates, self.config)
        read = read_out(outputs, self.calibration, is_reply(candidates.form), is_new)
        return read if self.blend is None else self.blend.of(read, candidates)

    @property
    def calibration(self) -> Calibration:
        """What is done to outputs before they are believed."""
        return Calibration.of(self.params)

    def warm(self) -> None:
        """Compiles all shapes, so that no reader waits for it."""
        warm(self.params, self.config)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Parameters by name, as a model file keeps them."""
        beside = (self.evidence, self.axes, self.blend)
        told = {k: v for part in beside if part for k, v in part.arrays().items()}
        return flat(self.params, UNDER) | told

    def evidence_on(
        self, viewer: int, author: NDArray[np.int64], post: NDArray[np.int64],
        vector: NDArray[np.float32],
    ) -> NDArray[np.float32]:  # fmt: skip
        """Evidence on a viewer's candidates, by their ids, (n, config.evidence)."""
        if self.evidence is None or not self.config.evidence:
            return np.zeros((len(post), self.config.evidence), dtype=np.float32)
        return self.evidence.ask(viewer, author, post, vector)

    def card_config(self) -> dict[str, object]:
        """What a card must say for `from_arrays` to read the arrays back."""
        return {UNDER: asdict(self.config)}

    @classmethod
    def from_arrays(
        cls,
        version: str,
        arrays: Mapping[str, NDArray[Any]],
        config: Mapping[str, object],
        value: Mapping[str, object],
    ) -> LearnedRanker:
        """The ranker that a model file holds.

        Raises:
            BadModel: the card or an array is not what this version makes.
        """
        mend = "use weights made by this version, or train anew with `stoa train`"
        try:
            shape = RankerConfig(**_known(RankerConfig, config[UNDER]))
            worths = ValueConfig(**_known(ValueConfig, value))
            params = _with_all_lines(nested(arrays, UNDER))
            drawn = partial(init_ranker, config=shape)
            check_like(params, jax.eval_shape(drawn, jax.random.key(0)), UNDER)
            table = EvidenceTable.from_arrays(arrays, shape.vector)
            axes = TextAxes.from_arrays(arrays, shape.vector)
            blend = BlendedSeconds.from_arrays(arrays, shape.vector)
        except (BadInput, KeyError, TypeError, ValueError, AttributeError) as problem:
            raise BadModel(f"model {version}", str(problem), mend) from problem
        return cls(version, shape, jax.tree.map(np.asarray, params), worths, table, axes, blend)


def _with_all_lines(params: Params) -> Params:
    """Parameters from before replies or new authors had a line of their own: that of all."""
    kept = params["calibration"]
    own = {
        "reply_slope": kept["slope"],
        "reply_mean_s": kept["mean_s"],
        "new_share": np.ones((), dtype=np.float32),
        "new_mean_s": np.zeros((), dtype=np.float32),
    }
    return {**params, "calibration": {**own, **kept}}


def _known(kind: type, given: object) -> dict[str, Any]:
    """Settings of a config; keys that it does not have are another version's.

    Raises:
        TypeError: no mapping, or a key unknown.
    """
    if not isinstance(given, Mapping):
        raise TypeError(f"no settings of {kind.__name__}")
    settings = cast("Mapping[str, Any]", given)
    names = {field.name for field in fields(kind)}
    unknown = sorted(set(settings) - names)
    if unknown:
        raise TypeError(f"{kind.__name__} knows no {unknown[0]}")
    return dict(settings)
