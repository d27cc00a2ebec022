"""What ships knows no vocabulary: turned vectors and other authors' names change nothing."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.train.made_log import made_log

from stoa.app.learner import ranker_of
from stoa.artifacts.shipped import read_shipped
from stoa.encoders.hashed import HashedEncoder
from stoa.evaluation.joined_logs import joined_logs, random_rotation, turned
from stoa.evaluation.shipped_weights import VOCABULARY, ShippingConfig, make_shipment
from stoa.ranking.ranker_inputs import Candidates, History
from stoa.ranking.ranker_model import RankerConfig, history_state, init_ranker, score_candidates
from stoa.ranking.ranker_serving import no_candidates, no_history, similarities_to
from stoa.records import EventKind
from stoa.train.ranker_round import RoundConfig

SMALL = RankerConfig(width=16, depth=1, history=10, vector=16, author_rows=64)
KEPT_FOR_STUDIES = {*range(10), *range(100, 105), *range(731, 735)}


@pytest.fixture(scope="module")
def shipped():
    return ranker_of(read_shipped())


def units(chance, n, dim):
    rows = chance.standard_normal((n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def request(config, turn=None, n=12, h=10):
    """A history of likes and looks, and candidates, all vectors turned by `turn`."""
    chance = np.random.default_rng(3)
    met, shown, above = (units(chance, rows, config.vector) for rows in (h, n, n))
    if turn is not None:
        met, shown, above = met @ turn, shown @ turn, above @ turn
    acts = np.where(np.arange(h) % 2, 1 << EventKind.LIKE, 1 << EventKind.DWELL)
    history = no_history(config)
    history = History(*(column[:h] for column in history))._replace(
        vector=met, author=chance.integers(1, config.author_rows, (h, 2)),
        acts=acts.astype(np.uint32),
        log_seconds=np.full(h, 0.9, np.float32), real=np.ones(h, bool),
    )  # fmt: skip
    candidates = no_candidates(n, config)._replace(
        vector=shown, parent=above, author=chance.integers(1, config.author_rows, (n, 2)),
        similarity=np.asarray(similarities_to(shown, met, np.ones(h, bool))),
        log_age=chance.random(n).astype(np.float32), form=chance.random((n, 8), np.float32),
    )  # fmt: skip
    return history, Candidates(*candidates)


@partial(jax.jit, static_argnames="config")
def scored(params, history, candidates, config):
    return score_candidates(params, history_state(params, history, config), candidates, config)


def outputs(ranker, history, candidates):
    return np.asarray(scored(ranker.params, history, candidates, ranker.config))


def test_turning_all_vectors_alike_changes_nothing(shipped):
    turn = random_rotation(shipped.config.vector, 5)
    plain = outputs(shipped, *request(shipped.config))
    again = outputs(shipped, *request(shipped.config, turn))
    np.testing.assert_allclose(again, plain, atol=2e-3)
    assert plain.std(axis=0).max() > 0.05  # it does tell posts apart


def test_what_was_liked_before_matters(shipped):
    history, candidates = request(shipped.config)
    nobody = history._replace(real=np.zeros_like(history.real))
    strangers = candidates._replace(similarity=np.zeros_like(candidates.similarity))
    knows = outputs(shipped, history, candidates)
    assert np.abs(knows - outputs(shipped, nobody, strangers)).max() > 0.05


def test_vocabulary_is_at_zero(shipped):
    for name in VOCABULARY:
        assert not np.asarray(shipped.params[name]).any(), name


def test_what_is_at_zero_can_still_grow():
    fresh = init_ranker(jax.random.key(0), SMALL)
    out = jax.random.normal(jax.random.key(1), fresh["out"].shape)
    zeroed = {name: jnp.zeros_like(fresh[name]) for name in VOCABULARY}
    params, asked = {**fresh, "out": out, **zeroed}, request(SMALL)
    gradient = jax.jit(jax.grad(lambda tree: jnp.sum(scored(tree, *asked, SMALL) ** 2)))(params)
    for name in ("post", "parent", "author"):
        assert float(jnp.abs(gradient[name]).max()) > 1e-3, name


def test_a_first_round_at_home_goes_on_from_it(shipped):
    assert shipped.config == RoundConfig().model
    assert shipped.config.vector == HashedEncoder().dim


def test_no_society_of_a_study_is_used():
    for seed in (0, 1, 7):
        config = ShippingConfig(seed=seed)
        numbers = [*range(config.societies), *config.calibrated_on, *config.tested_on]
        seeds = [config.society(number).seed for number in numbers]
        assert len(set(seeds)) == len(seeds)
        assert not KEPT_FOR_STUDIES & set(seeds)
        assert {config.society(number).people for number in config.tested_on} == set(config.people)


def test_joined_logs_keep_each_to_itself():
    one, _, _ = made_log(1, n_viewers=6, n_posts=40, n_sittings=3)
    other, _, _ = made_log(2, n_viewers=5, n_posts=30, n_sittings=3)
    both = joined_logs([one, other])
    assert both.n_accounts == one.n_accounts + other.n_accounts
    assert (np.diff(both.posts.at_us) >= 0).all()
    late = both.impressions.post >= len(one.posts)
    assert (both.impressions.viewer[late] >= one.n_accounts).all()
    assert not set(both.impressions.session[late]) & set(both.impressions.session[~late])
    shift = both.impressions.at_us[late] - other.impressions.at_us
    assert len(set(shift.tolist())) == 1
    assert shift[0] % (86_400 * 1_000_000) == 0


def test_turning_a_log_keeps_all_products():
    log, _, _ = made_log(1, n_viewers=6, n_posts=40, n_sittings=3)
    again = turned(log, 9)
    text, new = log.posts.text, again.posts.text
    np.testing.assert_allclose(new @ new.T, text @ text.T, atol=1e-5)
    if text.any():
        assert np.abs(new - text).max() > 0.05


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_shipment_repeats_itself_and_tells_its_figures():
    config = ShippingConfig(
        societies=2, residents=12, background=30, posts_a_day=40, days=2,
        model=RankerConfig(width=16, depth=1, history=16, author_rows=64),
    )  # fmt: skip
    one, other = make_shipment(config), make_shipment(config)
    for name, array in one.ranker.arrays().items():
        np.testing.assert_array_equal(array, other.ranker.arrays()[name])
    assert one.card == other.card
    assert set(one.held_out) == {"bait", "opportunity"}
    for name in VOCABULARY:
        assert not np.asarray(one.ranker.params[name]).any()
    assert np.asarray(one.ranker.params["similarity"]).any()
