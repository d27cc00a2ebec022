from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.languages import language, script

SAMPLES = {
    "en": "The harbour was closed because of the storm, and nobody knows when it will open.",
    "de": "Der Hafen wurde wegen des Sturms geschlossen, und niemand weiß, wann er öffnet.",
    "fr": "Le port est fermé à cause de la tempête et personne ne sait quand il rouvrira.",
    "es": "El puerto está cerrado por la tormenta y nadie sabe cuándo lo abrirán.",
    "it": "Il porto è chiuso per la tempesta e nessuno sa quando lo apriranno.",
    "pt": "O porto está fechado por causa da tempestade e ninguém sabe quando vai abrir.",
    "nl": "De haven is gesloten vanwege de storm en niemand weet wanneer het weer open is.",
    "ro": "Portul este închis din cauza furtunii și nimeni nu știe când se va deschide.",
    "tr": "Liman fırtına nedeniyle kapandı ve ne zaman açılacağı daha belli değil.",
    "vi": "Cảng đã đóng cửa vì bão và không ai biết khi nào sẽ mở lại.",
    "pl": "Port jest zamknięty z powodu burzy i nikt nie wie, kiedy go otworzą.",
    "sv": "Hamnen är stängd på grund av stormen och ingen vet när den öppnar.",
    "ru": "Порт закрыт из-за шторма, и никто не знает, когда он откроется.",
    "uk": "Порт закритий через шторм, і ніхто не знає, коли він відкриється.",
    "el": "Το λιμάνι έκλεισε λόγω της καταιγίδας και κανείς δεν ξέρει πότε θα ανοίξει.",
    "ar": "أغلق الميناء بسبب العاصفة ولا أحد يعرف متى سيفتح من جديد.",
    "fa": "بندر به دلیل طوفان بسته شد و کسی نمی‌داند که چه وقت باز می‌شود.",
    "hi": "तूफ़ान के कारण बंदरगाह बंद है और किसी को नहीं पता कि यह कब खुलेगा।",
    "mr": "वादळामुळे बंदर बंद आहे आणि ते कधी उघडेल हे कोणालाही माहीत नाही.",
    "th": "ท่าเรือปิดเพราะพายุ และไม่มีใครรู้ว่าจะเปิดเมื่อไร",
    "zh": "港口因风暴关闭，没有人知道何时重新开放。",
    "ja": "港は嵐のために閉鎖され、いつ再開するかは誰も知りません。",
    "ko": "항구는 폭풍 때문에 폐쇄되었고 언제 다시 열지 아무도 모른다.",
}


@pytest.mark.parametrize("code", SAMPLES)
def test_a_plain_sentence_is_recognised(code):
    assert language(SAMPLES[code]) == code


@pytest.mark.parametrize("text", ["", "12", "ok", "Soma", "https://x.org/de/der/die", "🙂🙂"])
def test_what_has_no_language_gets_none(text):
    assert language(text) == ""


def test_addresses_and_mentions_do_not_decide():
    assert language("@der.die.das #und https://und.de/der the storm was here") == "en"


def test_a_japanese_text_full_of_han_is_japanese():
    assert script("東京都知事選挙は七月に行われる") == "ja"


@given(st.text(max_size=300))
def test_any_text_gets_a_code_or_nothing(text):
    assert language(text) == language(text)
    assert language(text) == "" or language(text).isascii()


@pytest.mark.parametrize(
    "code", ["ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh"]
)
def test_questions_and_paragraphs_of_twelve_languages(xquad, code):
    paragraphs, questions = xquad(code)
    asked = Counter(language(question) for question in questions)
    assert Counter(map(language, paragraphs))[code] >= 0.98 * len(paragraphs)
    assert asked[code] >= 0.95 * len(questions)
    assert len(questions) - asked[code] - asked[""] <= 0.02 * len(questions)  # unsure beats wrong
