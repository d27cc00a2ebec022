"""The parts that the flow of a question is put together from, as the flow sees them.

Each is a protocol or a plain function, so that a test or another square can hand in its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from stoa.ask_records import EvidenceSet, Span, Verdict


class Judged(Protocol):
    """What a verifier says of one claim against its evidence."""

    @property
    def probability(self) -> float:
        """Calibrated: that the evidence fully supports the claim."""
        ...

    @property
    def supported(self) -> bool:
        """Whether the probability passes the verifier's one threshold."""
        ...

    @property
    def contradiction(self) -> float:
        """How likely the evidence says otherwise, 0..1."""
        ...

    @property
    def verdict(self) -> Verdict:
        """`LIKELY` or `NOT_FOUND`: the stricter word that a reader may see."""
        ...

    @property
    def because(self) -> tuple[str, ...]:
        """The words that decided."""
        ...


class ClaimJudge(Protocol):
    """The verifier without weights to fetch: `grounding.verifier.Verifier`."""

    def judge(self, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> Sequence[Judged]:
        """One judgement a claim; the texts of one claim's evidence are judged jointly."""
        ...


class Found(Protocol):
    """What answers a question among its sources: `grounding.answering.FoundAnswer`."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Sentences that answer, best first."""
        ...

    @property
    def confidence(self) -> float:
        """Calibrated: that the first span answers the question."""
        ...


class AnswerFinder(Protocol):
    """Finds the sentences that answer."""

    def __call__(self, question: str, evidence: EvidenceSet) -> Found:
        """The answering sentences of `evidence`; no spans where none answers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AskConfig:
    """How much is spent on one question."""

    n_quotes: int = 4  # quotations in an answer without a model, at most
    max_rounds: int = 3  # of revision
    model_timeout_s: float = 45.0  # for a whole draft; a slower model is given up
    model_max_chars: int = 24_000  # of a draft; the rest is not read
    least_confidence: float = 0.2  # under this nothing is answered; under .5 with a word of doubt
