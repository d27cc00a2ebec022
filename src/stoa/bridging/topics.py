"""Sorts posts by topic: seed terms label some, a classifier of the other words does the rest.

Words become tf-idf weights, and a multinomial logistic regression (spec 5) is solved to its
optimum:

    minimise  sum_p -log softmax(W x_p + b)[label_p] + |W|^2 / 2

Posts whose seed terms point to several topics are not trained on. The model is plain arrays and
strings, for prescoring trains it and final scoring applies it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.learners import Sparse, minimise, sparse_rows, stack_rows
from stoa.bridging.scorers import Topic
from stoa.bridging.topic_text import (
    PostRows,
    is_blocked,
    post_texts,
    posts_of,
    seed_topics,
    words_of,
)
from stoa.errors import TopicsUnclear
from stoa.note_records import NoteTable

POSTS_AT_ONCE = 20_000
SMALL = 2_000
"""With fewer posts than this every word counts; else only words of 25 posts or more."""

LEAST_POSTS = 25
MOST_POSTS = 1_000
MOST_SHARE = 0.25
LEAST_ACCURACY = 0.35
OTHERS_MAY_HAVE = np.array([np.nan, 0.99, 0.99, 0.99, 0.99, 0.98])
"""By topic: a seed label stands while all other topics together are at most this probable."""


@dataclass(frozen=True, slots=True)
class TopicModel:
    """A trained topic classifier; every field can be written as it is.

    `weight` and `intercept` have one row per class; with two classes only the second has a row.
    """

    words: tuple[str, ...]  # (n_words,) sorted
    idf: NDArray[np.float64]  # (n_words,)
    classes: NDArray[np.int8]  # topics that were in the training posts, ascending
    weight: NDArray[np.float64]  # (n_classes or 1, n_words)
    intercept: NDArray[np.float64]  # (n_classes or 1,)


@dataclass(frozen=True, slots=True)
class _Seeds:
    """What the seed terms say of each post."""

    label: NDArray[np.int8]  # (n_posts,) the one topic matched, else 0
    conflicts: dict[int, tuple[int, ...]]  # post row -> the topics that were matched

    @property
    def is_clear(self) -> NDArray[np.bool_]:
        clear = np.ones(len(self.label), dtype=np.bool_)
        clear[list(self.conflicts)] = False
        return clear


def train_topics(notes: NoteTable) -> TopicModel:
    """A classifier of posts, trained on all notes that have a text."""
    posts = posts_of(notes)
    seeds, counts, words = _read_training_posts(notes, posts)
    clear = seeds.is_clear
    counts, words = _choose_words(counts, clear, words, len(posts))
    idf = _inverse_frequency(counts)
    classes, target = np.unique(seeds.label[clear], return_inverse=True)
    if len(classes) < 2:
        kept = classes if len(classes) else np.array([Topic.UNASSIGNED])
        weight, intercept = np.zeros((1, len(words))), np.zeros(1)
        return TopicModel(words, idf, kept.astype(np.int8), weight, intercept)
    weight, intercept = _fit(_weigh(counts, idf), target, len(classes))
    return TopicModel(words, idf, classes.astype(np.int8), weight, intercept)


def assign_topics(model: TopicModel, notes: NoteTable) -> NDArray[np.int8]:
    """The topic of each note (Topic), that of its post.

    Raises:
        TopicsUnclear: the classifier does not find the topics that the seed terms name.
    """
    posts = posts_of(notes)
    column = {word: j for j, word in enumerate(model.words)}
    of_post = np.zeros(len(posts), dtype=np.int8)
    guess = np.zeros(len(posts), dtype=np.int8)
    label = np.zeros(len(posts), dtype=np.int8)
    conflicts: dict[int, tuple[int, ...]] = {}
    for first, last in _chunks(len(posts)):
        texts = list(post_texts(notes, posts, first, last))
        seeds = _seed(texts)
        prob = _probabilities(model, _weigh(_count(texts, column.get, len(column)), model.idf))
        guess[first:last] = prob.argmax(axis=1)
        label[first:last] = seeds.label
        of_post[first:last] = _settle(prob, seeds)
        conflicts |= {first + row: several for row, several in seeds.conflicts.items()}
    clear = _Seeds(label, conflicts).is_clear
    _check(guess[clear], label[clear])
    topic = np.zeros(len(notes), dtype=np.int8)
    topic[posts.note] = np.repeat(of_post, np.diff(posts.start))
    return topic


def _chunks(n: int) -> Iterator[tuple[int, int]]:
    for first in range(0, n, POSTS_AT_ONCE):
        yield first, min(n, first + POSTS_AT_ONCE)


def _seed(texts: Sequence[str]) -> _Seeds:
    label = np.zeros(len(texts), dtype=np.int8)
    conflicts: dict[int, tuple[int, ...]] = {}
    for row, text in enumerate(texts):
        found = seed_topics(text)
        if len(found) == 1:
            label[row] = found[0]
        elif found:
            conflicts[row] = found
    return _Seeds(label, conflicts)


def _read_training_posts(
    notes: NoteTable, posts: PostRows
) -> tuple[_Seeds, list[Sparse], dict[str, int]]:
    """Seed labels, word counts in chunks of posts, and the column of every word met."""
    column: dict[str, int] = {}
    chunks: list[Sparse] = []
    label = np.zeros(len(posts), dtype=np.int8)
    conflicts: dict[int, tuple[int, ...]] = {}
    for first, last in _chunks(len(posts)):
        texts = list(post_texts(notes, posts, first, last))
        seeds = _seed(texts)
        label[first:last] = seeds.label
        conflicts |= {first + row: several for row, several in seeds.conflicts.items()}
        chunks.append(_count(texts, lambda word: column.setdefault(word, len(column)), None))
    return _Seeds(label, conflicts), chunks, column


def _count(
    texts: Sequence[str], column_of: Callable[[str], int | None], n_columns: int | None
) -> Sparse:
    """Word counts, (n_texts, n_columns); words without a column are left out."""
    parts: list[NDArray[np.int32]] = []
    for text in texts:
        columns = [column_of(word) for word in words_of(text)]
        parts.append(np.array([c for c in columns if c is not None], dtype=np.int32))
    start = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in parts], out=start[1:])
    index = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
    if n_columns is None:
        n_columns = int(index.max()) + 1 if len(index) else 0
    one = np.ones(len(index), dtype=np.int32)
    counts = sparse_rows(one, index, start, (len(texts), n_columns))
    counts.sum_duplicates()
    return counts


def _choose_words(
    chunks: list[Sparse], clear: NDArray[np.bool_], column: dict[str, int], n_posts: int
) -> tuple[Sparse, tuple[str, ...]]:
    """Sparse of the words that may be evidence, on the posts trained on; words sorted.

    Empties `chunks`, so that no more than one chunk is held twice.
    """
    frequency = np.zeros(len(column), dtype=np.int64)
    for at, (first, last) in enumerate(_chunks(n_posts)):
        chunks[at] = chunks[at][np.flatnonzero(clear[first:last])]
        frequency += np.bincount(chunks[at].indices, minlength=len(column))
    least = 1 if n_posts < SMALL else LEAST_POSTS
    most = max(MOST_POSTS, int(MOST_SHARE * n_posts))
    usual = (frequency >= least) & (frequency <= most)
    words = sorted(word for word, c in column.items() if usual[c] and not is_blocked(word))
    kept = np.array([column[word] for word in words], dtype=np.int64)
    for at, chunk in enumerate(chunks):
        shape = (chunk.shape[0], len(column))
        chunks[at] = sparse_rows(chunk.data, chunk.indices, chunk.indptr, shape)[:, kept]
    counts = stack_rows(chunks, len(kept))
    chunks.clear()
    counts.sort_indices()
    return counts, tuple(words)


def _inverse_frequency(counts: Sparse) -> NDArray[np.float64]:
    """ln((1 + n) / (1 + posts with the word)) + 1."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.log((1 + counts.shape[0]) / (1 + frequency)) + 1


def _weigh(counts: Sparse, idf: NDArray[np.float64]) -> Sparse:
    """tf-idf, each post scaled to length one."""
    data = counts.data * idf[counts.indices]
    n_words = np.diff(counts.indptr)
    square = np.zeros(counts.shape[0])
    filled = n_words > 0
    square[filled] = np.add.reduceat(data**2, counts.indptr[:-1][filled]) if len(data) else 0.0
    data /= np.repeat(np.sqrt(square), n_words)
    return sparse_rows(data, counts.indices, counts.indptr, counts.shape)


def _fit(
    x: Sparse, target: NDArray[np.int64], n_classes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and intercepts at the optimum; one row for two classes, else one per class."""
    n_words: int = x.shape[1]
    n_rows = 1 if n_classes == 2 else n_classes
    transposed = x.T
    rows = np.arange(len(target))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weight, intercept = flat[:-n_rows].reshape(n_words, n_rows), flat[-n_rows:]
        log_prob = _log_softmax(x @ weight + intercept)
        error = np.exp(log_prob)
        error[rows, target] -= 1.0
        error = error[:, -n_rows:]
        gradient = np.vstack([transposed @ error + weight, error.sum(axis=0)])
        value = -log_prob[rows, target].sum() + 0.5 * float(np.vdot(weight, weight))
        return float(value), gradient.ravel()

    parameter = minimise(loss, (n_words + 1) * n_rows).reshape(n_words + 1, n_rows)
    return np.ascontiguousarray(parameter[:-1].T), parameter[-1].copy()


def _log_softmax(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log probabilities (n, n_classes); a single column of logits is that of the second class."""
    if logit.shape[1] == 1:
        logit = np.hstack([np.zeros_like(logit), logit])
    logit = logit - logit.max(axis=1, keepdims=True)
    return logit - np.log(np.exp(logit).sum(axis=1, keepdims=True))


def _probabilities(model: TopicModel, x: Sparse) -> NDArray[np.float64]:
    """How probable each topic is, (n_posts, 6); 0 for topics that were not trained on."""
    prob = np.zeros((x.shape[0], len(Topic)))
    if len(model.classes) == 1:
        prob[:, model.classes[0]] = 1.0
    else:
        prob[:, model.classes] = np.exp(_log_softmax(x @ model.weight.T + model.intercept))
    return prob


def _settle(prob: NDArray[np.float64], seeds: _Seeds) -> NDArray[np.int8]:
    """The classifier's topic, unless seed terms name one that it does not find absurd."""
    topic = prob.argmax(axis=1).astype(np.int8)
    seeded = np.flatnonzero(seeds.label > 0)
    label = seeds.label[seeded]
    stands = 1.0 - prob[seeded, label] <= OTHERS_MAY_HAVE[label]
    topic[seeded[stands]] = label[stands]
    for row, several in seeds.conflicts.items():
        best = max(several, key=lambda t: prob[row, t])
        if 1.0 - prob[row, best] <= OTHERS_MAY_HAVE[best]:
            topic[row] = best
    return topic


def _check(guess: NDArray[np.int8], label: NDArray[np.int8]) -> None:
    """Refuses a classifier whose mean recall over seed labels is 0.35 or less."""
    if not len(label):
        return
    n = np.bincount(label, minlength=len(Topic))
    right = np.bincount(label[guess == label], minlength=len(Topic))
    accuracy = float((right[n > 0] / n[n > 0]).mean())
    if accuracy <= LEAST_ACCURACY:
        raise TopicsUnclear(accuracy, LEAST_ACCURACY)
