"""A society lives by its seed, hides its truth, and keeps its books."""

import numpy as np
import pytest

from stoa.encoders import HashedEncoder
from stoa.errors import BadInput
from stoa.records import DAY_US, EventKind
from stoa.space.learning_log import Answer, LearningLog
from stoa.town.society import MoreActs, Society, SocietyConfig

SMALL = SocietyConfig(seed=3, people="mixed", residents=40, background=120, posts_a_day=150)


def serve(society: Society, days: int, slots: int = 20, reverse: bool = False) -> Society:
    """Newest first or oldest first, nothing remembered."""
    for _ in range(days):
        plan = society.begin_day(society.day)
        for round_ in plan.rounds:
            pool = society.pool(round_)
            slate = pool[:slots] if reverse else pool[::-1][:slots]
            rows = np.tile(slate, (len(round_.sittings), 1))
            society.show(round_.sittings, rows, propensity=np.ones(rows.shape), policy="newest")
        society.end_day()
    return society


@pytest.fixture(scope="module")
def lived() -> Society:
    return serve(Society(SMALL), 4)


def same(one: LearningLog, two: LearningLog) -> bool:
    return all(
        np.array_equal(
            getattr(getattr(one, table), column), getattr(getattr(two, table), column),
            equal_nan=column in ("seconds", "propensity"),
        )
        for table in ("posts", "acts", "impressions")
        for column in getattr(one, table).__slots__
    )  # fmt: skip


def test_the_same_seed_and_slates_tell_the_same_story(lived):
    again = serve(Society(SMALL), 4)
    assert same(lived.log(), again.log())
    assert np.array_equal(lived.truth.active(), again.truth.active())
    assert lived.text(5) == again.text(5)


def test_another_seed_tells_another():
    other = Society(SocietyConfig(seed=4, residents=40, background=120, posts_a_day=150))
    assert other.text(5) != Society(SMALL).text(5)


def test_the_log_fits_together(lived):
    log = lived.log().checked()
    assert min(len(log.impressions), len(log.acts), len(log.posts)) > 500
    assert log.source == "town"
    assert log.policies == ("newest",)


def closest(table, hidden, rows: int) -> float:
    """Greatest correlation of a visible number with a hidden one."""
    seen = [getattr(table, name) for name in table.__slots__ if name != "text"]
    seen = [np.nan_to_num(column.astype(float))[:rows] for column in seen]
    return max(
        abs(np.corrcoef(column, np.asarray(truth, dtype=float)[:rows])[0, 1])
        for column in seen
        if np.ptp(column) > 0
        for truth in hidden
    )


def test_no_column_of_the_log_tells_the_truth(lived):
    log, truth = lived.log(), lived.truth
    showings = [truth.showings(name) for name in ("regretted", "glad", "regret_prob", "glad_prob")]
    assert closest(log.impressions, showings, len(log.impressions)) < 0.75
    posts = [truth.post(name) for name in ("quality", "bait", "topic")]
    assert closest(log.posts, posts, len(log.posts)) < 0.4


def explained(text: np.ndarray, wanted: np.ndarray, author: np.ndarray) -> float:
    """Correlation of what a ridge foretells for half of the authors, taught by the others."""
    taught = author % 2 == 0
    gram = text[taught].T @ text[taught] + 3.0 * np.eye(text.shape[1])
    mean = wanted[taught].mean()
    weights = np.linalg.solve(gram, text[taught].T @ (wanted[taught] - mean))
    return float(np.corrcoef(text[~taught] @ weights, wanted[~taught])[0, 1])


def test_words_tell_bait_and_topic_but_not_quality_which_author_and_replies_tell():
    config = SocietyConfig(seed=8, residents=20, background=2_000, posts_a_day=2_000, glances=8)
    society = Society(config, HashedEncoder())
    posts, truth = society.log().posts, society.truth
    own = posts.parent < 0
    text, quality = posts.text[own].astype(float), truth.post("quality")[own]
    topic, author = truth.post("topic")[own], posts.author[own]
    assert abs(explained(text, quality, author)) < 0.15
    assert explained(text, truth.post("bait")[own], author) > 0.25
    favourite = np.bincount(topic).argmax()
    assert explained(text, (topic == favourite).astype(float), author) > 0.4
    n = np.bincount(author)[author]
    others = (np.bincount(author, weights=quality)[author] - quality) / np.maximum(n - 1, 1)
    assert np.corrcoef(others[n > 5], quality[n > 5])[0, 1] > 0.5
    replies = np.flatnonzero(~own & (truth.post("bait") == 0))
    above = truth.post("quality")[posts.parent[replies]]
    assert np.corrcoef(posts.length[replies], above)[0, 1] > 0.25


def test_seconds_alone_do_not_tell_who_read(lived):
    read = lived.truth.showings("read")
    seconds = lived.log().impressions.seconds
    assert seconds[~read].max() > seconds[read].min()


def test_a_forked_society_goes_its_own_way_and_leaves_the_first_alone(lived):
    before = lived.log()
    fork = lived.fork()
    serve(fork, 1)
    assert lived.day == 4
    assert fork.day == 5
    assert same(before, lived.log())
    assert len(fork.log().impressions) > len(before.impressions)


def test_rows_are_only_added(lived):
    fork = lived.fork()
    before = fork.log()
    posts, n = before.impressions.post.copy(), len(before.impressions)
    serve(fork, 2)
    assert np.array_equal(fork.log().impressions.post[:n], posts)
    assert np.array_equal(before.impressions.post, posts)


def test_late_signs_are_not_known_at_once(lived):
    society = lived.fork()
    serve(society, 1)
    log = society.log()
    fresh = log.impressions.at_us > log.until_us - 3_600_000_000 * 5
    old = log.impressions.at_us <= log.until_us - DAY_US
    assert (log.impressions.delayed[fresh] == -1).any()
    assert set(log.impressions.delayed[old].tolist()) == {0, 1}


def test_absent_viewers_count_as_nothing(lived):
    for day in lived.truth.days:
        for total in (day.shown, day.read, day.seconds, day.unregretted_s):
            assert (total[~day.present] == 0).all()
        assert not (day.present & ~day.arrived).any()
    total = sum(float(day.unregretted_s.sum()) for day in lived.truth.days)
    viewer_days = sum(int(day.arrived.sum()) for day in lived.truth.days)
    assert lived.truth.unregretted_s_a_day() == pytest.approx(total / viewer_days)
    assert any((~day.present & day.arrived).any() for day in lived.truth.days)


def test_the_ledger_stands_beside_the_log(lived):
    impressions = lived.log().impressions
    attention = np.where(lived.truth.showings("read"), impressions.seconds, 0.0)
    days = lived.truth.days
    assert attention.sum() == pytest.approx(sum(d.seconds.sum() for d in days), rel=1e-4)
    regretted = lived.truth.showings("regretted")
    chance = lived.truth.showings("regret_prob")
    assert abs(regretted.mean() - chance.mean()) < 4 * 0.5 / np.sqrt(len(regretted))


def test_expected_seconds_are_what_is_spent(lived):
    attention = np.where(lived.truth.showings("read"), lived.log().impressions.seconds, 0.0)
    expected = lived.truth.showings("expected_s")
    error = (attention - expected).std() / np.sqrt(len(expected))
    assert abs(attention.mean() - expected.mean()) < 4 * error


def test_answers_are_flipped_at_the_stated_rate():
    config = SocietyConfig(
        seed=5, residents=150, background=50, posts_a_day=150, survey_share=1.0, answered=1.0,
        flipped=0.2,
    )  # fmt: skip
    society = serve(Society(config), 2, slots=30)
    impressions = society.log().impressions
    said = impressions.answer
    known = said != Answer.NONE
    regretted = society.truth.showings("regretted")
    wrong = ((said == Answer.REGRET) != regretted)[known]
    assert impressions.asked.all()
    assert known.mean() > 0.85
    assert abs(wrong.mean() - 0.2) < 4 * 0.4 / np.sqrt(known.sum())


def test_only_the_asked_answer_and_at_the_stated_share(lived):
    impressions = lived.log().impressions
    assert not (~impressions.asked & (impressions.answer != Answer.NONE)).any()
    n = len(impressions)
    assert abs(impressions.asked.mean() - 0.02) < 4 * np.sqrt(0.02 * 0.98 / n)
    assert (impressions.ask_rate == np.float32(0.02)).all()


def test_what_is_regretted_is_marked_more_often():
    config = SocietyConfig(seed=6, residents=200, background=50, posts_a_day=150)
    society = serve(Society(config), 2, slots=40)
    marked = society.log().impressions.has(
        EventKind.SHOW_LESS, EventKind.NOT_INTERESTED, EventKind.MUTE, EventKind.BLOCK
    )
    regretted = society.truth.showings("regretted") & society.truth.showings("read")
    assert marked[regretted].mean() > 5 * marked[~regretted].mean()


def test_replies_answer_earlier_posts_and_some_outshine_them(lived):
    posts = lived.log().posts
    replies = np.flatnonzero(posts.parent >= 0)
    parent = posts.parent[replies]
    assert len(replies) > 20
    assert (posts.at_us[parent] < posts.at_us[replies]).all()
    assert (posts.root[replies] == posts.root[parent]).all()
    quality = lived.truth.post("quality")
    better = quality[replies] > quality[parent]
    assert 0.2 < better.mean() < 0.9


def test_newcomers_have_no_history_and_come_later(lived):
    arrived = [int(day.arrived.sum()) for day in lived.truth.days]
    assert arrived == sorted(arrived)
    assert arrived[0] < SMALL.residents
    never = ~lived.truth.days[-1].arrived
    assert not np.isin(np.flatnonzero(never), lived.log().acts.account).any()


def test_authors_write_more_bait_where_bait_is_what_is_read():
    config = SocietyConfig(
        seed=7, residents=120, background=120, posts_a_day=300, incentive=1.0, bait_likes=True
    )

    def after(wanted: bool) -> float:
        society = Society(config)
        for _ in range(4):
            plan = society.begin_day(society.day)
            for round_ in plan.rounds:
                pool = society.pool(round_)[::-1]
                pool = pool[society.log().posts.parent[pool] < 0]
                bait = society.truth.post("bait")[pool] > 0
                newest = pool[bait == wanted][:20]
                society.show(round_.sittings, np.tile(newest, (len(round_.sittings), 1)))
            society.end_day()
        return society.bait_written(3)

    assert after(True) > after(False) + 0.03


def test_every_act_of_a_resident_stands_on_a_showing_and_has_a_name(lived):
    log = lived.log()
    known = {int(kind) for kind in EventKind}
    assert set(np.unique(log.acts.kind).tolist()) <= known
    liked = log.impressions.has(EventKind.LIKE)
    mine = (log.acts.account < SMALL.residents) & (log.acts.kind == EventKind.LIKE)
    pending = int(liked.sum()) - int(mine.sum())  # acts end when the reading does: a few are due
    assert 0 <= pending <= 3
    assert log.impressions.has(MoreActs.SHARE, MoreActs.PROFILE_CLICK).any()


def test_follows_are_seen_from_the_first_hour(lived):
    acts = lived.log().acts
    early = (acts.kind == EventKind.FOLLOW) & (acts.at_us <= SMALL.start_us + 3_600_000_000)
    assert early.sum() > 5 * SMALL.residents * 0.5
    assert (acts.account[early] < SMALL.residents).all()


def test_a_day_has_its_order(lived):
    society = lived.fork()
    with pytest.raises(BadInput, match="begin day 4"):
        society.begin_day(6)
    with pytest.raises(BadInput, match="begin the day first"):
        society.end_day()
    plan = society.begin_day(4)
    pool = society.pool(plan.rounds[0])
    rows = plan.rounds[0].sittings[:3]
    with pytest.raises(BadInput, match="rows of slots"):
        society.show(rows, np.tile(pool[:2], (2, 1)))
    with pytest.raises(BadInput, match="posts of the pool"):
        society.show(rows, np.full((3, 1), 10**8))
    with pytest.raises(BadInput, match="one round at a time"):
        society.show(np.repeat(rows[:1], 3), np.tile(pool[:2], (3, 1)))
    with pytest.raises(BadInput, match="slate's shape"):
        society.show(rows, np.tile(pool[:2], (3, 1)), explored=np.zeros((3, 1)))


@pytest.mark.parametrize(
    "wrong",
    [{"people": "saints"}, {"residents": 0}, {"flipped": 1.5}, {"rounds_h": (8, 9)},
     {"rounds_h": (8, 23)}, {"background": 2}, {"posts_a_day": 0}],
)  # fmt: skip
def test_a_society_that_cannot_be_is_refused(wrong):
    with pytest.raises(BadInput):
        SocietyConfig(**wrong)


class Letters:
    """Counts two letters; enough to see that texts reach the encoder once."""

    name, dim = "letters", 2

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts):
        self.encoded += len(texts)
        return np.array([[t.count("e"), 1.0] for t in texts], dtype=np.float32)


def test_texts_are_encoded_once_and_only_when_a_log_is_asked_for():
    encoder = Letters()
    society = Society(SMALL, encoder)
    assert encoder.encoded == 0
    log = society.log()
    assert log.posts.text.shape == (len(log.posts), 2)
    assert encoder.encoded == len(log.posts)
    society.log()
    assert encoder.encoded == len(log.posts)
