"""One suite for every `QuestionLog`: questions are their reader's, bounded in time, erasable."""

from dataclasses import replace

import pytest

from stoa.ask_ports import QuestionLog
from stoa.ask_records import KeptQuestion
from stoa.store import MemoryStore, SqliteStore

ONE = KeptQuestion("a", 1, 10, "Who built the mill?", "{}")
TWO = KeptQuestion("b", 1, 20, "When?", "{}")
OTHER = KeptQuestion("c", 2, 15, "Why?", "{}")


@pytest.fixture(params=["memory", "sqlite"])
def log(request, tmp_path):
    store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "square.db")
    for each in (ONE, TWO, OTHER):
        store.questions.keep(each)
    yield store.questions
    store.close()


def test_it_is_a_question_log(log):
    assert isinstance(log, QuestionLog)


def test_readers_see_their_own_newest_first(log):
    assert log.of(1, 10) == [TWO, ONE]
    assert log.of(1, 1) == [TWO]
    assert log.of(2, 10) == [OTHER]
    assert log.of(3, 10) == []


def test_the_same_id_replaces(log):
    log.keep(replace(ONE, question="Who built the old mill?"))
    assert [each.question for each in log.of(1, 10)] == ["When?", "Who built the old mill?"]


def test_one_or_all_of_a_reader_are_erased_and_nobody_elses(log):
    assert log.erase(2, "a") == 0
    assert log.erase(1, "a") == 1
    assert log.of(1, 10) == [TWO]
    assert log.erase(1) == 1
    assert log.of(1, 10) == []
    assert log.of(2, 10) == [OTHER]


def test_old_ones_expire_for_everybody(log):
    assert log.expire(15) == 1
    assert [log.of(1, 10), log.of(2, 10)] == [[TWO], [OTHER]]
