"""One round of learning: a log in, a calibrated ranker and its figures on unseen showings out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig
from stoa.ranking.readout import Calibration, read_out
from stoa.ranking.return_model import ActionWorth, learn_worth
from stoa.ranking.value import ValueConfig
from stoa.space.learning_log import NOBODY, ImpressionColumns, LearningLog
from stoa.space.text_axes import TextAxes, TextAxesConfig, fit_text_axes
from stoa.space.transformer import Params
from stoa.train.crowds import without_crowds
from stoa.train.evidence_log import ToldEvidence
from stoa.train.gate import GateConfig, Judged, Verdict, compare, judge
from stoa.train.known_log import Known
from stoa.train.ranker import RankerTraining, TrainedRanker, predict_impressions, train_ranker
from stoa.train.ranker_batches import RankerData, replies_of, targets_of
from stoa.train.ranker_quality import AnswerNoise, RankerQuality, fit_calibration, measure_ranker
from stoa.train.ranker_reliability import groups_of, new_of, reliability, reliability_figures
from stoa.train.served_days import served_days

_LEAST_GUESSED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundConfig:
    """How a round uses a log: most to train on, then some to calibrate, the newest to judge."""

    model: RankerConfig = field(default_factory=RankerConfig)
    training: RankerTraining = field(default_factory=RankerTraining)
    gate: GateConfig = field(default_factory=GateConfig)
    calibrated_on: float = 0.1  # shares of the sittings, in the order of time
    judged_on: float = 0.1
    least_sittings: int = 40
    axes: TextAxesConfig | None = field(default_factory=TextAxesConfig)  # None: plain text
    doubt: int = 15_000  # looks to learn from that count as much as the first version's guess
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came of a round."""

    ranker: LearnedRanker
    verdict: Verdict
    quality: RankerQuality
    counts: dict[str, int]
    losses: dict[str, float]
    worth: ActionWorth | None  # what actions are worth by who came back; None without a day
    reliability: dict[str, dict[str, object]]  # by head, as a card keeps it
    stopped: str  # why training ended early, "" where it did not
    told: ToldEvidence | None = None  # what the log's showings tell, where the model reads that

    def metrics(self) -> dict[str, dict[str, float]]:
        """Figures on showings that training did not see, as a card keeps them."""
        heads = {
            f"{name}_{what}": {"mean": getattr(head, what)}
            for name, head in self.quality.heads.items()
            if head.n and name in ("like", "skip", "regret", "glad")
            for what in ("auroc", "ece")
            if np.isfinite(getattr(head, what))
        }
        slope = self.quality.seconds_slope
        return {
            **self.verdict.figures, **heads,
            **({"seconds_slope": {"mean": slope}} if np.isfinite(slope) else {}),
        }  # fmt: skip


def learn_round(
    log: LearningLog,
    text: NDArray[np.float32],
    serving: LearnedRanker | None,
    config: RoundConfig,
    *,
    version: str,
    said: Callable[[int, float], None] = lambda step, loss: None,
) -> Round:
    """Trains, calibrates, and compares on the newest sittings.

    Along text axes it trains from nothing, on plain text from what serves if that has the same
    shape. A made crowd behind one author is heard in part, here as in what judges: `crowds`.

    Args:
        log: everything up to now.
        text: (posts, d) of what posts say, as the feed hands it to the ranker.
        serving: the ranker that serves; its kappa and price are kept.
        config: how.
        version: the new one's name.
        said: hears of each step and its loss.

    Raises:
        BadInput: the log tells too little to learn from; says how much there is.
    """
    log = without_crowds(log, config.seed)
    axes, config = _along_axes(log, text, config)
    known = Known.of(log, text, LearnedRanker("", config.model, {}, ValueConfig(), axes=axes))
    data = known.data(config.model)
    parts = _parts(data, config)
    start = serving.params if serving and _goes_on(serving, config, axes) else None
    trained = _trained(data, parts, start, config, said)
    noise = AnswerNoise.of(trained)
    outputs = predict_impressions(trained.params, data, config.model)
    tuned = _finite(outputs, _impressions(data, parts.calibrate))
    calibration = _calibrated(log, outputs, tuned, noise)
    judged = _finite(outputs, _impressions(data, parts.judge))
    worth = _worth(log, outputs, calibration)
    learned_from = _impressions(data, parts.train)
    looks = log.impressions.seconds[learned_from]
    value = leaning_after(_valued(serving, worth), looks, config.doubt)
    params = calibration.in_params(trained.params)
    ranker = LearnedRanker(version, config.model, params, value, axes=axes)
    blend = known.blended(learned_from, tuned, known.read(ranker, outputs, tuned))
    ranker = replace(ranker, blend=blend)
    figures = judge(known.read(ranker, outputs, judged), _rows(log, judged), value)
    before = None if serving is None else _judged(serving, log, text, judged, known)
    verdict = compare(figures, before, config.seed, config.gate)
    groups = groups_of(log, judged)
    targets = targets_of(log, judged, np.ones(len(judged)))
    seen = reliability(outputs[judged], targets, calibration, noise, groups)
    return Round(
        ranker=replace(ranker, blend=known.with_all(blend)),
        verdict=_unless_broken(verdict, trained),
        quality=measure_ranker(
            outputs[judged], targets, calibration, noise, groups["replies"], groups["new_authors"]
        ),
        counts=_counts(log, parts), losses=_losses(trained), worth=worth,
        reliability=reliability_figures(seen), stopped=trained.stopped, told=known.told,
    )  # fmt: skip


def weigh(
    log: LearningLog,
    text: NDArray[np.float32],
    candidate: LearnedRanker,
    serving: LearnedRanker | None,
    config: RoundConfig,
) -> Verdict:
    """Compares a ranker that is kept already with what serves, on a round's newest sittings.

    Either may have learned from some of these showings, if it was trained after them.

    Args:
        log: everything up to now.
        text: (posts, d) of what posts say, as the feed hands it to the ranker.
        candidate: what is offered.
        serving: the ranker that serves, if one does.
        config: how a round uses a log.

    Raises:
        BadInput: the log tells too little, or the ranker is for vectors of another length.
    """
    log = without_crowds(log, config.seed)
    known = _known(candidate, log, text)
    if known is None:
        mend = f"offer a version for text of {text.shape[1]} channels"
        raise BadInput("version", candidate.version, mend)
    data = known.data(candidate.config)
    rows = _impressions(data, _parts(data, config).judge)
    offered = _judged(candidate, log, text, rows, known)
    assert offered is not None, "its vectors are made of this text"
    before = None if serving is None else _judged(serving, log, text, rows, known)
    return compare(offered, before, config.seed, config.gate)


def _axes(log: LearningLog, text: NDArray[np.float32], config: RoundConfig) -> TextAxes | None:
    """Axes of this log's posts; None where they are not wanted, or no author wrote twice."""
    if config.axes is None:
        return None
    sound = np.isfinite(text).all(axis=1)  # one broken vector must not spoil the rest
    try:
        return fit_text_axes(text[sound], log.posts.author[sound], config.axes)
    except BadInput:
        return None


def _along_axes(
    log: LearningLog, text: NDArray[np.float32], config: RoundConfig
) -> tuple[TextAxes | None, RoundConfig]:
    """The axes, if any, and the round along them."""
    axes = _axes(log, text, config)
    if axes is None:
        return None, config
    return axes, replace(config, model=replace(config.model, vector=axes.length))


def _goes_on(serving: LearnedRanker, config: RoundConfig, axes: TextAxes | None) -> bool:
    """Whether training can go on from what serves: the same shape, with evidence or before it.

    Along axes it begins anew: they are found again in every round's posts.
    """
    reads = serving.config.evidence or config.model.evidence
    same = replace(serving.config, evidence=reads) == config.model
    return same and axes is None and serving.axes is None


def _trained(
    data: RankerData,
    parts: _Parts,
    start: Params | None,
    config: RoundConfig,
    said: Callable[[int, float], None],
) -> TrainedRanker:
    return train_ranker(
        replace(data, sittings=data.sittings.only(parts.train)), config.model, config.training,
        seed=config.seed, start=start, said=said,
    )  # fmt: skip


def _calibrated(
    log: LearningLog, outputs: NDArray[np.float32], rows: NDArray[np.int64], noise: AnswerNoise
) -> Calibration:
    """What the heads foretold, made to agree with what came of held-out showings."""
    return fit_calibration(
        outputs[rows], targets_of(log, rows, np.ones(len(rows))), noise,
        is_reply=replies_of(log, rows), is_new=new_of(log, rows),
    )  # fmt: skip


def _worth(
    log: LearningLog, outputs: NDArray[np.float32], calibration: Calibration
) -> ActionWorth | None:
    """What actions are worth by who came back, over all days of the log, drawn to the prior."""
    rows = np.flatnonzero(np.isfinite(outputs).all(axis=1))
    read = read_out(outputs[rows], calibration, replies_of(log, rows), new_of(log, rows))
    days = served_days(log, rows, read)
    return None if days is None else learn_worth(days)


def _valued(serving: LearnedRanker | None, worth: ActionWorth | None) -> ValueConfig:
    """What serves keeps its kappa and its price; worths are learned anew from the prior."""
    value = serving.value if serving is not None else ValueConfig()
    return value if worth is None else replace(value, worth_s=worth.held_s())


def leaning_after(value: ValueConfig, looks: NDArray[np.float32], doubt: int) -> ValueConfig:
    """How far a ranker leans on the first version: as n looks on a prior that is worth `doubt`.

    Below a twentieth it does not: the first version's scores cost time on every page.

    Args:
        value: what serves by, otherwise.
        looks: seconds of the showings it learned from, (n,); NaN where none was measured.
        doubt: looks that count as much as the first version's guess; 0 never leans.
    """
    seen = looks[np.isfinite(looks)]
    guessed = doubt / (doubt + len(seen)) if doubt and len(seen) else 0.0
    if guessed < _LEAST_GUESSED:
        return replace(value, guessed=0.0, guess_looks=0.0)
    return replace(value, guessed=guessed, guess_s=float(seen.mean()), guess_looks=0.0)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Rows of sittings, by time."""

    train: NDArray[np.int64]
    calibrate: NDArray[np.int64]
    judge: NDArray[np.int64]


def _parts(data: RankerData, config: RoundConfig) -> _Parts:
    n = len(data.sittings)
    if n < config.least_sittings:
        mend = f"wait until readers have sat down {config.least_sittings} times"
        raise BadInput("sittings", n, mend)
    n_judge = max(1, round(config.judged_on * n))
    n_tune = max(1, round(config.calibrated_on * n))
    rows = np.arange(n)
    middle, last = n - n_judge - n_tune, n - n_judge
    return _Parts(rows[:middle], rows[middle:last], rows[last:])


def _impressions(data: RankerData, sittings: NDArray[np.int64]) -> NDArray[np.int64]:
    rows = data.sittings.impression[sittings].ravel()
    return np.sort(rows[rows != NOBODY])


def _finite(outputs: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows that could be predicted; one post with a broken vector must not spoil the rest."""
    return rows[np.isfinite(outputs[rows]).all(axis=1)]


def _rows(log: LearningLog, rows: NDArray[np.int64]) -> ImpressionColumns:
    shown = log.impressions
    return type(shown)(**{name: getattr(shown, name)[rows] for name in shown.__slots__})


def _known(ranker: LearnedRanker, log: LearningLog, text: NDArray[np.float32]) -> Known | None:
    """A log as a ranker reads it; None where its vectors cannot be made of this text."""
    try:
        return Known.of(log, text, ranker)
    except BadInput:
        return None


def _judged(
    ranker: LearnedRanker,
    log: LearningLog,
    text: NDArray[np.float32],
    rows: NDArray[np.int64],
    known: Known,
) -> Judged | None:
    own = known if known.serves(ranker) else _known(ranker, log, text)
    if own is None:
        return None
    outputs = predict_impressions(ranker.params, own.data(ranker.config), ranker.config)
    return judge(own.read(ranker, outputs, rows), _rows(log, rows), ranker.value)


def _unless_broken(verdict: Verdict, trained: TrainedRanker) -> Verdict:
    if not trained.stopped:
        return verdict
    return replace(verdict, passes=False, reason=f"training stopped: {trained.stopped}")


def _counts(log: LearningLog, parts: _Parts) -> dict[str, int]:
    return {
        "posts": len(log.posts),
        "acts": len(log.acts),
        "impressions": len(log.impressions),
        "answers": int((log.impressions.answer >= 0).sum()),
        "viewers": len(np.unique(log.impressions.viewer)),
        **{f"sittings_{name}": len(rows) for name, rows in asdict(parts).items()},
    }


def _losses(trained: TrainedRanker) -> dict[str, float]:
    losses = trained.losses
    if not losses:
        return {}
    tenth = max(1, len(losses) // 10)
    first, last = np.mean(losses[:tenth]), np.mean(losses[-tenth:])
    return {"first_steps": float(first), "last_steps": float(last), "steps": float(len(losses))}
