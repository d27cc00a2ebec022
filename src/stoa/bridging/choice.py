"""Which scorers take part in a run, by the names of the published program (spec 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stoa.bridging.ensemble import COVERAGE, ENSEMBLE
from stoa.bridging.gaussian_scorers import GAUSSIAN_SCORERS
from stoa.bridging.scorers import ScorerConfig
from stoa.errors import BadInput

_MODELS = (*ENSEMBLE, COVERAGE, *GAUSSIAN_SCORERS)


def scorer_of(model: str) -> str:
    """The published name that a model goes by: all groups are one scorer, and so are all topics.

    >>> scorer_of("MFGroupScorer_13"), scorer_of("GaussianTopicScorer_InDimensionTwo")
    ('MFGroupScorer', 'MFTopicScorer')
    """
    name = model.split("_")[0]
    return "MFTopicScorer" if name == "GaussianTopicScorer" else name


SCORERS = tuple(dict.fromkeys(scorer_of(model.name) for model in _MODELS))


@dataclass(frozen=True, slots=True)
class Choice:
    """Some of `SCORERS`, or all of them."""

    scorers: frozenset[str] | None = None

    @classmethod
    def of(cls, text: str) -> Choice:
        """Those of a list with commas.

        Raises:
            BadInput: one of them is none of `SCORERS`.
        """
        names = frozenset(name.strip() for name in text.split(","))
        for name in sorted(names - set(SCORERS)):
            raise BadInput("--scorers", name, f"give some of {', '.join(SCORERS)}, with commas")
        return cls(names)

    def hears(self, model: str) -> bool:
        """Whether a model speaks in the run."""
        return self.scorers is None or scorer_of(model) in self.scorers

    def fitted(self, configs: Sequence[ScorerConfig]) -> tuple[ScorerConfig, ...]:
        """The models to prescore: those heard, and those whose raters a Gaussian model borrows."""
        lent = {each.borrows for each in GAUSSIAN_SCORERS if self.hears(each.name)}
        return tuple(c for c in configs if self.hears(c.name) or c.name in lent)

    def __str__(self) -> str:
        return "all" if self.scorers is None else ",".join(sorted(self.scorers))


EVERYTHING = Choice()
