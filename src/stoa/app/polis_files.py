"""A Polis export folder as figures and a map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stoa.bridging.opinion_map import OpinionMap, draw_map
from stoa.bridging.opinion_study import OpinionStudy, study_opinions
from stoa.bridging.opinions import OpinionConfig, Rows, Votes
from stoa.tables.polis_files import PolisConversation, read_polis


@dataclass(frozen=True, slots=True)
class PolisStudy:
    """What one conversation gave."""

    conversation: PolisConversation
    study: OpinionStudy
    map: OpinionMap


def study_polis(folder: Path, *, seed: int = 0) -> PolisStudy:
    """Reads an export, tests on hidden votes, and maps all voters from all votes.

    Raises:
        BadTable: a file of the export does not read.
        BadInput: the conversation has too few votes to hide any.
    """
    conversation = read_polis(folder)
    votes, passes = split_kinds(conversation)
    study = study_opinions(votes, passes, seed)
    made = draw_map(votes, conversation.is_shown, OpinionConfig(seed=seed))
    return PolisStudy(conversation, study, made)


def split_kinds(conversation: PolisConversation) -> tuple[Votes, tuple[Rows, Rows]]:
    """Votes that agree or disagree, and who passed on what."""
    takes_side = conversation.vote != 0
    votes = Votes(
        voter=conversation.voter[takes_side],
        statement=conversation.voted_on[takes_side],
        agrees=conversation.vote[takes_side] > 0,
        n_voters=len(conversation.voter_id),
        n_statements=len(conversation.statement_id),
    )
    passed = np.flatnonzero(~takes_side)
    return votes, (conversation.voter[passed], conversation.voted_on[passed])
