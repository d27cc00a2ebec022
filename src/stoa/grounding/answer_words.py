"""Which of a question's words an answer has and which it lacks, counted by what words they are.

A number that a text lacks tells against it, a short verb hardly; a word that another source has
tells more than one that nobody uses. So each kind of word is counted by itself, by where it stands,
and the model of answers learns what each count is worth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.question_match import Match

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_WORDS = ("number", "name", "short", "middle", "long", "common")
_WHERE = ("lacking", "lacking_source", "there", "elsewhere", "nowhere")
_RUNS = ("nowhere", "elsewhere", "lead", "n")

WORD_COUNTS = (
    *(f"{what}_{where}" for what in _WORDS for where in _WHERE),
    *(f"runs_{what}_{size}" for size in ("short", "long") for what in _RUNS),
)
"""Names of the columns of `word_counts`."""

_NO_SPACES = frozenset({"zh", "ja", "th"})  # their units are pieces, all of one length
_SHORT, _LONG = 4, 8  # letters: at most, at least
_NEAR = 0.5
_HELD = 0.6  # likeness from which a source counts as holding a word


def word_counts(match: Match, best: int) -> Floats:
    """Columns as in `WORD_COUNTS`, of one sentence: shape (columns,).

    Args:
        match: the question against its evidence.
        best: the sentence that leads the answer.
    """
    own = int(match.source[best])
    is_other = np.arange(len(match.sources)) != own
    near, held = match.near[:, best], match.held[:, own]
    others = match.held[:, is_other].max(axis=1, initial=0.0)
    by_place = np.stack(
        [
            1 - near,
            1 - held,
            near,
            (near < _NEAR) & (others >= _HELD),
            (held < _NEAR) & (others < _NEAR),
        ],
        axis=1,
    )
    counts = [by_place[flag].sum(axis=0) for flag in _kinds_of_words(match)]
    runs = [_run_counts(held_runs, match, own) for held_runs in match.runs]
    return np.concatenate([*counts, *runs]).astype(np.float64)


def _kinds_of_words(match: Match) -> tuple[Bools, ...]:
    """Which of the asked units are of each kind in `_WORDS`."""
    asked = match.asked
    length = np.array([len(word) for word in asked.words], dtype=np.int64)
    if asked.lang in _NO_SPACES:
        length[:] = _SHORT + 1
    is_name = asked.is_name & ~asked.is_common & ~asked.is_number
    is_plain = ~(asked.is_common | is_name | asked.is_number)
    is_short, is_long = length <= _SHORT, length >= _LONG
    return (
        asked.is_number,
        is_name,
        is_plain & is_short,
        is_plain & ~is_short & ~is_long,
        is_plain & is_long,
        asked.is_common,
    )


def _run_counts(held: Bools, match: Match, own: int) -> Floats:
    """What `_RUNS` names, of the question's runs of letters of one length."""
    if not len(held):
        return np.zeros(len(_RUNS))
    whole = np.zeros((len(held), len(match.sources)), dtype=np.bool_)
    run, sentence = np.nonzero(held)
    whole[run, match.source[sentence]] = True
    is_anywhere = whole.any(axis=1)
    shares = whole.mean(axis=0)
    others = np.delete(shares, own)
    return np.array(
        [
            1 - is_anywhere.mean(),
            (is_anywhere & ~whole[:, own]).mean(),
            shares[own] - others.max() if len(others) else 1.0,
            np.log1p(len(held)),
        ]
    )
