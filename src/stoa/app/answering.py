"""Finding answers with the weights that come with Stoa."""

from __future__ import annotations

from functools import lru_cache

from stoa.artifacts.answering import read_answering
from stoa.ask_records import EvidenceSet
from stoa.grounding.answering import AnsweringModel, FoundAnswer, find_answer


@lru_cache(maxsize=1)
def shipped_answering() -> AnsweringModel:
    """The models that need no language model; read once a process.

    Raises:
        BadModel: their file is missing, damaged, or of another version.
    """
    return AnsweringModel.of(read_answering())


def find_with_shipped(question: str, evidence: EvidenceSet) -> FoundAnswer:
    """The answering sentences of the evidence, by the shipped weights: `ask.parts.AnswerFinder`."""
    return find_answer(question, evidence, shipped_answering())
