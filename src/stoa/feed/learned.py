"""The learned rankers of the feed: one prediction of everything, valued in different ways."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.feed.board import Board
from stoa.feed.model_seat import ModelSeat
from stoa.feed.new_authors import by_new_authors
from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates, Ranker, Scores
from stoa.ports import VectorRows
from stoa.ranking import ranker_inputs as inputs
from stoa.ranking.interests import is_interest
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.predictions import PostFacts
from stoa.ranking.presets import preset_score
from stoa.ranking.ranker_inputs import N_SIMILARITIES
from stoa.ranking.ranker_model import HistoryState
from stoa.ranking.readout import Readout, predictions
from stoa.ranking.value import PRESETS, WORTHS, Value, after_looks, leaning
from stoa.records import NO_ID, SECOND_US

VALUED = tuple(PRESETS)
"""Policies that rank by a value in seconds, the default first."""

_ACTIONS_TOLD = ("like", "repost", "reply", "quote", "follow", "glad")
TERMS = (
    "seconds",
    "regret",
    *_ACTIONS_TOLD,
    "first_version",
    "floor",
    "expected_s",
    "prob_like",
    "prob_regret",
    "prob_glad",
)
"""Seconds that make up the value, then what was predicted; `floor` makes the sum exact."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a thread read last, and by which ranker."""

    query: FeedQuery
    ranker: LearnedRanker
    history: inputs.History
    state: HistoryState


@dataclass(frozen=True, slots=True)
class Predictor:
    """Turns a query and candidates into what the ranker that serves believes of them.

    Vectors are those of the content: a conversation's vector has moved towards whoever liked the
    post since, which a ranker trained on the past would take for foresight.
    """

    seat: ModelSeat
    rows: VectorRows
    board: Board
    texts: VectorRows | None = None  # of more channels, for rankers that read along text axes
    memory: threading.local = field(default_factory=threading.local, compare=False)

    def readout(self, ranker: LearnedRanker, query: FeedQuery, candidates: Candidates) -> Readout:
        """Predictions of all heads, (n,)."""
        read = self._read(ranker, query)
        return ranker.readout_after(
            read.state,
            self._candidates(ranker, query, candidates, read.history),
            by_new_authors(self.board.posts, candidates.post, query.now_us),
        )

    def _content(self, ranker: LearnedRanker, posts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors of posts as the ranker reads them, (n, d)."""
        if ranker.axes is None or self.texts is None:
            return self.rows.get(posts)
        return ranker.axes.of(self.texts.get(posts))

    def _read(self, ranker: LearnedRanker, query: FeedQuery) -> _Read:
        """The history of a query; a reading asks for its candidates in several parts."""
        last: _Read | None = getattr(self.memory, "last", None)
        if last is None or last.query is not query or last.ranker is not ranker:
            history = self._history(ranker, query)
            last = self.memory.last = _Read(query, ranker, history, ranker.read(history))
        return last

    def _history(self, ranker: LearnedRanker, query: FeedQuery) -> inputs.History:
        met = query.met
        table = self.board.posts
        author = table.author[table.rows(met.post)].astype(np.int64)
        return inputs.History(
            vector=self._content(ranker, met.post),
            author=_buckets(author, ranker),
            acts=met.acts,
            log_seconds=inputs.log_seconds(met.seconds),
            log_age=inputs.log_age((query.now_us - met.at_us) / SECOND_US),
            surface=np.zeros(len(met), dtype=np.int32),
            real=np.ones(len(met), dtype=np.bool_),
        )

    def _candidates(
        self,
        ranker: LearnedRanker,
        query: FeedQuery,
        candidates: Candidates,
        history: inputs.History,
    ) -> inputs.Candidates:
        vectors = self._content(ranker, candidates.post)
        interest = is_interest(history.acts, history.log_seconds, history.real)
        parents = np.zeros_like(vectors)
        answers = candidates.parent != NO_ID
        if answers.any():
            parents[answers] = self._content(ranker, candidates.parent[answers])
        table = self.board.posts
        above = np.where(answers, table.length[table.rows(candidates.parent)], -1)
        nothing = np.zeros(len(candidates), dtype=np.int32)
        # Whoever had the square forget them is nobody to it, whatever was told before.
        known = len(query.met) > 0 or len(query.seen) > 0
        return inputs.Candidates(
            vector=vectors,
            parent=parents,
            similarity=_nearest(vectors, history.vector[interest]),
            author=_buckets(candidates.author, ranker),
            log_age=inputs.log_age((query.now_us - candidates.at_us) / SECOND_US),
            form=inputs.form_of(candidates.length, candidates.media.astype(np.int64), above),
            note=nothing,
            surface=nothing,
            evidence=ranker.evidence_on(
                int(query.viewer) if known else NO_ID, candidates.author, candidates.post, vectors
            ),
        )


@dataclass(frozen=True, slots=True)
class Valued:
    """Ranks by unregretted seconds, or by another value in seconds; `otherwise` while untaught.

    While little was learned, a share of the value is what `otherwise` guesses.
    """

    predictor: Predictor
    preset: str
    otherwise: Ranker[FeedQuery]

    @property
    def name(self) -> str:
        """The policy and the version of the model, as the log names it."""
        ranker = self.predictor.seat.ranker
        return f"{self.preset}/{ranker.version}" if ranker else self.otherwise.name

    def score(self, query: FeedQuery, candidates: Candidates) -> Scores:
        """Values in seconds, and their terms."""
        ranker = self.predictor.seat.ranker
        if ranker is None:
            return self.otherwise.score(query, candidates)
        readout = self.predictor.readout(ranker, query, candidates)
        config = after_looks(ranker.value, query.dwell.looks)
        value = PRESETS[self.preset](readout, config)
        if config.guessed:
            guess = self.otherwise.score(query, candidates).score
            value = leaning(value, guess, config)
        return Scores(score=value.value, terms=_terms(value, readout), names=TERMS)


@dataclass(frozen=True, slots=True)
class Published:
    """Ranks by a formula that was published, on this square's own predictions."""

    predictor: Predictor
    preset: str
    otherwise: Ranker[FeedQuery]

    @property
    def name(self) -> str:
        """The formula and the version of the model behind its predictions."""
        ranker = self.predictor.seat.ranker
        return f"{self.preset}/{ranker.version}" if ranker else self.otherwise.name

    def score(self, query: FeedQuery, candidates: Candidates) -> Scores:
        """The formula's scores; the only term is the score itself."""
        ranker = self.predictor.seat.ranker
        if ranker is None:
            return self.otherwise.score(query, candidates)
        readout = self.predictor.readout(ranker, query, candidates)
        score = preset_score(self.preset, predictions(readout), _facts(query, candidates))
        return Scores(score=score, terms=score[:, None].astype(np.float32), names=("score",))


def _terms(value: Value, readout: Readout) -> NDArray[np.float32]:
    actions = value.actions[:, [WORTHS.index(name) for name in _ACTIONS_TOLD]]
    guess = np.broadcast_to(value.guess, value.seconds.shape)
    told = np.column_stack([value.seconds, value.regret, actions, guess])
    floor = value.value - told.sum(axis=1)
    like = readout.actions[:, 0]
    rest = np.column_stack([floor, readout.seconds, like, readout.regret, readout.glad])
    return np.concatenate([told, rest], axis=1).astype(np.float32)


def _facts(query: FeedQuery, candidates: Candidates) -> PostFacts:
    """What the formulas ask beside predictions. Nobody's followers are counted here."""
    followed = np.isin(candidates.author, query.follows)
    no = np.zeros(len(candidates), dtype=np.bool_)
    return PostFacts(
        author=candidates.author,
        followed=followed,
        mutual=no,
        is_reply=candidates.parent != NO_ID,
        is_repost=candidates.reposter != NO_ID,
        small_author=no,
    )


def _buckets(author: NDArray[np.int64], ranker: LearnedRanker) -> NDArray[np.int32]:
    """Rows of the author table; nobody in particular where the author is not known."""
    buckets = inputs.author_buckets(author, ranker.config.author_rows)
    return np.where((author == NO_ID)[:, None], 0, buckets).astype(np.int32)


def _nearest(posts: NDArray[np.float32], mine: NDArray[np.float32]) -> NDArray[np.float32]:
    """The greatest products with the viewer's vectors, as training makes them; (n, 4)."""
    found = np.zeros((len(posts), N_SIMILARITIES), dtype=np.float32)
    if len(mine) and len(posts):
        products = np.maximum(posts @ mine.T, 0.0)
        n = min(N_SIMILARITIES, products.shape[1])
        best = np.partition(products, products.shape[1] - n, axis=1)[:, -n:]
        found[:, :n] = -np.sort(-best, axis=1)
    return found
