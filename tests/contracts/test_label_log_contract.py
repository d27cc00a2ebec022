"""One suite for every adapter of `LabelLog`."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.errors import BadInput, StoreError
from stoa.own_labels import OwnLabel, label_time
from stoa.store import MemoryStore, SqliteStore
from stoa.store.memory_labels import MemoryLabelLog

SRC, OTHER = "did:plc:labeler", "did:plc:elsewhere"
START_US = 1_790_000_000_000_000


def label(n: int, uri: str = "at://did:plc:ana/app.bsky.feed.post/1", **fields) -> OwnLabel:
    """The n-th label, a second after the one before."""
    known = {"src": SRC, "val": "readers-added-context", "sig": bytes([n]) * 64} | fields
    return OwnLabel(uri=uri, cts=label_time(START_US + n * 1_000_000), **known)


def post(name: str) -> str:
    return f"at://did:plc:{name}/app.bsky.feed.post/1"


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "square.db")
    yield opened
    opened.close()


@pytest.fixture
def log(store):
    return store.labels


def test_an_empty_sequence(log):
    assert log.last() is None
    assert log.after(SRC, 0) == []
    assert log.find(SRC, ["*"]) == []
    assert log.holding(SRC) == {}
    assert log.n_since("") == 0
    assert log.append(0, []) == 0


def test_labels_come_back_as_they_were_given(log):
    first, second = label(1, cid="bafy"), label(2, post("ben"), neg=True)
    assert log.append(0, [first, second]) == 2
    assert [(kept.seq, kept.label) for kept in log.after(SRC, 0)] == [(1, first), (2, second)]
    assert log.last().label == second
    assert log.append(2, [label(3)]) == 3


@pytest.mark.parametrize("after", [-1, 0, 2])
def test_an_append_at_another_place_is_refused_whole(log, after):
    log.append(0, [label(1)])
    with pytest.raises(StoreError, match="ends at 1"):
        log.append(after, [label(2), label(3)])
    assert log.last().seq == 1


def test_times_only_grow(log):
    log.append(0, [label(5)])
    for labels in ([label(5)], [label(4)], [label(7), label(6)]):
        with pytest.raises(BadInput, match="later than"):
            log.append(1, labels)
    assert log.last().seq == 1


def test_a_retraction_takes_the_place_of_what_it_takes_back(log):
    log.append(0, [label(1), label(2, post("ben")), label(3, neg=True)])
    assert [kept.seq for kept in log.after(SRC, 0)] == [2, 3]
    assert [kept.seq for kept in log.find(SRC, ["*"])] == [2, 3]
    assert log.holding(SRC)[label(1).uri, label(1).val].neg


def test_a_retraction_of_another_version_stays_in_the_stream(log):
    """Who heard of the first version alone must hear that its label ended."""
    log.append(0, [label(1, cid="one"), label(2, cid="one", neg=True), label(3, cid="two")])
    assert [kept.seq for kept in log.after(SRC, 1)] == [2, 3]
    assert [kept.seq for kept in log.find(SRC, ["*"])] == [3]


def test_values_and_sources_are_kept_apart(log):
    log.append(0, [label(1), label(2, val="context-proposed"), label(3, src=OTHER, neg=True)])
    assert [kept.seq for kept in log.after(SRC, 0)] == [1, 2]
    assert [kept.seq for kept in log.find(OTHER, ["*"])] == [3]
    assert len(log.holding(SRC)) == 2


def test_the_stream_goes_on_behind_a_place_in_pieces(log):
    log.append(0, [label(n, post(f"p{n}")) for n in range(1, 8)])
    assert [kept.seq for kept in log.after(SRC, 2, limit=3)] == [3, 4, 5]
    assert [kept.seq for kept in log.after(SRC, 5, limit=3)] == [6, 7]
    assert log.after(SRC, 7) == []
    assert log.after(SRC, 10**17) == []


def test_labels_are_counted_by_time(log):
    log.append(0, [label(n, post(f"p{n}"), src=(SRC, OTHER)[n % 2]) for n in range(1, 5)])
    assert [log.n_since(label(n).cts) for n in range(5)] == [4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (["at://did:plc:ana/*"], [1, 2]),
        (["at://did:plc:an*"], [1, 2, 3]),
        (["at://did:plc:ana/app.bsky.feed.post/1"], [1]),
        (["at://did:plc:ana/app.bsky.feed.post/1*"], [1, 2]),
        (["at://did:plc:ana"], []),
        (["at://did:plc:a_a/*", "at://did:plc:%*"], []),
        (["AT://did:plc:ana/*"], []),
        (["*"], [1, 2, 3, 4]),
        (["at://did:plc:ana/*", "at://did:plc:ana/*", "at://did:plc:zoe/*"], [1, 2, 4]),
        ([], []),
        (["'; DROP TABLE own_labels; --*"], []),
    ],
)
def test_patterns_are_whole_addresses_or_beginnings(log, patterns, found):
    uris = [post("ana"), post("ana") + "2", post("anb"), post("zoe")]
    log.append(0, [label(n, uri) for n, uri in enumerate(uris, 1)])
    assert [kept.seq for kept in log.find(SRC, patterns)] == found
    assert [kept.seq for kept in log.find(SRC, patterns, after=2)] == [n for n in found if n > 2]
    assert [kept.seq for kept in log.find(SRC, patterns, limit=1)] == found[:1]


acts = st.lists(
    st.tuples(
        st.sampled_from(["ana", "ben"]),
        st.sampled_from(["readers-added-context", "context-proposed"]),
        st.sampled_from(["", "one", "two"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(acts)
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=50)
def test_who_reads_on_from_anywhere_ends_with_the_same_truth(acts):
    log = MemoryLabelLog()
    given = [
        label(n, post(who), val=val, cid=cid, neg=neg)
        for n, (who, val, cid, neg) in enumerate(acts, 1)
    ]
    log.append(0, given)

    def heard(labels, known=()):
        known = dict(known)
        for one in labels:
            known[one.uri, one.val, one.cid] = one
        return {key for key, one in known.items() if not one.neg}

    truth = heard(given)
    for place in range(len(given) + 1):
        known = {(one.uri, one.val, one.cid): one for one in given[:place]}
        assert heard((kept.label for kept in log.after(SRC, place)), known) == truth


def test_letting_posts_go_lets_no_label_go(store, log):
    log.append(0, [label(1)])
    store.expire(2**62, 2**62)
    store.trim_to(0)
    assert log.last().label == replace(label(1))
