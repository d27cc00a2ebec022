"""With a learned ranker the feed ranks by seconds, tells why in seconds, and can be exchanged."""

from dataclasses import replace

import jax
import numpy as np
import pytest
from tests.feed.conftest import DIM, did

from stoa.errors import BadInput, BadModel
from stoa.feed.learned import TERMS
from stoa.feed.service import FeedConfig
from stoa.ranking.evidence import N_EVIDENCE, N_SIGNALS
from stoa.ranking.evidence_table import EvidenceTable
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.value import ValueConfig
from stoa.records import EventKind

CONFIG = RankerConfig(width=32, depth=1, history=16, author_rows=64)


def ranker(version="v1", seed=0, dim=DIM):
    config = replace(CONFIG, vector=dim)
    params = init_ranker(jax.random.key(seed), config)
    out = jax.random.normal(jax.random.key(seed + 9), params["out"].shape)
    return LearnedRanker(version, config, {**params, "out": out}, ValueConfig())


@pytest.fixture
def taught(new_world):
    world = new_world(FeedConfig())
    posts = [world.post(f"a{i % 7}", f"post about topic {i % 5} number {i}", i % 5)
             for i in range(80)]  # fmt: skip
    world.post("b", "an answer", 1, parent=posts[3])
    for post in posts[:6]:
        world.act("me", EventKind.LIKE, post)
    return world, world.seat


def test_until_there_is_a_model_the_first_version_ranks(taught):
    world, _ = taught
    assert world.page("me", 5).policy == "first_version/1"
    assert world.feed.presets() == ("first_version", "chronological", "popular")
    with pytest.raises(BadInput, match="needs a trained ranker"):
        world.page("me", 5, policy="keep_me_well")


def test_a_model_ranks_by_seconds_and_the_terms_add_up(taught):
    world, seat = taught
    seat.take(ranker())
    page = world.page("me", 20)
    assert page.policy == "unregretted/v1"
    assert all(item.seconds is not None for item in page.items)
    why = world.feed.why("me", page.items[3].post)
    terms = dict(why.terms)
    assert tuple(terms) == TERMS
    told = [terms[name] for name in TERMS[: TERMS.index("floor") + 1]]
    assert sum(told) == pytest.approx(why.score, rel=1e-4)
    assert why.seconds == pytest.approx(terms["expected_s"], abs=0.06)
    assert {name for name, _ in why.preset_ranks} == set(world.feed.presets())
    assert world.feed.presets()[0] == "unregretted"


@pytest.mark.parametrize(
    "preset", ["keep_me_well", "x2026_weighted", "x2026_dwell_regret", "t2023_heavy"]
)
def test_every_preset_ranks_on_the_same_predictions(taught, preset):
    world, seat = taught
    seat.take(ranker())
    page = world.page("me", 20, policy=preset)
    assert page.policy == f"{preset}/v1"
    assert len({item.post for item in page.items}) == 20


def test_while_little_was_learned_the_value_leans_on_the_first_version(taught):
    world, seat = taught
    first = [item.post for item in world.page("me", 20, policy="first_version", peek=True).items]
    young = replace(ranker("young"), value=ValueConfig(guessed=1.0, guess_s=4.0))
    seat.take(young)
    world.feed.forget(did("me"))
    whys = {post: dict(world.feed.why(did("me"), post).terms) for post in first}
    guesses = [terms["first_version"] for terms in whys.values()]
    assert max(guesses) > 0
    ranks = {post: dict(world.feed.why(did("me"), post).preset_ranks) for post in first}
    assert all(rank["unregretted"] == rank["first_version"] for rank in ranks.values())
    for post, terms in whys.items():
        told = [terms[name] for name in TERMS[: TERMS.index("floor") + 1]]
        assert sum(told) == pytest.approx(world.feed.why(did("me"), post).score, rel=1e-4)
    seat.take(replace(ranker("grown"), value=ValueConfig()))
    world.feed.forget(did("me"))
    assert dict(world.feed.why(did("me"), first[0]).terms)["first_version"] == 0


def test_what_was_learned_elsewhere_leans_once_looks_are_heard(taught):
    world, seat = taught
    leans = ValueConfig(guessed=0.5, guess_s=4.0, guess_looks=2.0)
    seat.take(replace(ranker("elsewhere"), value=leans))
    page = world.page("me", 20, peek=True)

    def guesses():
        world.feed.forget(did("me"))
        whys = [dict(world.feed.why(did("me"), item.post).terms) for item in page.items]
        return np.array([terms["first_version"] for terms in whys])

    assert not guesses().any()
    world.act("you", EventKind.DWELL, page.items[0].post, seconds=8.0)
    few = guesses()
    assert few.max() > 0
    for item in page.items[:6]:
        world.act("you", EventKind.DWELL, item.post, seconds=8.0)
    assert guesses().max() > few.max()


def test_another_version_serves_from_the_next_reading_on(taught):
    world, seat = taught
    seat.take(ranker("v1"))
    first = world.page("me", 10)
    seat.take(ranker("v2", seed=5))
    rest = world.page("me", 10, cursor=first.cursor)
    assert rest.policy == "unregretted/v1"
    assert world.page("me", 10).policy == "unregretted/v2"


def test_a_candidates_score_ignores_what_else_is_ranked(taught):
    world, seat = taught
    seat.take(ranker())
    page = world.page("me", 20, policy="unregretted", peek=True)
    scores = {item.post: world.feed.why("me", item.post).score for item in page.items}
    world.post("late", "something new about topic 2", 0)
    again = {post: world.feed.why("me", post).score for post in scores}
    assert again == scores


def test_evidence_is_read_by_id_and_of_nobody_who_is_not_known(taught):
    world, seat = taught
    met = np.sort([int(item.post) for item in world.page("me", 20).items])
    me = int(world.account("me"))
    two = np.zeros((1, N_SIGNALS), np.float32)
    liked = np.linspace(-1, 1, len(met) * N_SIGNALS, dtype=np.float32).reshape(-1, N_SIGNALS)
    none = np.zeros(0, np.int64)
    table = EvidenceTable(
        post=met, of_post=liked, author=none, of_author=two[:0], viewer=np.array([me]),
        of_viewer=two + 1, viewer_known=np.ones(1, np.float32),
        seeking=np.zeros((1, DIM, N_SIGNALS + 1), np.float32), first_pair=np.array([0, 0]),
        pair_author=none, of_pair=two[:0], pair_known=two[0, :0], pair_followed=none > 0,
    )  # fmt: skip
    config = replace(CONFIG, vector=DIM, evidence=N_EVIDENCE)
    params = init_ranker(jax.random.key(0), config)
    way = jax.random.normal(jax.random.key(1), params["evidence_out"].shape)
    told = LearnedRanker("told", config, {**params, "evidence_out": way}, ValueConfig(), table)

    def scores(who, ranker):
        seat.take(ranker)
        world.feed.forget(did(who))  # readings made by another ranker
        return [world.feed.why(did(who), int(post)).score for post in met]

    untold = replace(told, version="untold", evidence=None)
    assert not np.allclose(scores("me", told), scores("me", untold), rtol=1e-3)
    of_viewer = replace(told, evidence=replace(table, post=none, of_post=two[:0]))
    assert not np.allclose(scores("me", of_viewer), scores("me", untold), rtol=1e-3)
    someone = scores("someone", of_viewer)
    np.testing.assert_allclose(someone, scores("someone", untold), rtol=1e-5)


def test_a_ranker_comes_back_from_its_arrays():
    one = ranker()
    again = LearnedRanker.from_arrays("v1", one.arrays(), one.card_config(), {"kappa": 2.0})
    assert again.config == one.config
    assert again.value.kappa == 2.0
    np.testing.assert_array_equal(again.params["out"], np.asarray(one.params["out"]))


def test_weights_from_before_replies_or_new_authors_had_a_line_take_the_one_of_all():
    one = ranker()
    own = {**one.params["calibration"], "slope": np.float32(0.8), "mean_s": np.float32(3.0)}
    arrays = replace(one, params={**one.params, "calibration": own}).arrays()
    older = {
        name: array for name, array in arrays.items() if "reply" not in name and "new" not in name
    }
    again = LearnedRanker.from_arrays("v1", older, one.card_config(), {})
    assert again.calibration.reply_slope == pytest.approx(0.8)
    assert again.calibration.reply_mean_s == pytest.approx(3.0)
    assert again.calibration.new_share == 1.0


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda a, c, v: (a, {}, v), "ranker"),
        (lambda a, c, v: (a, {"ranker": {"width": 64}}, v), "ranker"),
        (lambda a, c, v: (a, {"ranker": {"colour": 1}}, v), "colour"),
        (lambda a, c, v: ({k: x for k, x in a.items() if k != "ranker.out"}, c, v), "out"),
        (lambda a, c, v: (a | {"ranker.out": np.zeros((2, 2))}, c, v), "out"),
        (lambda a, c, v: (a, c, {"kappa": -1.0}), "kappa"),
        (lambda a, c, v: (a, c, {"worth_s": {"fame": 1.0}}), "worth_s"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(spoil, named):
    one = ranker()
    arrays, config, value = spoil(one.arrays(), one.card_config(), {})
    with pytest.raises((BadModel, BadInput), match=named):
        LearnedRanker.from_arrays("v1", arrays, config, value)
