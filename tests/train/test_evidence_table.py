"""Serving reads, by ids, the very numbers that training read of the same moment."""

from dataclasses import replace

import numpy as np
import pytest
from tests.train.made_log import made_log

from stoa.errors import BadInput
from stoa.ranking.evidence import N_EVIDENCE
from stoa.ranking.evidence_table import EvidenceTable
from stoa.space.learning_log import ActColumns, ImpressionColumns
from stoa.train.evidence_log import evidence_of_log, table_of

WINDOW_US = 4 * 3_600_000_000


def up_to(log, until_us):
    """The log as it was at a moment."""
    parts = {}
    for name, kind in (("impressions", ImpressionColumns), ("acts", ActColumns)):
        columns = getattr(log, name)
        n = int(np.searchsorted(columns.at_us, until_us))
        parts[name] = kind(**{c: getattr(columns, c)[:n] for c in kind.__slots__})
    return replace(log, until_us=until_us, **parts)


@pytest.fixture(scope="module")
def square():
    """A log whose ids are in no order of its rows, and the beginning of its newest window."""
    log, vectors, _ = made_log(5, n_viewers=20, n_posts=200, n_sittings=6)
    chance = np.random.default_rng(1)
    accounts = 1_000 + chance.permutation(log.n_accounts).astype(np.int64)
    posts = 5_000 + chance.permutation(len(log.posts)).astype(np.int64)
    log = replace(log, account_key=accounts)
    return log, vectors, posts, int(log.impressions.at_us[-1]) // WINDOW_US * WINDOW_US


def table(square):
    log, vectors, posts, until_us = square
    before = up_to(log, until_us)
    return table_of(before, evidence_of_log(before, vectors)[1], posts)


def test_serving_reads_what_training_read(square):
    log, vectors, posts, until_us = square
    trained, _ = evidence_of_log(log, vectors)
    served = table(square)
    shown, author = log.impressions, log.posts.author
    newest = np.flatnonzero(shown.at_us >= until_us)
    met = np.isin(log.account_key[shown.viewer[newest]], served.viewer)
    assert met.sum() > 20
    for row in newest[met].tolist():
        post = shown.post[[row]]
        asked = served.ask(
            int(log.account_key[shown.viewer[row]]), log.account_key[author[post]], posts[post],
            vectors[post],
        )  # fmt: skip
        np.testing.assert_allclose(asked[0], trained[row], rtol=1e-4, atol=1e-5)
    assert trained[newest].any(axis=0)[: N_EVIDENCE - 4].sum() > 10


def test_of_strangers_nothing_is_told(square):
    _, vectors, _, _ = square
    served = table(square)
    nobody = served.ask(1, np.array([2, 3]), np.array([4, 5]), vectors[:2])
    assert nobody.shape == (2, N_EVIDENCE)
    assert not nobody.any()
    by_others = served.ask(1, served.author[:2], served.post[:2], vectors[:2])
    assert by_others[:, 4:12].any()
    assert not by_others[:, 12:].any()


def test_a_file_gives_back_the_table_and_a_broken_one_is_refused(square):
    served = table(square)
    arrays = {"ranker.out": np.zeros(3), **served.arrays()}
    again = EvidenceTable.from_arrays(arrays, 16)
    for name in EvidenceTable.__slots__:
        np.testing.assert_array_equal(getattr(again, name), getattr(served, name))
    assert EvidenceTable.from_arrays({"ranker.out": np.zeros(3)}, 16) is None
    with pytest.raises(BadInput, match=r"evidence\.of_post"):
        EvidenceTable.from_arrays({**arrays, "evidence.of_post": served.of_post[1:]}, 16)
    missing = {name: array for name, array in arrays.items() if name != "evidence.seeking"}
    with pytest.raises(BadInput, match=r"evidence\.seeking"):
        EvidenceTable.from_arrays(missing, 16)
    past = {**arrays, "evidence.first_pair": served.first_pair + 1}
    with pytest.raises(BadInput, match="first_pair"):
        EvidenceTable.from_arrays(past, 16)
