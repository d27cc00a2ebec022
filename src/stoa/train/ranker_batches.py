# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""From a log and post vectors to arrays that the ranker reads: on the host rows, then vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.ranking.heads import Targets
from stoa.ranking.interests import is_interest
from stoa.ranking.ranker_inputs import (
    Candidates,
    History,
    author_buckets,
    form_of,
    log_age,
    log_seconds,
)
from stoa.ranking.ranker_model import RankerConfig
from stoa.ranking.ranker_serving import similarities_to
from stoa.space.learning_log import NOBODY, LearningLog
from stoa.space.transformer import Array
from stoa.train.sittings import (
    Meetings,
    SittingConfig,
    Sittings,
    history_rows,
    meetings_of,
    sittings_of,
)
from stoa.train.viewer_share import share_weights


class PostTable(NamedTuple):
    """What is looked up of each post; rows from n on are nobody's and empty.

    There is a power of two of them, so that code compiled for one log serves others.
    """

    vector: Array  # (rows, d)
    author: Array  # (rows, 2) buckets
    parent: Array  # (rows,) row, n where there is none
    form: Array  # (rows, 8)


class Batch(NamedTuple):
    """Sittings side by side; b of them, h meetings each, n candidates each."""

    met: Any  # (b, h) post rows
    acts: Any  # (b, h)
    log_seconds: Any  # (b, h)
    log_age: Any  # (b, h)
    met_surface: Any  # (b, h)
    met_real: Any  # (b, h)
    shown: Any  # (b, n) post rows
    shown_age: Any  # (b, n)
    surface: Any  # (b, n)
    position: Any  # (b, n)
    evidence: Any  # (b, n, e)
    targets: Targets  # (b, n)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightConfig:
    """How much more a showing counts that was less likely than most: `(p / median) ** -power`."""

    power: float = 0.25
    most: float = 4.0  # and at least 1 / most


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerData:
    """A log made ready: tables, meetings and sittings, and the weight of every impression."""

    log: LearningLog
    posts: PostTable
    meetings: Meetings
    sittings: Sittings
    weight: NDArray[np.float32]
    evidence: NDArray[np.float32]  # (impressions, model.evidence)
    config: SittingConfig


def ranker_data(
    log: LearningLog,
    vectors: NDArray[np.float32],
    model: RankerConfig,
    config: SittingConfig | None = None,
    weights: WeightConfig = WeightConfig(),
    evidence: NDArray[np.float32] | None = None,
) -> RankerData:
    """Makes a log ready to train a ranker on, or to rank its impressions anew.

    Args:
        log: any log.
        vectors: (posts, model.vector).
        model: the ranker's shape.
        config: how sittings are read.
        weights: of impressions by their propensity.
        evidence: (impressions, model.evidence), from nothing later than each; none where the
            model reads none.

    Raises:
        BadInput: the vectors are not one row of `model.vector` channels per post, or the evidence
            not one row of `model.evidence` columns per impression.
    """
    told = np.zeros((len(log.impressions), 0), np.float32) if evidence is None else evidence
    if told.shape != (len(log.impressions), model.evidence):
        raise BadInput("evidence", told.shape, f"give ({len(log.impressions)}, {model.evidence})")
    if vectors.shape != (len(log.posts), model.vector):
        raise BadInput("vectors", vectors.shape, f"give ({len(log.posts)}, {model.vector})")
    config = config or SittingConfig(history=model.history)
    meetings = meetings_of(log.acts, log.n_accounts, config)
    return RankerData(
        log=log,
        posts=_post_table(log, vectors, model),
        meetings=meetings,
        sittings=sittings_of(log, meetings, config),
        weight=row_weights(log.impressions.propensity, weights) * share_weights(log.impressions),
        evidence=told,
        config=config,
    )


def row_weights(propensity: NDArray[np.float32], config: WeightConfig) -> NDArray[np.float32]:
    """Weights of mean 1: what was shown by a smaller chance counts more; unknown counts as usual.

    The full inverse would leave a handful of rows to speak for all; a root, capped, is the usual
    trade of bias for variance.
    """
    if len(propensity) == 0:
        return np.zeros(0, dtype=np.float32)
    known = np.isfinite(propensity) & (propensity > 0)
    usual = float(np.median(propensity[known])) if known.any() else 1.0
    relative = np.where(known, propensity / usual, 1.0)
    raw = np.clip(relative**-config.power, 1.0 / config.most, config.most)
    return (raw / raw.mean()).astype(np.float32)


def _post_table(log: LearningLog, vectors: NDArray[np.float32], model: RankerConfig) -> PostTable:
    posts, n = log.posts, len(log.posts)
    accounts = author_buckets(log.account_keys, model.author_rows)
    has_parent = posts.parent != NOBODY
    above = np.where(has_parent, posts.length[np.maximum(posts.parent, 0)], -1)
    form = form_of(posts.length, posts.media, above)
    rows = 1 << n.bit_length()
    return PostTable(
        vector=jnp.asarray(_filled(vectors, rows, 0)),
        author=jnp.asarray(_filled(accounts[posts.author], rows, 0)),
        parent=jnp.asarray(_filled(np.where(has_parent, posts.parent, n), rows, n)),
        form=jnp.asarray(_filled(form, rows, 0)),
    )


def _filled(rows: NDArray[Any], size: int, value: int) -> NDArray[Any]:
    rest = np.full((size - len(rows), *rows.shape[1:]), value, dtype=rows.dtype)
    return np.concatenate([rows, rest])


def batch_of(data: RankerData, rows: NDArray[np.int64], shape: int, size: int) -> Batch:
    """Sittings `rows` with histories of `shape`, padded to `size` sittings of weight 0."""
    chosen = data.sittings.only(rows)
    meeting = history_rows(data.meetings, chosen, shape)
    real, met = meeting != NOBODY, np.maximum(meeting, 0)
    n_posts = len(data.log.posts)
    m = data.meetings
    if len(m.post) == 0:
        real, met, m = np.zeros_like(real), np.zeros_like(met), _one_meeting(m)
    age_s = (chosen.at_us[:, None] - m.at_us[met]) / 1e6
    made = Batch(
        met=np.where(real, m.post[met], n_posts).astype(np.int32),
        acts=np.where(real, m.acts[met], 0).astype(np.uint32),
        log_seconds=np.where(real, log_seconds(m.seconds[met]), 0).astype(np.float32),
        log_age=np.where(real, log_age(age_s), 0).astype(np.float32),
        met_surface=np.where(real, m.surface[met], 0).astype(np.int32),
        met_real=real,
        **_candidates(data, chosen),
    )
    fill: Callable[[NDArray[Any]], NDArray[Any]] = partial(_filled, size=size, value=0)
    return jax.tree.map(fill, made)


def _one_meeting(m: Meetings) -> Meetings:
    return Meetings(
        first=m.first,
        at_us=np.zeros(1, dtype=np.int64),
        post=np.zeros(1, dtype=np.int32),
        acts=np.zeros(1, dtype=np.uint32),
        seconds=np.zeros(1, dtype=np.float32),
        surface=np.zeros(1, dtype=np.int8),
    )


def _candidates(data: RankerData, chosen: Sittings) -> dict[str, Any]:
    shown, posts = data.log.impressions, data.log.posts
    real = chosen.impression != NOBODY
    row = np.maximum(chosen.impression, 0)
    post = shown.post[row]
    age_s = (chosen.at_us[:, None] - posts.at_us[post]) / 1e6
    return {
        "shown": np.where(real, post, len(posts)).astype(np.int32),
        "shown_age": np.where(real, log_age(age_s), 0).astype(np.float32),
        # A reading is ranked before anybody knows where it will be shown: what serving cannot
        # tell must not be learned from.
        "surface": np.zeros(row.shape, dtype=np.int32),
        "position": np.where(real, shown.position[row], 0).astype(np.int32),
        "evidence": np.where(real[..., None], data.evidence[row], 0),
        "targets": targets_of(data.log, row, np.where(real, data.weight[row], 0)),
    }


def targets_of(log: LearningLog, rows: NDArray[np.int64], weight: NDArray[np.floating]) -> Targets:
    """What followed on impressions `rows`, of any shape, with weights of the same shape."""
    shown = log.impressions
    return Targets(
        acts=shown.acts[rows],
        seconds=shown.seconds[rows],
        asked=shown.asked[rows],
        ask_rate=shown.ask_rate[rows],
        answer=shown.answer[rows],
        delayed=shown.delayed[rows],
        viewer=shown.viewer[rows],
        weight=weight.astype(np.float32),
    )


def replies_of(log: LearningLog, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the impressions `rows` are of a post that answers another."""
    return log.posts.parent[log.impressions.post[rows]] != NOBODY


def inputs_of(
    posts: PostTable, batch: Batch, hide_author: Array | None = None
) -> tuple[History, Candidates]:
    """Histories and candidates with their vectors looked up; runs inside `jax.jit`.

    Args:
        posts: the log's.
        batch: rows.
        hide_author: (b, n) True where the candidate's author is not told, so that content alone
            learns to work for an author never seen.
    """
    met = posts.vector[batch.met]
    history = History(
        vector=met,
        author=posts.author[batch.met],
        acts=batch.acts,
        log_seconds=batch.log_seconds,
        log_age=batch.log_age,
        surface=batch.met_surface,
        real=batch.met_real,
    )
    is_viewer = is_interest(batch.acts, batch.log_seconds, batch.met_real)
    vector, author = posts.vector[batch.shown], posts.author[batch.shown]
    if hide_author is not None:
        author = jnp.where(hide_author[..., None], 0, author)
    candidates = Candidates(
        vector=vector,
        parent=posts.vector[posts.parent[batch.shown]],
        similarity=jax.vmap(similarities_to)(vector, met, is_viewer),
        author=author,
        log_age=batch.shown_age,
        form=posts.form[batch.shown],
        note=jnp.zeros_like(batch.shown),
        surface=batch.surface,
        evidence=batch.evidence,
    )
    return history, candidates
