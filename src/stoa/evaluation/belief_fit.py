"""What turns a ranker's outputs into beliefs, fitted on showings and what followed.

The first stage, the calibration of heads, how seconds are blended, what tells regret, and what
actions are worth: all of it closed forms or a few Newton steps, so that a policy can do it again
on its own log while it serves, when the ranker's weights stay what they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.standing import Standing, forms
from stoa.ranking.blended_seconds import blended
from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.evidence import GLAD, N_SIGNALS, READ, SORRY, signals_of
from stoa.ranking.first_stage import Described, FirstStage, fit_first_stage
from stoa.ranking.heads import ACTIONS, SKIP_S
from stoa.ranking.readout import Calibration, Readout, read_out
from stoa.ranking.return_model import learn_worth
from stoa.ranking.subject_wear import fit_subject_wear, read_before
from stoa.ranking.told_regret import SignRates, Signs, ToldRegret, fit_told_regret
from stoa.ranking.value import prior_worth
from stoa.records import NEGATIVE_EVENTS, EventKind
from stoa.space.learning_log import LearningLog
from stoa.train.ranker import TrainedRanker
from stoa.train.ranker_batches import targets_of
from stoa.train.ranker_quality import AnswerNoise, fit_calibration
from stoa.train.served_days import served_days

Floats = NDArray[np.float64]
Reals = NDArray[np.float32]

_TELLING = (EventKind.LIKE, EventKind.CLICK, EventKind.REPLY, EventKind.REPOST)
_OWN = len(_TELLING) + 1  # the clue that is the ranker's own regret
_SORRY_ACTS = np.uint32(sum(1 << int(kind) for kind in NEGATIVE_EVENTS - {EventKind.REGRET}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Showings as they were believed and what was known, from nothing later than each."""

    rows: NDArray[np.int64]  # (n,) impressions of the log, in the order of time
    outputs: Reals  # (n, N_OUTPUTS) of the ranker
    evidence: Reals  # (n, N_EVIDENCE)

    @classmethod
    def of(cls, rows: NDArray[np.int64], outputs: Reals, evidence: Reals) -> Told:
        """Some rows of columns that hold every impression of a log."""
        return cls(rows=rows, outputs=outputs[rows], evidence=evidence[rows])

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, which: slice | NDArray[np.bool_]) -> Told:
        """Some of them."""
        return Told(
            rows=self.rows[which], outputs=self.outputs[which], evidence=self.evidence[which]
        )

    def and_then(self, later: Told) -> Told:
        """These and later ones."""
        return Told(
            rows=np.concatenate([self.rows, later.rows]),
            outputs=np.concatenate([self.outputs, later.outputs]),
            evidence=np.concatenate([self.evidence, later.evidence]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How answers and signs come about, as the ranker's training learned it."""

    answers: AnswerNoise
    signs: SignRates

    @classmethod
    def of(cls, trained: TrainedRanker) -> Noise:
        """Of one training; what is usual where it learned nothing of it."""
        answers, told = AnswerNoise.of(trained), trained.window_figures()
        if not told:
            return cls(answers=answers, signs=SignRates())
        signs = SignRates(
            answer=answers.regret,
            explicit=(told["sensitivity"], told["slip"]),
            late=(told["delayed_hit"], told["delayed_slip"]),
        )
        return cls(answers=answers, signs=signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """All that stands between a ranker's outputs and a value."""

    first: FirstStage  # draws up shortlists
    calibration: Calibration
    blend: tuple[float, float]  # weights of the ranker's seconds and of the first stage's
    told_regret: ToldRegret
    worth_s: dict[str, float]
    noise: Noise
    subject_wear: float = 0.0  # log of attention lost per post of its subject read before it

    def of(self, outputs: Reals, evidence: Reals, posts: Described) -> Readout:
        """What is believed of n pairs.

        Args:
            outputs: (n, N_OUTPUTS) of the ranker.
            evidence: (n, N_EVIDENCE).
            posts: of each pair.
        """
        read = read_out(outputs, self.calibration)
        guess = self.first.seconds(evidence, posts)
        seconds = self.blend[0] * read.seconds + self.blend[1] * guess
        read = replace(read, seconds=np.clip(seconds, 0.0, LONGEST_S))
        return replace(read, regret=self.told_regret.regret(clues(read, evidence)))


def clues(read: Readout, evidence: Reals) -> Floats:
    """What tells of regret where a post is read, (n, 15).

    Logits of what a reader does with a post that is read, of gladness and of the ranker's own
    regret; how long the look will be; past gladness and past signs of regret by taste, post,
    author and viewer.
    """
    is_read = np.maximum(1.0 - read.skip, 0.02)
    acts = [read.actions[:, ACTIONS.index(kind)] / is_read for kind in _TELLING]
    length = np.log1p(read.seconds / is_read)
    past = evidence[:, : 4 * N_SIGNALS].reshape(-1, 4, N_SIGNALS)
    like = _logit(acts[0])
    return np.column_stack(
        [
            *(_logit(act) for act in acts),
            _logit(read.glad),
            _logit(read.regret),
            length,
            length * like,
            past[:, :, SORRY],
            past[:, [0, 1, 3], GLAD],
        ]
    ).astype(np.float64)


def _logit(chance: Floats) -> Floats:
    held = np.clip(chance, 1e-3, 1.0 - 1e-3)
    return np.log(held / (1.0 - held))


def fit_beliefs(
    log: LearningLog, standing: Standing, told: Told, noise: Noise, unseen: int
) -> Beliefs:
    """Fits all of it.

    Args:
        log: up to now.
        standing: vectors of the log's posts.
        told: showings to learn from.
        noise: how answers and signs come about.
        unseen: the newest so many of them were not seen by the ranker's training: heads are
            calibrated and seconds blended on these, and the first stage learns from the others.
    """
    old, new = (
        told.only(slice(None, len(told) - unseen)),
        told.only(slice(len(told) - unseen, None)),
    )
    first = _first_stage(log, standing, old)
    calibration = fit_calibration(
        new.outputs, targets_of(log, new.rows, np.ones(len(new))), noise.answers
    )
    guess = first.seconds(new.evidence, described(log, standing, new.rows))
    seconds = np.minimum(np.nan_to_num(log.impressions.seconds[new.rows]), LONGEST_S)
    blend = blended(read_out(new.outputs, calibration).seconds, guess, seconds)
    nothing = ToldRegret(weight=np.zeros(1))
    beliefs = Beliefs(
        first=first, calibration=calibration, blend=blend, told_regret=nothing,
        worth_s=prior_worth(), noise=noise,
    )  # fmt: skip
    return _with_regret_and_worth(beliefs, log, standing, told)


def _with_regret_and_worth(
    beliefs: Beliefs, log: LearningLog, standing: Standing, told: Told
) -> Beliefs:
    read = read_out(told.outputs, beliefs.calibration)
    guess = beliefs.first.seconds(told.evidence, described(log, standing, told.rows))
    seconds = np.clip(beliefs.blend[0] * read.seconds + beliefs.blend[1] * guess, 0.0, LONGEST_S)
    known = clues(replace(read, seconds=seconds), told.evidence)
    is_read = _signals(log, told.rows)[:, READ] > 0
    shown, rows = log.impressions, told.rows[is_read]
    signs = Signs(
        answer=shown.answer[rows],
        explicit=(shown.acts[rows] & _SORRY_ACTS) != 0,
        late=shown.delayed[rows],
    )
    regret = fit_told_regret(known[is_read], signs, beliefs.noise.signs, own=_OWN)
    believed = replace(read, seconds=seconds, regret=regret.regret(known))
    days = served_days(log, told.rows, believed)
    worth = prior_worth() if days is None else learn_worth(days).as_worth()
    wear = fit_subject_wear(
        shown.seconds[told.rows].astype(np.float64),
        seconds - beliefs.calibration.skip_s * read.skip,
        _read_before(log, standing, told.rows),
    )
    return replace(beliefs, told_regret=regret, worth_s=worth, subject_wear=wear)


def _read_before(log: LearningLog, standing: Standing, rows: NDArray[np.int64]) -> Floats:
    """`read_before` of some impressions; all showings of their sittings count."""
    shown = log.impressions
    of = int(rows.min(initial=len(shown)))
    session = shown.session[of:]
    asked = np.zeros(int(shown.session.max(initial=-1)) + 1, dtype=np.bool_)
    asked[shown.session[rows]] = True
    chosen = of + np.flatnonzero(asked[session])
    made = np.zeros(len(shown))
    is_read = (shown.seconds[chosen] >= SKIP_S).astype(np.float64)
    vector = standing.vectors[shown.post[chosen]]
    made[chosen] = read_before(shown.session[chosen], vector, is_read)
    return made[rows]


def described(log: LearningLog, standing: Standing, rows: NDArray[np.int64]) -> Described:
    """The posts of some impressions, one row each."""
    post = log.impressions.post[rows]
    return Described(
        post=post,
        author=log.posts.author[post],
        vector=standing.vectors[post],
        form=forms(log.posts, post),
    )


def _signals(log: LearningLog, rows: NDArray[np.int64]) -> Floats:
    shown = log.impressions
    return signals_of(
        shown.seconds[rows], shown.acts[rows], shown.answer[rows], shown.delayed[rows]
    )


def _first_stage(log: LearningLog, standing: Standing, told: Told) -> FirstStage:
    judged = log.impressions.delayed[told.rows] >= 0
    posts = described(log, standing, told.rows)
    return fit_first_stage(told.evidence, posts, _signals(log, told.rows), judged)
