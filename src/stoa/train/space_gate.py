"""Whether a new space may serve: who finds more of what viewers were glad of next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.measure import Interval, bootstrap_interval
from stoa.space.conversation import post_vector
from stoa.space.conversation_samples import ConversationSamples, sample_conversations
from stoa.space.learning_log import NOBODY, LearningLog
from stoa.space.post_tower import PostTowerConfig, encode_posts
from stoa.space.space_model import SpaceModel
from stoa.space.viewer_history import ViewerEvents, viewer_events
from stoa.space.viewer_state import viewer_at
from stoa.space.viewer_tower import may_speak
from stoa.train.gate import Verdict

Floats = NDArray[np.float64]

_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceGateConfig:
    """When a new space is refused, and on what it is judged."""

    depth: int = 200
    most_viewers: int = 400
    most_targets: int = 4  # a viewer
    most_candidates: int = 8_000
    offer_h: float = 48.0
    least_viewers: int = 30  # fewer tell nothing, and no space is worth a try in the dark
    worse: float = 0.03  # a loss of recall or NDCG that must be ruled out


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Posts that viewers were glad of after a moment, to be found among what was on offer."""

    log: LearningLog
    events: ViewerEvents
    moment_us: int
    viewer: NDArray[np.int64]  # (v,) accounts
    target: tuple[NDArray[np.int64], ...]  # rows of `candidate`, for each viewer
    candidate: NDArray[np.int64]  # (c,) posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How well a space answers, one number a viewer."""

    recall: Floats  # share of the targets among the first `depth`
    ndcg: Floats  # mean over targets of 1 / log2(1 + rank), 0 beyond the depth


Searches = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Vectors (m, d) and what is added to their cosines (m,)."""


def held_out_from(log: LearningLog) -> int:
    """The moment from which on nothing is learned: the newest hour.

    A young square holds out a fifth of its glad events, where an hour would be more; a quiet
    one a twentieth, where an hour would be less.
    """
    events = viewer_events(log)
    at_us = np.sort(events.at_us[events.glad])
    if not len(at_us):
        return log.until_us
    fifth, twentieth = at_us[int(0.8 * len(at_us))], at_us[int(0.95 * len(at_us))]
    return int(min(max(log.until_us - _HOUR_US, fifth), twentieth))


def ask(log: LearningLog, moment_us: int, seed: int, config: SpaceGateConfig) -> Question:
    """What spaces are to find, the same for all that are compared.

    Raises:
        BadInput: too few viewers were glad of anything after the moment; says how many.
    """
    events = viewer_events(log)
    chance = np.random.default_rng([seed, 21])
    speaks = np.asarray(may_speak(events.kind)) & (events.at_us < moment_us)
    known = np.bincount(events.account[speaks], minlength=log.n_accounts) >= 2
    offered_us = moment_us - int(config.offer_h * _HOUR_US)
    offered = log.posts.at_us[events.post] >= offered_us
    later = events.glad & (events.at_us >= moment_us) & known[events.account] & offered
    viewer = np.unique(events.account[later])
    if len(viewer) < config.least_viewers:
        mend = f"wait until {config.least_viewers} accounts were glad of something new"
        raise BadInput("viewers", len(viewer), mend)
    viewer = np.sort(chance.permutation(viewer)[: config.most_viewers])
    wanted = [
        np.unique(events.post[later & (events.account == account)][: config.most_targets])
        for account in viewer
    ]
    on_offer = np.flatnonzero(log.posts.at_us >= offered_us)
    some = chance.permutation(on_offer)[: config.most_candidates]
    candidate = np.unique(np.concatenate([some, *wanted])).astype(np.int64)
    return Question(
        log=log, events=events, moment_us=moment_us, viewer=viewer.astype(np.int64),
        target=tuple(np.searchsorted(candidate, posts) for posts in wanted), candidate=candidate,
    )  # fmt: skip


def answer(model: SpaceModel | None, question: Question, seed: int, depth: int) -> Found:
    """How well a space finds the targets; None stands for the first version's vectors.

    Posts are as of the moment, later ones as they arrived; viewers know what came before it.
    What a viewer met before is not looked for again.
    """
    chance = np.random.default_rng([seed, 22])
    shape = model.config.post if model else PostTowerConfig(text=question.log.posts.text.shape[1])
    samples = sample_conversations(question.log, shape)
    encode = _first_version if model is None else _by(model)
    posts = question.candidate
    when = np.maximum(question.log.posts.at_us[posts], question.moment_us)
    candidates = encode(samples, posts, when, chance)
    recall, ndcg = np.zeros(len(question.viewer)), np.zeros(len(question.viewer))
    for row, account in enumerate(question.viewer.tolist()):
        vectors, added = _viewer(model, samples, question, account, chance)
        score = (candidates @ vectors.T + added).max(axis=1)
        first, end = question.events.start[account], question.events.start[account + 1]
        met = question.events.at_us[first:end] < question.moment_us
        score[np.isin(posts, question.events.post[first:end][met])] = -np.inf
        rank = (score[None, :] >= score[question.target[row]][:, None]).sum(axis=1)
        hit = (rank <= depth) & np.isfinite(score[question.target[row]])
        recall[row] = hit.mean()
        ndcg[row] = np.where(hit, 1 / np.log2(1.0 + rank), 0.0).mean()
    return Found(recall=recall, ndcg=ndcg)


def compare_spaces(new: Found, serving: Found, seed: int, config: SpaceGateConfig) -> Verdict:
    """New against serving, paired by viewer (bootstrap over viewers).

    A space serves only where the interval rules out that it finds less by more than `worse`: to
    take one up has every post encoded anew, so doubt speaks for what serves. Else a tie goes to
    the one that has seen newer data.
    """
    figures: dict[str, dict[str, float]] = {}
    gained: dict[str, Interval] = {}
    for name in ("recall", "ndcg"):
        ours, theirs = getattr(new, name), getattr(serving, name)
        gained[name] = bootstrap_interval(ours - theirs, seed=seed)
        figures[f"{name}_at_{config.depth}"] = asdict(bootstrap_interval(ours, seed=seed))
        figures[f"{name}_at_{config.depth}_minus_serving"] = asdict(gained[name])
    for name, by in gained.items():
        if by.low <= -config.worse:
            finds = "finds less" if by.high < 0 else "may find less"
            reason = f"{finds}: {_told(name, config, by)} against what serves"
            return Verdict(False, reason, figures)
    told = _told("recall", config, gained["recall"])
    n = len(new.recall)
    return Verdict(True, f"finds no less for {n} viewers: {told} against what served", figures)


def _told(name: str, config: SpaceGateConfig, gained: Interval) -> str:
    word = {"recall": "recall", "ndcg": "NDCG"}[name]
    return f"{word}@{config.depth} {gained.mean:+.4f} ({gained.low:+.4f} to {gained.high:+.4f})"


Encode = Callable[
    [ConversationSamples, NDArray[np.int64], NDArray[np.int64], np.random.Generator],
    NDArray[np.float32],
]


def _by(model: SpaceModel) -> Encode:
    def encode(
        samples: ConversationSamples,
        posts: NDArray[np.int64],
        when: NDArray[np.int64],
        chance: np.random.Generator,
    ) -> NDArray[np.float32]:
        features = samples.features(posts, when, chance)
        return encode_posts(model.params["post_tower"], model.config.post, features)

    return encode


def _first_version(
    samples: ConversationSamples,
    posts: NDArray[np.int64],
    when: NDArray[np.int64],
    chance: np.random.Generator,
) -> NDArray[np.float32]:
    """Words bent by answers, by the post answered, and by what engagers liked before."""
    features = samples.features(posts, when, chance)
    parent = samples.log.posts.parent[posts]
    text = samples.log.posts.text[np.maximum(parent, 0)] * (parent != NOBODY)[:, None]
    talk = np.concatenate([text[:, None], np.asarray(features.reply_text)], axis=1)
    return post_vector(np.asarray(features.text), talk, np.asarray(features.engager_text))


def _viewer(
    model: SpaceModel | None,
    samples: ConversationSamples,
    question: Question,
    account: int,
    chance: np.random.Generator,
) -> Searches:
    """What an account searches with at the moment; the first version's acts weigh alike here."""
    events, moment_us = question.events, question.moment_us
    if model is not None:
        made = viewer_at(model, samples, events, account, moment_us, chance)
        return made.vectors, made.weights
    rows = np.arange(int(events.start[account]), int(events.start[account + 1]))
    rows = rows[events.at_us[rows] < moment_us]
    rows = rows[np.asarray(may_speak(events.kind[rows]))][-512:]
    posts, when = events.post[rows].astype(np.int64), np.full(len(rows), moment_us)
    vectors = _first_version(samples, posts, when, chance)
    return vectors, np.zeros(len(rows), dtype=np.float32)
