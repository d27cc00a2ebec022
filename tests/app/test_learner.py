"""A square learns from its own store: rounds, what they leave behind, and what they refuse."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from stoa.app.learned import open_shelf
from stoa.app.learner import (
    LearnerConfig,
    begin_with_shipped,
    learn_once,
    learn_when_due,
    load_serving,
    offer,
)
from stoa.app.rooms import open_rooms
from stoa.app.versions import newest_log
from stoa.artifacts.model_files import write_model
from stoa.artifacts.shipped import adopt_shipped
from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput, StoreBusy, StoreFull
from stoa.model_records import Decision, Fate, Model, ModelCard, reliability_rows
from stoa.ranking.evidence import N_EVIDENCE
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.value import ValueConfig
from stoa.records import (
    SECOND_US,
    Batch,
    EventKind,
    PostContent,
    PutPost,
    ViewerEvent,
)
from stoa.store import SqliteStore
from stoa.train.ranker import RankerTraining
from stoa.train.ranker_round import RoundConfig

START_US = 1_790_000_000 * SECOND_US
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
TOPICS = ("gardens and seeds", "bicycle repair", "chess openings")
SMALL = LearnerConfig(
    round=RoundConfig(
        model=RankerConfig(width=32, depth=1, history=16, author_rows=64),
        training=RankerTraining(epochs=1, tokens=2_000),
    )
)


class StandingClock:
    def now_us(self):
        return START_US + 50_000 * SECOND_US


def fill(folder, n_viewers=12, n_sittings=6, seed=0):
    """Readers who like one topic each, in sittings an hour apart."""
    chance = np.random.default_rng(seed)
    store = SqliteStore(folder / "square.db")
    posts = [
        PutPost(f"at://did:plc:a{i % 9}/app.bsky.feed.post/3k{i:011d}", f"did:plc:a{i % 9}",
                START_US + i, START_US + i * SECOND_US,
                PostContent(text=f"{TOPICS[i % 3]} number {i}"))
        for i in range(90)
    ]  # fmt: skip
    store.commit(Batch(changes=tuple(posts)))
    ids = [store.post_id(post.uri) for post in posts]
    events = []
    for v in range(n_viewers):
        viewer = store.intern_account(f"did:plc:v{v}")
        for sitting in range(n_sittings):
            for place, i in enumerate(chance.choice(90, 10, replace=False).tolist()):
                at_us = START_US + ((sitting + 1) * 3_600 + v * 30 + place) * SECOND_US
                shown = {"position": place, "propensity": 0.9, "policy": "first_version/1",
                         "surface": "page"}  # fmt: skip
                mine = i % 3 == v % 3
                did = [(EventKind.SERVED, shown), (EventKind.IMPRESSION, {"surface": "page"}),
                       (EventKind.DWELL, {"seconds": 20.0 if mine else 0.4})]  # fmt: skip
                if mine and chance.random() < 0.6:
                    did.append((EventKind.LIKE, {}))
                events += [ViewerEvent(viewer, kind, ids[i], at_us, **more) for kind, more in did]
    store.record(events)
    store.close()
    return folder


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    folder = fill(tmp_path_factory.mktemp("square"))
    return folder, learn_once(folder, SMALL)


def test_the_first_round_serves_and_says_what_it_saw(learned):
    folder, decision = learned
    shelf = open_shelf(folder)
    assert decision.fate is Fate.PROMOTED
    card = shelf.load(decision.version).card
    assert shelf.serving() == decision.version
    assert 400 < card.counts["impressions"] <= 720  # a post met again is one showing
    assert card.counts["sittings_train"] > card.counts["sittings_judge"] > 0
    assert 0 < card.metrics["ndcg_at_10"]["mean"] <= 1
    assert card.encoder
    assert 6.0 <= card.value["worth_s"]["like"] <= 180.0
    assert card.worths["like"]["low"] < card.worths["like"]["mean"] < card.worths["like"]["high"]
    assert [row.head for row in reliability_rows(card)] == ["like", "seconds"]  # nobody was asked
    assert load_serving(shelf, print).version == decision.version


def test_a_second_round_goes_on_from_what_serves(learned):
    folder, first = learned
    store = SqliteStore(folder / "square.db")
    someone = store.intern_account("did:plc:late")
    store.record([ViewerEvent(someone, EventKind.IMPRESSION, 1, START_US + 40_000 * SECOND_US)])
    store.close()
    second = learn_once(folder, SMALL)
    figures = open_shelf(folder).load(second.version).card.metrics
    assert second.version != first.version
    assert "ndcg_at_10_minus_serving" in figures
    assert open_shelf(folder).before() == first.version or second.fate is Fate.REFUSED


def test_nothing_new_is_no_reason_to_learn_again(learned):
    folder, _ = learned
    before = open_shelf(folder).decisions()
    assert learn_when_due(folder, SMALL) is None
    assert open_shelf(folder).decisions() == before


def test_the_gate_refuses_a_worse_version_that_is_offered_and_lets_the_better_one_back(learned):
    folder, _ = learned
    whole = replace(SMALL, round=replace(SMALL.round, judged_on=0.4))  # all twelve viewers
    shelf = open_shelf(folder)
    better = shelf.serving()
    model = shelf.load(better)
    arrays = dict(model.arrays)
    arrays["ranker.calibration.offset"] = arrays["ranker.calibration.offset"] + 3.0
    shelf.save(Model(replace(model.card, version="worse"), arrays))
    refused = offer(folder, "worse", whole)
    assert (refused.fate, refused.by) == (Fate.REFUSED, "gate")
    assert "predicts worse" in refused.reason
    assert shelf.serving() == better
    shelf.decide(Decision(1, "worse", Fate.PROMOTED, "", "operator"))
    back = offer(folder, better, whole)
    assert back.fate is Fate.PROMOTED
    assert open_shelf(folder).serving() == better
    with pytest.raises(BadInput, match="serves already"):
        offer(folder, better, whole)
    with pytest.raises(BadInput, match="stoa models list"):
        offer(folder, "nothing", whole)


def test_what_showings_told_is_kept_beside_the_weights_and_read_when_serving(tmp_path):
    told = replace(SMALL.round, model=replace(SMALL.round.model, evidence=N_EVIDENCE))
    decision = learn_once(fill(tmp_path), replace(SMALL, round=told))
    ranker = load_serving(open_shelf(tmp_path), print)
    assert (ranker.version, ranker.config.evidence) == (decision.version, N_EVIDENCE)
    table = ranker.evidence
    assert (len(table.viewer), len(table.author)) == (12, 9)
    vectors = np.zeros((len(table.post), ranker.config.vector), np.float32)
    author = np.full(len(table.post), table.author[0])
    asked = ranker.evidence_on(int(table.viewer[0]), author, table.post, vectors)
    assert asked[:, 4].std() > 0  # posts were read by some more than by others
    assert (asked[:, -2] > 0).all()
    rooms = open_rooms(tmp_path, StandingClock())
    read_when_serving = ranker.axes.of(rooms.rows.texts.get(table.post))
    rooms.close()
    _, own = newest_log(tmp_path, HashedEncoder().wide, days=7, most_posts=1_000)
    row = np.searchsorted(own.posts, table.post)
    learned_on = ranker.content(own.log.posts.text)[row]
    assert (np.sum(read_when_serving * learned_on, axis=1) > 0.995).all()
    again = learn_once(tmp_path, replace(SMALL, round=told, most_viewers=11))
    assert open_shelf(tmp_path).load(again.version).card.config["ranker"]["evidence"] == 0


def test_too_little_to_learn_from_is_said_and_leaves_nothing(tmp_path):
    fill(tmp_path, n_viewers=1, n_sittings=3)
    with pytest.raises(BadInput, match="sittings is 3: wait until readers have sat down 40"):
        learn_once(tmp_path, SMALL)
    assert open_shelf(tmp_path).cards() == []


@pytest.mark.parametrize("shipped", [False, True])
def test_a_square_that_heard_nothing_has_nothing_to_learn(tmp_path, shipped):
    SqliteStore(tmp_path / "square.db").close()
    if shipped:
        begin_with_shipped(open_shelf(tmp_path), START_US, print, fresh=True)
    before = open_shelf(tmp_path).serving()
    with pytest.raises(BadInput, match="sittings is 0: wait until readers have sat down 40"):
        learn_when_due(tmp_path, LearnerConfig())
    assert open_shelf(tmp_path).serving() == before


def test_two_trainers_do_not_meet(learned):
    folder, _ = learned
    with open_shelf(folder).trainer(), pytest.raises(StoreBusy):
        learn_once(folder, SMALL)


def test_a_full_disk_leaves_what_serves(learned, monkeypatch):
    folder, _ = learned
    before = open_shelf(folder).serving()
    monkeypatch.setattr("os.fsync", _no_room)
    with pytest.raises(StoreFull):
        learn_once(folder, replace(SMALL, round=replace(SMALL.round, seed=3), days=0.5))
    assert open_shelf(folder).serving() == before


class Holed:
    """An encoder that gives one text no numbers."""

    def __init__(self):
        self._inner = HashedEncoder()
        self.name, self.dim = self._inner.name, self._inner.dim

    def encode(self, texts):
        made = self._inner.encode(texts)
        made[len(made) // 2] = np.nan
        return made


def test_a_loss_that_is_no_number_is_a_refused_round_and_what_serves_goes_on(learned):
    folder, _ = learned
    shelf = open_shelf(folder)
    before = shelf.serving()
    decision = learn_once(folder, replace(SMALL, round=replace(SMALL.round, seed=5)), Holed())
    assert decision.fate is Fate.REFUSED
    assert "training stopped" in decision.reason
    assert shelf.serving() == before
    assert shelf.decisions()[-1] == decision
    assert shelf.load(decision.version).card.notes  # kept, finite, with the reason


def test_a_damaged_version_gives_way_to_the_one_before(learned):
    folder, first = learned
    shelf = open_shelf(folder)
    model = shelf.load(first.version)
    shelf.save(replace(model, card=replace(model.card, version="zz", shapes={})))
    shelf.decide(Decision(1, "zz", Fate.PROMOTED, "better"))
    (shelf.folder / "zz" / "weights.safetensors").write_bytes(b"half")
    said = []
    ranker = load_serving(shelf, said.append)
    assert ranker is not None
    assert ranker.version != "zz"
    assert "zz cannot serve" in said[0]


def test_the_first_round_is_compared_with_what_ships_and_begins_along_its_own_axes(
    tmp_path, monkeypatch
):
    params = init_ranker(jax.random.key(4), SMALL.round.model)
    params = {**params, "post": 0 * params["post"], "parent": 0 * params["parent"]}
    ranker = LearnedRanker("shipped-1", SMALL.round.model, params, ValueConfig())
    card = ModelCard(version="shipped-1", made_us=1, config=ranker.card_config())
    write_model(tmp_path / "shipped", Model(card, ranker.arrays()))
    monkeypatch.setattr(adopt_shipped, "__defaults__", (tmp_path / "shipped",))
    home = tmp_path / "home"
    home.mkdir()
    shelf = open_shelf(home)
    begin_with_shipped(shelf, 1, print, fresh=True)
    young = learn_once(fill(home), SMALL)
    assert young.fate is Fate.REFUSED
    assert "too young" in young.reason
    assert shelf.serving() == "shipped-1"
    grown = replace(SMALL, round=replace(SMALL.round, doubt=0, seed=SMALL.round.seed + 1))
    decision = learn_once(home, grown)
    assert [one.by for one in shelf.decisions()] == ["start", "gate", "gate"]
    assert decision.fate is Fate.PROMOTED
    assert shelf.before() == "shipped-1"
    learned = shelf.load(decision.version)
    assert "ndcg_at_10_minus_serving" in learned.card.metrics
    assert "text_axes.axes" in learned.arrays


def _no_room(_):
    raise OSError(28, "No space left on device")
