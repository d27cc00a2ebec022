"""Learning while serving: reads the square's log, trains, and lets the gate decide."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from stoa.app.learned import open_shelf
from stoa.app.learning_log import OwnLog
from stoa.app.space_learner import SpaceLearnerConfig, learn_space_once
from stoa.app.versions import newest_log, version_name
from stoa.artifacts.model_shelf import ModelShelf
from stoa.artifacts.shipped import adopt_shipped, is_shipped
from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput, BadModel, StoaError, StoreFull
from stoa.model_records import NO_MODEL, Decision, Fate, Model, ModelCard
from stoa.ports import ModelStore, TextEncoder
from stoa.ranking.evidence import N_EVIDENCE
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig
from stoa.train.evidence_log import table_of
from stoa.train.ranker_round import Round, RoundConfig, learn_round, weigh

Say = Callable[[str], None]
_MOST_GUESSED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerConfig:
    """What a round reads and how often there is one."""

    days: float = 7.0  # of acts and impressions
    most_posts: int = 100_000  # the newest ones
    every_s: float = 300.0
    least_new: float = 0.02  # share of the log that must be new for the next of these rounds
    share: float = 0.5  # of one core, over rounds and the waits between
    keep: int = 12  # versions on disk
    shipped_serves: bool = True  # whether the weights that come with Stoa may serve
    most_viewers: int = 1_000  # with evidence: its tastes take .2 MB and some ms for each
    round: RoundConfig = field(
        default_factory=lambda: RoundConfig(model=RankerConfig(evidence=N_EVIDENCE))
    )
    space: SpaceLearnerConfig = field(default_factory=SpaceLearnerConfig)


def learn_once(data: Path, config: LearnerConfig, encoder: TextEncoder | None = None) -> Decision:
    """One round on a square's data folder, also while the square runs on it.

    The new version is kept whether it serves or not, with the reason.

    Raises:
        StoreBusy: another process trains on the folder.
        StoreFull: there is no room for the version; what serves goes on serving.
        BadInput: too little was read to learn from.
    """
    found = _round(data, config, encoder, least_new=0.0)
    assert found is not None, "it is always wanted here"
    return found


def learn_when_due(data: Path, config: LearnerConfig) -> Decision | None:
    """`learn_once`, or None while little was shown since the last round.

    A round goes on from what serves: the same log over and over would be learned by heart.
    """
    return _round(data, config, None, least_new=config.least_new)


def _round(
    data: Path, config: LearnerConfig, encoder: TextEncoder | None, least_new: float
) -> Decision | None:
    encoder = encoder or HashedEncoder().wide
    shelf = open_shelf(data)
    with shelf.trainer():
        shelf.drop(config.keep)
        now_us, own = newest_log(data, encoder, days=config.days, most_posts=config.most_posts)
        assert own is not None, "it is always wanted here"
        if _new_share(shelf, own) < least_new:
            return None
        serving = serving_ranker(shelf, shipped=config.shipped_serves)
        version = version_name(now_us, own.log, config.round.seed)
        wanted = _affordable(config, own)
        found = learn_round(own.log, own.log.posts.text, serving, wanted, version=version)
        found = _held_back(found, serving)
        shelf.save(model_of(found, own, encoder, wanted))
        fate = Fate.PROMOTED if found.verdict.passes else Fate.REFUSED
        decision = Decision(now_us, version, fate, found.verdict.reason, "gate")
        shelf.decide(decision)
        return decision


def offer(
    data: Path, version: str, config: LearnerConfig, encoder: TextEncoder | None = None
) -> Decision:
    """Asks the gate whether a kept version may serve in the place of what does, and decides so.

    Raises:
        StoreBusy: another process trains on the folder.
        BadModel: the version is damaged.
        BadInput: it is not kept, serves already, or too little was read to compare by.
    """
    encoder = encoder or HashedEncoder().wide
    shelf = open_shelf(data)
    with shelf.trainer():
        if version == shelf.serving():
            raise BadInput("version", version, "it serves already; offer another")
        candidate = ranker_of(shelf.load(version))
        now_us, own = newest_log(data, encoder, days=config.days, most_posts=config.most_posts)
        assert own is not None, "it is always wanted here"
        serving = serving_ranker(shelf, shipped=config.shipped_serves)
        verdict = weigh(own.log, own.log.posts.text, candidate, serving, config.round)
        fate = Fate.PROMOTED if verdict.passes else Fate.REFUSED
        decision = Decision(now_us, version, fate, f"offered; {verdict.reason}", "gate")
        shelf.decide(decision)
        return decision


def keep_learning(data: Path, config: LearnerConfig, say: Say) -> None:
    """Rounds until killed. A round that fails is told and tried again; nothing half stays."""
    while True:
        began, spent = time.monotonic(), time.process_time()
        try:
            decision = learn_when_due(data, config)
            if decision is not None:
                say(f"{decision.version} {decision.fate.value}: {decision.reason}")
        except StoaError as problem:
            say(f"no new version: {problem}")
        try:
            found = learn_space_once(data, config.space, due=True)
            if found is not None:
                say(f"space {found.version} {found.fate.value}: {found.reason}")
        except StoaError as problem:
            say(f"no new space: {problem}")
        used_s = time.process_time() - spent
        least_s = used_s / min(max(config.share, 0.01), 1.0)
        wait_s = max(config.every_s, least_s) - (time.monotonic() - began)
        time.sleep(max(wait_s, 0.0))


def begin_with_shipped(shelf: ModelShelf, now_us: int, say: Say, *, fresh: bool) -> None:
    """Lets the weights that come with Stoa serve a fresh square; told where they cannot.

    Without them the feed ranks by its first version, which needs no model.

    Args:
        shelf: the square's.
        now_us: when it is decided.
        say: hears what is wrong with them.
        fresh: whether the square has read nothing yet.
    """
    try:
        adopt_shipped(shelf, now_us, fresh=fresh)
    except (BadModel, StoreFull) as problem:
        say(str(problem))


def serving_ranker(shelf: ModelStore, *, shipped: bool = True) -> LearnedRanker | None:
    """The ranker that serves; None where none does, or where it cannot be used any more.

    With `shipped` False, weights that come with Stoa are left out.
    """
    version = shelf.serving()
    if version is None or (is_shipped(version) and not shipped):
        return None
    try:
        return ranker_of(shelf.load(version))
    except (BadInput, BadModel):
        return None


def ranker_of(model: Model) -> LearnedRanker:
    """The ranker in a model file.

    Raises:
        BadModel: it is not what this version makes.
    """
    card = model.card
    return LearnedRanker.from_arrays(card.version, model.arrays, card.config, card.value)


def _held_back(found: Round, serving: LearnedRanker | None) -> Round:
    """Refuses a ranker that would mostly be the first version's guess, while what ships serves.

    That was measured to serve better than the first version; the gate, which compares what the
    rankers themselves foretell, does not see this.
    """
    guessed = found.ranker.value.guessed
    if not found.verdict.passes or serving is None or not is_shipped(serving.version):
        return found
    if guessed <= _MOST_GUESSED:
        return found
    reason = (
        f"too young: {guessed:.0%} of its value would be the first version's guess; "
        f"the weights that ship serve until it is {_MOST_GUESSED:.0%}"
    )
    return replace(found, verdict=replace(found.verdict, passes=False, reason=reason))


def _new_share(shelf: ModelStore, own: OwnLog) -> float:
    """Share of the log's showings that came after the newest round's log ended."""
    cards = [card for card in shelf.cards() if not is_shipped(card.version)]
    at_us = own.log.impressions.at_us
    if not cards or not len(at_us):
        return 1.0
    return float((at_us > max(card.until_us for card in cards)).mean())


def _affordable(config: LearnerConfig, own: OwnLog) -> RoundConfig:
    """How to learn from this log: without evidence where there are too many viewers for it."""
    if len(np.unique(own.log.impressions.viewer)) <= config.most_viewers:
        return config.round
    return replace(config.round, model=replace(config.round.model, evidence=0))


def model_of(found: Round, own: OwnLog, encoder: TextEncoder, config: RoundConfig) -> Model:
    """A round's ranker as it is kept, with what showings had told by then."""
    ranker = found.ranker
    if found.told is not None:
        ranker = replace(ranker, evidence=table_of(own.log, found.told, own.posts))
    return Model(card_of(found, own, encoder, config), ranker.arrays())


def card_of(found: Round, own: OwnLog, encoder: TextEncoder, config: RoundConfig) -> ModelCard:
    """What is to be known of a round's ranker."""
    shown = own.log.impressions
    return ModelCard(
        version=found.ranker.version,
        made_us=own.log.until_us,
        source=own.log.source,
        from_us=int(shown.at_us[0]) if len(shown) else 0,
        until_us=own.log.until_us,
        seed=config.seed,
        counts=found.counts,
        losses=found.losses,
        metrics=found.metrics(),
        value=asdict(found.ranker.value),
        worths={} if found.worth is None else found.worth.figures(),
        reliability=found.reliability,
        config=found.ranker.card_config(),
        encoder=encoder.name,
        notes=found.stopped,
    )


def load_serving(shelf: ModelShelf, say: Say, *, shipped: bool = True) -> LearnedRanker | None:
    """The newest version that serves and loads: a damaged one is told, and the one before taken.

    Where nothing loads the feed ranks by its first version, which needs no model. With `shipped`
    False, weights that come with Stoa are left out.
    """
    tried = [shelf.serving(), shelf.before()]
    if tried[0] == NO_MODEL:
        return None
    for version in tried:
        if version in (None, NO_MODEL) or (is_shipped(version) and not shipped):
            continue
        try:
            return ranker_of(shelf.load(version))
        except (BadInput, BadModel) as problem:
            say(f"model {version} cannot serve: {problem}")
    return None
