"""Weights that ship with Stoa: what is learned in many simulated towns and holds in any place.

A fresh square has nothing to learn from. What transfers is how histories are read, what likes,
looks and complaints say of posts like those, of their authors, of age and form, and how far the
heads can be believed. What does not is vocabulary: arrays that read the direction of a post's
vector or name an author are held at zero or at chance, so that the model is the same, to rounding,
when all vectors are turned alike; each society trained on is turned about by chance besides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput
from stoa.evaluation.joined_logs import joined_logs, turned
from stoa.evaluation.society_loop import logged_society
from stoa.measure import ndcg_at_k
from stoa.model_records import ModelCard
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig
from stoa.ranking.readout import Readout, read_out
from stoa.ranking.regret_windows import WindowConfig
from stoa.ranking.value import ValueConfig, unregretted
from stoa.space.learning_log import ImpressionColumns, LearningLog
from stoa.town.society import Society, SocietyConfig
from stoa.train.optimiser import OptimiserConfig
from stoa.train.ranker import RankerTraining, TrainedRanker, predict_impressions, train_ranker
from stoa.train.ranker_batches import ranker_data, replies_of, targets_of
from stoa.train.ranker_quality import AnswerNoise, RankerQuality, fit_calibration, measure_ranker
from stoa.train.sittings import SittingConfig

VERSION = "shipped-2"
VOCABULARY = ("post", "parent", "author", "surface", "note")
"""Arrays held at zero: they read directions, or what the town has only one of."""
NAMES = ("authors",)
"""Arrays left at chance: only products of their rows are read."""
_FIRST_SEED = 1_000
"""Seeds of societies begin here: no study and no development uses them."""

Say = Callable[[str], None]


def _value() -> ValueConfig:
    """The stated worths, and how far to lean on the first version (docs/explanation/learning.md).

    Chosen in societies of seeds 100 to 103, which nothing is measured on: between a quarter and a
    half, and from 1,000 to 5,000 looks, little changes.
    """
    return ValueConfig(guessed=0.4, guess_looks=2_000)


def _training() -> RankerTraining:
    return RankerTraining(
        epochs=2,
        tokens=3_000,
        optimiser=OptimiserConfig(peak=4e-3, weight_decay=0.05),
        # The town's flips are between regret and its absence, and none of them lands on "glad".
        windows=WindowConfig(flip_spread=1.0, glad_spread=0.0),
        hide_author=0.3,
        zeroed=VOCABULARY,
        frozen=NAMES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingConfig:
    """Which societies are lived and how the weights are trained; `societies` is the dial."""

    seed: int = 0
    societies: int = 6  # to train on; people models in turn
    people: tuple[str, ...] = ("bait", "opportunity")
    residents: int = 150
    background: int = 400
    posts_a_day: int = 500
    days: int = 4
    survey_share: float = 0.15
    model: RankerConfig = field(default_factory=RankerConfig)
    training: RankerTraining = field(default_factory=_training)
    value: ValueConfig = field(default_factory=_value)

    @property
    def sittings(self) -> SittingConfig:
        """How logs are read: two shapes of history, since each is compiled by itself."""
        return SittingConfig(history=self.model.history, history_shapes=(48, 128))

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise BadInput("seed", self.seed, "give 0 or more")
        if self.societies < 1:
            raise BadInput("societies", self.societies, "give at least 1")

    def society(self, number: int) -> SocietyConfig:
        """The society of this number; those after the ones to train on calibrate, then test."""
        return SocietyConfig(
            seed=_FIRST_SEED + 100 * self.seed + number,
            people=self.people[number % len(self.people)],
            residents=self.residents,
            background=self.background,
            posts_a_day=self.posts_a_day,
            logged_days=self.days,
            survey_share=self.survey_share,
        )

    @property
    def calibrated_on(self) -> range:
        """Numbers of the societies that calibrate: one of each people model."""
        return range(self.societies, self.societies + len(self.people))

    @property
    def tested_on(self) -> range:
        """Numbers of the societies that are only measured on: one of each people model."""
        first = self.calibrated_on.stop
        return range(first, first + len(self.people))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A ranker for fresh squares, and what came of it where it was never trained."""

    ranker: LearnedRanker
    card: ModelCard
    held_out: dict[str, dict[str, float]]  # by people model
    tokens_per_cpu_s: float
    cpu_s: float


def make_shipment(config: ShippingConfig, say: Say = lambda line: None) -> Shipment:
    """Lives the societies, trains, calibrates and measures; the same config, the same arrays."""
    began = time.process_time()
    log = _training_log(config, say)
    data = ranker_data(log, log.posts.text, config.model, config.sittings)
    start_s = time.process_time()
    trained = train_ranker(
        data, config.model, config.training, seed=config.seed,
        said=lambda step, loss: say(f"step {step}: {loss:.3f}") if step % 50 == 0 else None,
    )  # fmt: skip
    train_s = time.process_time() - start_s
    ranker = _calibrated(config, trained, say)
    held_out = {
        config.society(number).people: measured(ranker, logged(config, number), trained)
        for number in config.tested_on
    }
    card = _card(config, ranker, log, trained, held_out)
    tokens = len(trained.losses) * config.training.tokens
    return Shipment(
        ranker=ranker, card=card, held_out=held_out, tokens_per_cpu_s=tokens / max(train_s, 1e-9),
        cpu_s=time.process_time() - began,
    )  # fmt: skip


def logged(config: ShippingConfig, number: int) -> Society:
    """A society after its days under a policy that draws slates with known chances."""
    return logged_society(config.society(number), HashedEncoder(dim=config.model.vector))


def _training_log(config: ShippingConfig, say: Say) -> LearningLog:
    logs: list[LearningLog] = []
    for number in range(config.societies):
        log = logged(config, number).log()
        logs.append(turned(log, config.society(number).seed))
        say(f"society {number + 1} of {config.societies}: {len(log.impressions)} showings")
    return joined_logs(logs)


def _calibrated(config: ShippingConfig, trained: TrainedRanker, say: Say) -> LearnedRanker:
    """The ranker with its outputs mended on societies that it was not trained on."""
    log = joined_logs([logged(config, number).log() for number in config.calibrated_on])
    data = ranker_data(log, log.posts.text, config.model, config.sittings)
    outputs = predict_impressions(trained.params, data, config.model)
    rows = np.flatnonzero(np.isfinite(outputs).all(axis=1))
    targets = targets_of(log, rows, np.ones(len(rows)))
    noise, is_reply = AnswerNoise.of(trained), replies_of(log, rows)
    calibration = fit_calibration(outputs[rows], targets, noise, is_reply=is_reply)
    say(f"calibrated on {len(rows)} showings of other societies")
    # A score of the first version is told in the seconds that these heads foretell.
    value = replace(config.value, guess_s=float(calibration.mean_s))
    return LearnedRanker(VERSION, config.model, calibration.in_params(trained.params), value)


def measured(
    ranker: LearnedRanker, society: Society, trained: TrainedRanker | None = None
) -> dict[str, float]:
    """How far a ranker can be believed in a society, with what knows nothing beside it.

    `like_` and `skip_`: AUROC, and log loss with that of the base rate; `seconds_slope` of observed
    on predicted; `ndcg_at_10` of true unregretted seconds within the slates shown, `shown_` as they
    stood (the policy that logs draws them), and `newest_` by age alone.
    """
    log = society.log()
    sittings = SittingConfig(history=ranker.config.history, history_shapes=(48, 128))
    data = ranker_data(log, log.posts.text, ranker.config, sittings)
    outputs = predict_impressions(ranker.params, data, ranker.config)
    rows = np.flatnonzero(np.isfinite(outputs).all(axis=1))
    targets = targets_of(log, rows, np.ones(len(rows)))
    is_reply = replies_of(log, rows)
    noise = AnswerNoise() if trained is None else AnswerNoise.of(trained)
    quality = measure_ranker(outputs[rows], targets, ranker.calibration, noise, is_reply)
    read = read_out(outputs[rows], ranker.calibration, is_reply)
    return {**_heads(quality), **_ranked(society, log, rows, read, ranker.value)}


def _heads(quality: RankerQuality) -> dict[str, float]:
    told: dict[str, float] = {"showings": float(quality.heads["like"].n)}
    for name in ("like", "skip", "regret"):
        head = quality.heads[name]
        told[f"{name}_auroc"] = head.auroc
        told[f"{name}_log_loss"] = head.log_loss
        told[f"{name}_base_log_loss"] = head.base_log_loss
    told["seconds_slope"] = quality.seconds_slope
    told["seconds_correlation"] = quality.seconds_correlation
    return {name: round(float(value), 4) for name, value in told.items()}


def _ranked(
    society: Society, log: LearningLog, rows: NDArray[np.int64], read: Readout, value: ValueConfig
) -> dict[str, float]:
    shown = log.impressions
    truth = society.truth
    worth = truth.showings("expected_s")[rows] * (1.0 - truth.showings("regret_prob")[rows])
    age = shown.at_us[rows] - log.posts.at_us[shown.post[rows]]
    orders = {
        "": unregretted(read, value).value,
        "shown_": -shown.position[rows].astype(np.float64),
        "newest_": -age.astype(np.float64),
    }
    gain = np.maximum(worth.astype(np.float64), 0.0)
    return {
        f"{name}ndcg_at_10": round(_mean_ndcg(shown, rows, gain, score), 4)
        for name, score in orders.items()
    }


def _mean_ndcg(
    shown: ImpressionColumns,
    rows: NDArray[np.int64],
    gain: NDArray[np.float64],
    score: NDArray[np.float64],
) -> float:
    order = np.argsort(shown.session[rows], kind="stable")
    edges = np.flatnonzero(np.diff(shown.session[rows][order])) + 1
    found: list[float] = []
    for sitting in np.split(order, edges):
        if len(sitting) > 1 and gain[sitting].any():
            best_first = sitting[np.argsort(-score[sitting], kind="stable")]
            found.append(float(ndcg_at_k(gain[best_first], gain[sitting], 10)))
    return float(np.mean(found)) if found else float("nan")


def _card(
    config: ShippingConfig,
    ranker: LearnedRanker,
    log: LearningLog,
    trained: TrainedRanker,
    held_out: dict[str, dict[str, float]],
) -> ModelCard:
    losses = trained.losses
    tenth = max(1, len(losses) // 10)
    return ModelCard(
        version=VERSION,
        made_us=config.society(0).start_us,
        source="town",
        seed=config.seed,
        counts={
            "societies": config.societies,
            "posts": len(log.posts),
            "acts": len(log.acts),
            "impressions": len(log.impressions),
            "answers": int((log.impressions.answer >= 0).sum()),
            "viewers": len(np.unique(log.impressions.viewer)),
        },
        losses={
            "first_steps": float(np.mean(losses[:tenth])),
            "last_steps": float(np.mean(losses[-tenth:])),
            "steps": float(len(losses)),
        },
        metrics=_metrics(held_out),
        value=asdict(ranker.value),
        config=ranker.card_config(),
        encoder=HashedEncoder(dim=config.model.vector).name,
        notes=(
            "Comes with Stoa: trained in simulated towns, on nothing that anybody real did; "
            "measured in towns that it was not trained in."
        ),
    )


def _metrics(held_out: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Figures by name and people model: a card keeps numbers under the name of a mean."""
    names: Sequence[str] = ("like_auroc", "skip_auroc", "seconds_slope", "ndcg_at_10")
    return {
        f"{name}_{people}": {"mean": figures[name]}
        for people, figures in held_out.items()
        for name in names
        if np.isfinite(figures[name])
    }
