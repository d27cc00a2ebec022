import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.question_kinds import QuestionKind, is_question_word, question_kind, topic_of

ASKED = {
    QuestionKind.NUMBER: {
        "en": "How many trams run on Sundays?",
        "de": "Wie viele Bahnen fahren am Sonntag?",
        "es": "¿Cuántos tranvías circulan los domingos?",
        "ro": "Câte tramvaie circulă duminica?",
        "tr": "Pazar günü kaç tramvay çalışır?",
        "vi": "Có bao nhiêu xe điện chạy vào Chủ nhật?",
        "el": "Πόσα τραμ κυκλοφορούν την Κυριακή;",
        "ru": "Сколько трамваев ходит по воскресеньям?",
        "ar": "كم عدد عربات الترام يوم الأحد؟",
        "hi": "रविवार को कितनी ट्राम चलती हैं?",
        "th": "วันอาทิตย์มีรถรางกี่คัน",
        "zh": "星期天有多少辆电车？",
    },
    QuestionKind.TIME: {
        "en": "In what year did the bridge open?",
        "de": "Wann wurde die Brücke eröffnet?",
        "es": "¿Cuándo se abrió el puente?",
        "ro": "Când s-a deschis podul?",
        "tr": "Köprü ne zaman açıldı?",
        "vi": "Cây cầu được khánh thành khi nào?",
        "el": "Πότε άνοιξε η γέφυρα;",
        "ru": "Когда открыли мост?",
        "ar": "متى افتتح الجسر؟",
        "hi": "पुल कब खुला?",
        "th": "สะพานเปิดเมื่อไร",
        "zh": "大桥是什么时候开通的？",
    },
    QuestionKind.PERSON: {
        "en": "Who designed the bridge?",
        "de": "Wer entwarf die Brücke?",
        "es": "¿Quién diseñó el puente?",
        "ro": "Cine a proiectat podul?",
        "tr": "Köprüyü kim tasarladı?",
        "vi": "Ai đã thiết kế cây cầu?",
        "el": "Ποιος σχεδίασε τη γέφυρα;",
        "ru": "Кто спроектировал мост?",
        "ar": "من صمم الجسر؟",
        "hi": "पुल किसने बनाया?",
        "th": "ใครออกแบบสะพาน",
        "zh": "谁设计了这座桥？",
    },
    QuestionKind.REASON: {
        "en": "Why was the bridge closed?",
        "de": "Warum wurde die Brücke gesperrt?",
        "es": "¿Por qué se cerró el puente?",
        "ro": "De ce a fost închis podul?",
        "tr": "Köprü neden kapatıldı?",
        "vi": "Tại sao cây cầu bị đóng?",
        "el": "Γιατί έκλεισε η γέφυρα;",
        "ru": "Почему закрыли мост?",
        "ar": "لماذا أغلق الجسر؟",
        "hi": "पुल क्यों बंद हुआ?",
        "th": "ทำไมสะพานถึงปิด",
        "zh": "为什么封桥？",
    },
}
CASES = [(kind, lang) for kind, asked in ASKED.items() for lang in asked]


@pytest.mark.parametrize(("kind", "lang"), CASES)
def test_what_is_asked_in_twelve_languages(kind, lang):
    assert question_kind(ASKED[kind][lang], lang) is kind


def test_an_unknown_language_has_no_kind():
    assert question_kind("Bonvolu diri ion", "eo") is QuestionKind.OTHER


def test_what_people_say_is_about_its_topic():
    asked = "What do people say about the new tram?"
    assert question_kind(asked) is QuestionKind.ABOUT
    assert topic_of(asked) == "about the new tram?"
    assert topic_of("When does the tram run?") == "When does the tram run?"


def test_words_that_ask_are_known_and_others_are_not():
    assert is_question_word("quién", "es")
    assert not is_question_word("puente", "es")


@given(st.text(max_size=200), st.sampled_from(["", "en", "th", "zh", "tr", "xx"]))
def test_any_text_has_a_kind(text, lang):
    assert question_kind(text, lang) in QuestionKind
    assert len(topic_of(text, lang)) <= len(text)
