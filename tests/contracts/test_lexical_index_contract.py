"""What every LexicalIndex owes its callers, on tantivy and on SQLite, on disk and in memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stoa.ask_ports import LexicalIndex
from stoa.errors import BadInput
from stoa.lexical import FtsIndex, TantivyIndex

ENGINES = {
    "tantivy": lambda path: TantivyIndex(path / "words"),
    "tantivy in memory": lambda path: TantivyIndex(),
    "fts": lambda path: FtsIndex(path / "words.db"),
    "fts in memory": lambda path: FtsIndex(),
}


@pytest.fixture(params=ENGINES)
def index(request, tmp_path):
    opened = ENGINES[request.param](tmp_path)
    yield opened
    opened.close()


def put(index, texts, first=1, at_us=None):
    keys = np.arange(first, first + len(texts), dtype=np.int64)
    index.put(keys, texts, keys * 100 if at_us is None else np.array(at_us, dtype=np.int64))
    index.commit()


def found(index, query, k=10, **window):
    keys, scores = index.search(query, k, **window)
    assert keys.dtype == np.int64
    assert scores.dtype == np.float32
    assert len(keys) == len(scores) <= k
    assert (np.diff(scores) <= 0).all()
    return keys.tolist()


def test_it_is_what_the_port_names(index):
    assert isinstance(index, LexicalIndex)
    assert len(index) == 0
    assert found(index, "anything") == []


def test_any_word_may_match_and_rarer_words_count_more(index):
    put(index, ["the cat sat", "the dog sat", "the bird flew", "the fish swam by"])
    assert found(index, "the dog")[0] == 2
    assert sorted(found(index, "the dog")) == [1, 2, 3, 4]
    assert found(index, "dog or elephant") == [2]
    assert len(index) == 4


def test_nothing_is_seen_before_the_commit(index):
    index.put(np.array([1]), ["early"], np.array([1]))
    assert found(index, "early") == []
    index.commit()
    assert found(index, "early") == [1]


def test_the_last_text_of_a_key_holds(index):
    put(index, ["old words", "other"])
    index.put(np.array([1, 1]), ["middle", "new words"], np.array([1, 2]))
    index.commit()
    assert found(index, "old") == []
    assert found(index, "middle") == []
    assert found(index, "new words") == [1]
    assert len(index) == 2


def test_what_is_removed_is_not_found(index):
    put(index, ["one text", "another text"])
    index.remove(np.array([1, 77]))
    index.put(np.array([3]), ["third text"], np.array([5]))
    index.remove(np.array([3]))
    index.commit()
    assert found(index, "text") == [2]
    assert len(index) == 1
    assert index.held().tolist() == [2]


def test_a_removed_key_may_come_back(index):
    put(index, ["one text"])
    index.remove(np.array([1]))
    index.put(np.array([1]), ["one again"], np.array([5]))
    index.commit()
    assert found(index, "again") == [1]


def test_both_ends_of_a_window_count(index):
    put(index, ["rain", "rain", "rain", "rain"], at_us=[-5, 0, 5, 10])
    assert found(index, "rain", since_us=0) == [2, 3, 4]
    assert found(index, "rain", until_us=5) == [1, 2, 3]
    assert found(index, "rain", since_us=0, until_us=5) == [2, 3]
    assert found(index, "rain", since_us=5, until_us=0) == []
    assert found(index, "rain", since_us=11) == []


def test_a_window_does_not_change_scores(index):
    put(index, ["rain in spain", "rain", "sun in spain", "nothing"])
    everything = dict(zip(*map(np.ndarray.tolist, index.search("rain spain", 9)), strict=True))
    keys, scores = index.search("rain spain", 9, since_us=0, until_us=10_000)
    assert dict(zip(keys.tolist(), scores.tolist(), strict=True)) == pytest.approx(everything)


def test_equal_scores_come_in_order_of_key_also_at_the_cut(index):
    put(index, ["same words here"] * 150)
    assert found(index, "words", k=5) == [1, 2, 3, 4, 5]
    assert found(index, "words", k=150) == list(range(1, 151))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Die Häuser stehen leer", "hauser"),
        ("人工智能正在改变世界", "什么是人工智能"),
        ("東京でラーメンを食べた", "東京のラーメン"),
        ("ฉันชอบกินข้าวผัดกุ้ง", "ข้าวผัด"),
        ("मुझे हिन्दी में किताबें पढ़ना पसंद है", "हिन्दी किताबें"),
        ("ذهبتُ إلى المدرسة صباحًا", "مدرسة"),
        ("한국어로 글을 씁니다", "한국어"),
        ("Я читал о правительстве", "правительство"),
        ("שָׁלוֹם לכולם", "שלום"),
        ("រាជធានីភ្នំពេញ", "ភ្នំពេញ"),
        ("Ｆｕｌｌ－ｗｉｄｔｈ ｔｅｘｔ", "full width"),
        ("zero\u200bwidth", "zerowidth"),
        ("I ♥ this 🎉", "🎉"),
    ],
)
def test_every_script_finds_its_words(index, text, query):
    put(index, ["the weather is fine today", text, "сегодня хорошая погода", "今天天气很好"])
    assert found(index, query)[:1] == [2]


HOSTILE = [
    '"', "'", '"a', "a AND", "NOT", "OR OR", "a*", "(a", "a)", "words:a", "-a", "^a", "a~2", "\\",
    "NEAR(a b)", "{a TO b}", "[* TO *]", "key:1", "%", "; DROP TABLE texts; --", "\x00", "\ud800",
    "a\x00b", "<b>a</b>", "\u202ea", "a" * 100_000, "a " * 50_000, "", " \n\t", "+", "😀" * 500,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_no_query_is_an_error(index, query):
    put(index, ["a b not or and near key words", query, "drop table texts"])
    found(index, query)
    assert found(index, query, since_us=0, k=0) == []
    assert len(index) == 3


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(codec=None), max_size=30), min_size=1, max_size=5))
@example(["NOT", '"', "a OR"])
def test_both_engines_find_the_same(texts):
    one, other = TantivyIndex(), FtsIndex()
    for index in (one, other):
        put(index, [*texts, "filler words", "more filler", "third"])
    for query in texts:
        assert set(found(one, query)) == set(found(other, query))
    one.close()
    other.close()


def test_columns_must_be_of_one_length(index):
    with pytest.raises(BadInput, match="each key"):
        index.put(np.array([1, 2]), ["one"], np.array([1, 2]))
    index.put(np.zeros(0, dtype=np.int64), [], np.zeros(0, dtype=np.int64))
    index.commit()


@pytest.mark.parametrize("engine", ["tantivy", "fts"])
def test_a_reopened_index_holds_what_was_committed(engine, tmp_path):
    first = ENGINES[engine](tmp_path)
    put(first, ["kept text", "second text"])
    first.put(np.array([9]), ["lost text"], np.array([9]))
    first.close()
    again = ENGINES[engine](tmp_path)
    assert sorted(found(again, "text")) == [1, 2]
    again.put(np.array([1]), ["rewritten"], np.array([9]))
    again.commit()
    assert found(again, "kept") == []
    assert again.held().tolist() == [1, 2]
    again.close()
