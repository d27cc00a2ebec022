"""What is read out of a question."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask.understand import Declined, entities, readable, understand
from stoa.ask_records import Answer, Correction, Mode, Question, Turn
from stoa.grounding.question_kinds import QuestionKind

WEDNESDAY = int(datetime(2024, 5, 15, 12, tzinfo=UTC).timestamp() * 1e6)
TURN = Turn("What is soma made of?", Answer("", Mode.REGULAR, "", (), (), 0.9, False))


def day(moment_us):
    return None if moment_us is None else datetime.fromtimestamp(moment_us / 1e6, UTC).date()


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("What was said last week?", "2024-05-06", "2024-05-13"),
        ("What happened last week?", "2024-05-06", None),
        ("What happened since Monday?", "2024-05-13", None),
        ("What was posted in 2023?", "2023-01-01", "2024-01-01"),
        ("Who won in 2023?", "2023-01-01", None),
        ("What was written in March 2023?", "2023-03-01", "2023-04-01"),
        ("What was written on 12 March 2023?", "2023-03-12", "2023-03-13"),
        ("What was said before 2022-02-01?", None, "2022-02-01"),
        ("What has changed in the last 3 days?", "2024-05-12", None),
        ("Who fell at the battle in 1066?", None, None),
        ("Was wurde gestern gesagt?", "2024-05-14", "2024-05-15"),
        ("¿Qué pasó la semana pasada?", "2024-05-06", None),
        ("Что писали в прошлом году?", "2023-01-01", "2024-01-01"),
        ("上周发生了什么？", "2024-05-06", None),
        ("Geçen hafta ne oldu?", "2024-05-06", None),
        ("สัปดาห์ที่แล้วเกิดอะไรขึ้น", "2024-05-06", None),
    ],
)
def test_time_words_bound_when_sources_were_written(text, since, until):
    found = understand(Question(text), now_us=WEDNESDAY)
    assert str(day(found.since_us)) == str(since)
    assert str(day(found.until_us)) == str(until)


def test_nothing_later_than_as_of_is_ever_used():
    found = understand(Question("What was said in 2026?", as_of_us=WEDNESDAY))
    assert found.until_us == WEDNESDAY


def test_relative_words_without_a_moment_bound_nothing():
    assert understand(Question("What was said yesterday?")).since_us is None


def test_words_for_time_are_not_searched_for_but_years_are():
    assert "week" not in understand(Question("Who fell last week?"), WEDNESDAY).query
    assert "2023" in understand(Question("Who won in 2023?"), WEDNESDAY).query


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How many boats are there?", QuestionKind.NUMBER),
        ("When did it burn?", QuestionKind.TIME),
        ("Wer hat es gebaut?", QuestionKind.PERSON),
        ("¿Dónde está el faro?", QuestionKind.PLACE),
        ("为什么桥关闭了？", QuestionKind.REASON),
        ("Is the bridge open?", QuestionKind.YES_NO),
        ("Name the tallest tower.", QuestionKind.THING),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question_words(text, kind):
    assert understand(Question(text)).kind is kind


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("How many boats lie in the harbour?", "en"),
        ("Wie viele Boote liegen im Hafen?", "de"),
        ("Сколько лодок в гавани?", "ru"),
        ("Πόσα πλοία είναι στο λιμάνι;", "el"),
        ("港口有多少条船？", "zh"),
        ("كم عدد القوارب في الميناء؟", "ar"),
        ("बंदरगाह में कितनी नावें हैं?", "hi"),
        ("มีเรือกี่ลำในท่าเรือ", "th"),
        ("Có bao nhiêu thuyền ở cảng?", "vi"),
    ],
)
def test_the_language_of_a_question(text, lang):
    assert understand(Question(text)).lang == lang


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Declined.NOTHING_ASKED),
        ("?!", Declined.NOTHING_ASKED),
        ("Hello! Thanks!", Declined.NOTHING_ASKED),
        ("What is Clara Voss's home address?", Declined.PRIVATE),
        ("Where does @clara.example sleep?", Declined.PRIVATE),
        ("Where does the kakapo live?", Declined.NO),
        ("What is the emergency phone number?", Declined.NO),
    ],
)
def test_what_is_declined(text, why):
    assert understand(Question(text)).declined_because is why


def test_names_are_found_and_question_words_are_not():
    text = "When did Clara Voss leave the Harbour Council for “The Blue Door”?"
    assert set(entities(text)) == {"Clara Voss", "Harbour Council", "The Blue Door"}


def test_a_bare_correction_asks_the_question_before_it_again():
    found = understand(Question("No, I mean the drug in the novel.", thread=(TURN,)))
    assert found.asked == "What is soma made of?"
    assert found.query == "What is soma made of? drug in the novel"
    assert found.is_correction


def test_a_sense_once_told_is_kept_for_the_thread():
    known = Correction(("novel",), ("muscle",))
    found = understand(Question("Who makes it?", thread=(TURN,), correction=known))
    assert found.correction == known
    assert "novel" in found.query


def test_a_question_about_something_else_is_not_searched_in_that_sense():
    known = Correction(("novel",), ())
    asked = Question("Why are the ferries late?", thread=(TURN,), correction=known)
    assert "novel" not in understand(asked).query
    assert understand(asked).correction == known


@given(st.text(max_size=200))
def test_any_text_is_understood_without_an_error(text):
    found = understand(Question(text), now_us=WEDNESDAY)
    assert readable(found.query) == found.query
