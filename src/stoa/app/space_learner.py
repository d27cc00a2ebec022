"""Learning the space while serving: from what accounts were publicly glad of, and readers too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from stoa.app.generations import space_of
from stoa.app.learned import open_space_shelf
from stoa.app.versions import newest_log, version_name
from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput, BadModel
from stoa.model_records import Decision, Fate, Model, ModelCard
from stoa.ports import ModelStore, TextEncoder
from stoa.records import SECOND_US, EventKind
from stoa.space.learning_log import LearningLog
from stoa.space.space_model import SpaceModel
from stoa.store.history import MEANINGFUL_DWELL_S
from stoa.train.space_round import SpaceRoundConfig, learn_space_round


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceLearnerConfig:
    """What a round of the space reads and how often there is one."""

    days: float = 7.0  # of acts and impressions
    most_posts: int = 200_000  # the newest ones
    every_h: float = 3.0  # of the square's time: a new space has every post encoded anew
    keep: int = 6  # versions on disk
    round: SpaceRoundConfig = field(default_factory=SpaceRoundConfig)


def learn_space_once(
    data: Path,
    config: SpaceLearnerConfig,
    encoder: TextEncoder | None = None,
    *,
    due: bool = False,
    said: Callable[[int, float], None] = lambda step, loss: None,
) -> Decision | None:
    """One round of learning the space, from public acts alone where there is nothing else.

    The new space is kept whether it serves or not, with the reason.

    Args:
        data: the square's folder, also while the square runs on it.
        config: how much.
        encoder: of the square.
        said: hears of each step and its loss.
        due: only where the last decision is long enough ago; None where it is not.

    Raises:
        StoreBusy: another process trains on the folder.
        StoreFull: there is no room for the space; what serves goes on serving.
        BadInput: too little has happened to learn from.
    """
    encoder = encoder or HashedEncoder()
    shelf = open_space_shelf(data)
    with shelf.trainer():
        shelf.drop(config.keep)
        now_us, own = newest_log(
            data, encoder, days=config.days, most_posts=config.most_posts,
            wanted=lambda now_us: not (due and _is_early(shelf, now_us, config)),
        )  # fmt: skip
        if own is None:
            return None
        log = without_glances(own.log)
        parent, serving = serving_space(shelf, encoder)
        found = learn_space_round(log, serving, config.round, said=said)
        version = version_name(now_us, log, config.round.seed)
        card = ModelCard(
            version=version, made_us=now_us, parent=parent, source=log.source,
            from_us=int(log.acts.at_us[0]) if len(log.acts) else 0, until_us=now_us,
            seed=config.round.seed, counts=found.counts, losses=found.losses,
            metrics=found.verdict.figures, config=found.model.card_config(),
            encoder=encoder.name, notes=found.stopped,
        )  # fmt: skip
        shelf.save(Model(card, found.model.arrays()))
        fate = Fate.PROMOTED if found.verdict.passes else Fate.REFUSED
        decision = Decision(now_us, version, fate, found.verdict.reason, "gate")
        shelf.decide(decision)
        return decision


def _is_early(shelf: ModelStore, now_us: int, config: SpaceLearnerConfig) -> bool:
    """Whether the gate decided not long ago. An operator's clock may not be the square's."""
    told = [decision.at_us for decision in shelf.decisions() if decision.by == "gate"]
    return bool(told) and now_us - told[-1] < config.every_h * 3_600 * SECOND_US


def without_glances(log: LearningLog) -> LearningLog:
    """The log without looks too short to be in a reader's history when serving."""
    acts = log.acts
    short = (acts.kind == int(EventKind.DWELL)) & ~(acts.seconds >= MEANINGFUL_DWELL_S)
    kept = {name: getattr(acts, name)[~short] for name in acts.__slots__}
    return replace(log, acts=replace(acts, **kept))


def serving_space(shelf: ModelStore, encoder: TextEncoder) -> tuple[str, SpaceModel | None]:
    """The space that serves and its version; none where it cannot be used any more."""
    version = shelf.serving()
    if version is None:
        return "", None
    try:
        return version, space_of(shelf.load(version), encoder).model
    except (BadInput, BadModel):
        return "", None
