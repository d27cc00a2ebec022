"""What the study of vectors is asked on: merged people of two public data sets, and the town."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.evaluation.merged_accounts import merge_people
from stoa.evaluation.vector_study import RetrievalTask
from stoa.records import DAY_US
from stoa.space.item_sequences import ItemSequences, no_attributes
from stoa.space.learning_log import LearningLog
from stoa.space.sequence_model import SequenceConfig
from stoa.space.viewer_history import viewer_events
from stoa.tables.movie_files import read_movie_ratings
from stoa.tables.sequence_files import read_attributes, read_sequences
from stoa.train.readings import Items, ReadingTraining

_GLAD_STARS = 4.0
_FILMS_ASKED = 10


def amazon_task(folder: Path, seed: int, n_tested: int = 900) -> RetrievalTask:
    """Beauty: accounts of one, two or three people; their newest item is sought.

    Raises:
        BadTable: a file does not read.
    """
    read = read_sequences(folder / "Beauty.txt.gz")
    attributes = read_attributes(folder / "Beauty_item2attributes.json.gz", read.item_id)
    return _merged_task("amazon", read, Items(attributes), (seed, n_tested, 1, 8))


def movie_task(folder: Path, seed: int, n_tested: int = 900) -> RetrievalTask:
    """MovieLens: films rated four stars or more; accounts as above, their newest ten are sought.

    Raises:
        BadTable: a file does not read.
    """
    ratings = read_movie_ratings(folder)
    liked = ratings.rating >= _GLAD_STARS
    found, movie = np.unique(ratings.movie[liked], return_inverse=True)
    sequences = sequences_of(ratings.user[liked], movie.astype(np.int32), len(found), 3)
    items = Items(ratings.genres[found])
    return _merged_task("movielens", sequences, items, (seed, n_tested, _FILMS_ASKED, 12))


def _merged_task(
    name: str, read: ItemSequences, items: Items, how: tuple[int, int, int, int]
) -> RetrievalTask:
    seed, n_tested, n_asked, epochs = how
    random = np.random.default_rng([seed, 3])
    merged, people = merge_people(read, random)
    long = merged.end - merged.start > n_asked
    asked = np.where(long, n_asked, 0)
    history = ItemSequences(
        item=merged.item, start=merged.start, end=merged.end - asked,
        item_id=merged.item_id, user_id=merged.user_id,
    )  # fmt: skip
    each = n_tested // int(people.max())
    tested = [
        random.permutation(np.flatnonzero(long & (people == k)))[:each]
        for k in range(1, int(people.max()) + 1)
    ]
    return RetrievalTask(
        name=name,
        history=history,
        target=tuple(
            merged.item[e - n : e] for e, n in zip(merged.end.tolist(), asked.tolist(), strict=True)
        ),
        interests=people,
        items=items,
        candidates=np.arange(merged.n_items),
        tested=np.concatenate(tested),
        training=ReadingTraining(epochs=epochs),
    )


def log_task(
    log: LearningLog,
    vectors: NDArray[np.float32],
    interests: NDArray[np.int64],
    moment_us: int,
    *,
    epochs: int = 8,
    offer_h: float = 48.0,
) -> RetrievalTask:
    """A log: what viewers are glad of after a moment, among what was on offer at that moment.

    Args:
        log: of any maker.
        vectors: (n_posts, d) unit, of posts as they arrive.
        interests: (n_accounts,) how many, 0 where unknown.
        moment_us: of retrieval; only earlier events are learned from.
        epochs: of each tower.
        offer_h: how old a post may be that is found.

    Raises:
        BadInput: nobody was glad of anything on offer after the moment.
    """
    events = viewer_events(log)
    before = events.glad & (events.at_us < moment_us)
    history = sequences_of(
        events.account[before], events.post[before], len(log.posts), 0, log.n_accounts
    )
    low = int(np.searchsorted(log.posts.at_us, moment_us - int(offer_h * DAY_US / 24)))
    high = int(np.searchsorted(log.posts.at_us, moment_us))
    offered = (events.post >= low) & (events.post < high)
    later = events.glad & (events.at_us >= moment_us) & offered
    account, post = events.account[later], events.post[later]
    order = np.argsort(account, kind="stable")
    edge = np.searchsorted(account[order], np.arange(log.n_accounts + 1))
    length = history.end - history.start
    target = tuple(post[order][a:b] for a, b in itertools.pairwise(edge))
    tested = np.flatnonzero((np.diff(edge) > 0) & (length >= 2))
    if not len(tested):
        raise BadInput(
            "log", len(log.acts), "give a log in which somebody is glad after the moment"
        )
    return RetrievalTask(
        name="town",
        history=history,
        target=target,
        interests=interests,
        items=Items(no_attributes(len(log.posts)), vectors),
        candidates=np.arange(low, high),
        tested=tested,
        training=ReadingTraining(
            tower=SequenceConfig(width=vectors.shape[1], length=64), epochs=epochs
        ),
    )


def sequences_of(
    user: NDArray[np.integer],
    item: NDArray[np.int32],
    n_items: int,
    fewest: int,
    n_users: int | None = None,
) -> ItemSequences:
    """Sequences from pairs sorted by user and time; users of under `fewest` items are left out."""
    count = np.bincount(user, minlength=n_users or 0)
    end = np.cumsum(count)
    kept = np.flatnonzero(count >= fewest)
    return ItemSequences(
        item=item,
        start=(end - count)[kept],
        end=end[kept],
        item_id=np.arange(n_items),
        user_id=kept,
    )
