import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stoa.ask_records import Source, SourceKind, Span, Tier
from stoa.grounding.sentences import LONGEST, sentences


def parts(text: str, lang: str = "") -> list[str]:
    return [text.encode()[start:end].decode() for start, end in sentences(text, lang)]


SPLITS = {
    "titles and hours": ("Dr. Wu left at 5 p.m. on Monday. Why? Nobody knows.", 3),
    "initials": ("J. R. R. Tolkien met C. S. Lewis. They talked.", 2),
    "decimals and money": ("It cost $3.50 in 1999. Now it is 4.75.", 2),
    "addresses": ("See www.example.org/a.b?c=1. It is down.", 2),
    "address, no stop": ("Read https://example.org/a.html now", 1),
    "American quotes": ('He said "Stop." Then he left.', 2),
    "speech goes on": ('"Really?" he said. "Yes!"', 2),
    "footnotes": ("It grew fast.[12] Then it fell.[3]", 2),
    "ellipsis": ("Well... maybe. No… never.", 2),
    "list numbers": ("1. Apples\n2. Pears", 2),
    "bullets": ("Shopping:\n- tea\n- milk", 3),
    "abbreviation at the end": ("He lives in the U.S. The house is small.", 2),
    "abbreviation inside": ("The U.S. Senate met. It voted.", 2),
    "e.g.": ("Fruit, e.g. Braeburn apples, keeps. Bread does not.", 2),
    "Spanish": ("¿Quién es? Es el Sr. Pérez. ¡Hola!", 3),
    "Greek question": ("Πόσους πόντους είχε; Δεν ξέρω. Ο κ. Νίκος ξέρει.", 3),
    "Arabic": ("متى بدأ؟ بدأ عام 1921. انتهى بعد سنة.", 3),
    "Hindi": ("यह कब हुआ? यह 1921 में हुआ। फिर सब रुक गया।", 3),
    "Hindi, no space": ("यह कब हुआ।यह 1921 में हुआ।", 2),
    "Chinese": ("他说：“走吧。”他们走了。为什么？没人知道！", 4),
    "Japanese": ("港は閉鎖された。いつ再開するか？", 2),
    "Russian": ("Он родился в 1921 г. в Москве, т. е. в столице. Им. Горького парк закрыт.", 2),
    "Armenian": ("Նա գնաց։ Մենք մնացինք։", 2),
    "blank lines": ("One\n\nTwo", 2),
    "only blanks": (" \n\t\u200b ", 0),
    "nothing": ("", 0),
}


@pytest.mark.parametrize("name", SPLITS)
def test_sentences_of_many_scripts(name):
    text, n = SPLITS[name]
    assert len(parts(text)) == n, parts(text)


def test_german_ordinals_need_the_language():
    text = "Sie kam am 3. Oktober an. Es regnete."
    assert parts(text, "de") == ["Sie kam am 3. Oktober an.", "Es regnete."]


def test_a_wrapped_paragraph_is_read_across_its_lines():
    text = (
        "The long committee met in the old town hall of Springfield and\n"
        "Chicago was asked to send its own people there before the end\n"
        "of the month. Nobody came."
    )
    assert len(parts(text)) == 2


def test_lines_of_a_post_stand_alone():
    assert parts("New tram line\nOpens Monday") == ["New tram line", "Opens Monday"]


def test_thai_is_cut_at_its_spaces_and_not_inside_names():
    clause = "สภาเมืองตัดสินใจสร้างรถรางสายใหม่ผ่านย่านเมืองเก่าในปีหน้า"
    text = f"{clause} {clause} แต่ {clause} New Orleans {clause}"
    found = parts(text)
    assert len(found) >= 2
    assert " ".join(found) == text
    assert any("New Orleans" in part for part in found)


def test_a_text_without_any_stop_is_cut_to_size():
    for text in ("word " * 5_000, "a" * 10_000, "ก" * 10_000, "汉" * 5_000):
        assert max(len(part) for part in parts(text)) <= LONGEST


TEXTS = st.text(
    st.one_of(
        st.sampled_from(" \n.!?…。।؟;\"'“”)]（）1aAбЯ中किก\u0301\ufeff\u200b🙂"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=200,
)


@given(TEXTS, st.sampled_from(["", "de", "th", "zh"]))
@example("\ufeffA. B。C", "")
def test_spans_are_exact_ordered_and_leave_only_blanks(text, lang):
    whole = text.encode()
    source = Source("post:1", SourceKind.POST, text, Tier.OPINION)
    at, left = 0, b""
    for start, end in sentences(text, lang):
        assert at <= start < end <= len(whole)
        left += whole[at:start]
        at = end
        assert Span.of(source, start, end).holds_in(source)
    left = (left + whole[at:]).decode()
    assert left.strip(" \t\n\r\x00\u200b\ufeff\u2060\u00ad\x0b\x0c").strip() == ""


@given(TEXTS)
def test_a_blank_line_always_parts(text):
    n = len(sentences(text))
    assert len(sentences(f"{text}\n\n{text}")) == 2 * n


def test_a_lone_surrogate_is_no_error():
    assert sentences("a\ud800b. C")
