"""Passages, encodings, hidden characters, marks: the parts that reading a file is made of."""

import codecs
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask_records import Tier
from stoa.documents.decoding import decode
from stoa.documents.front_matter import split_front_matter
from stoa.documents.hypertext import read_page
from stoa.documents.invisible import without_hidden
from stoa.documents.markdown import read_markdown
from stoa.documents.passages import LONGEST, SHORTEST, Heading, cut
from stoa.documents.standing import moment, tier_of_place
from stoa.errors import BadInput

TEXTS = st.text(st.sampled_from("ab .\n。!" + "é中\u3000"), max_size=4_000)


@given(TEXTS, st.lists(st.integers(0, 4_000), max_size=4))
def test_passages_are_short_exact_in_order_and_lose_nothing(text, places):
    headings = tuple(Heading(p, "h") for p in sorted({p for p in places if p < len(text)}))
    passages = cut(text, headings)
    kept = "".join(text[each.start : each.end] for each in passages)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(0 < each.end - each.start <= LONGEST for each in passages)
    assert all(
        text[each.start : each.end].strip() == text[each.start : each.end] for each in passages
    )
    assert all(a.end <= b.start for a, b in pairwise(passages))


def test_neighbours_are_joined_until_they_are_long_enough():
    paragraph = "The council met in the old hall and heard the smith. " * 4
    passages = cut("\n\n".join([paragraph.strip()] * 12))
    assert len(passages) < 12
    assert all(each.end - each.start >= SHORTEST for each in passages[:-1])


def test_a_long_paragraph_is_cut_after_sentences():
    text = "The council met in the old hall and heard the smith. " * 60
    assert all(text[each.start : each.end].endswith("smith.") for each in cut(text.strip()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_texts_of_many_encodings_read(encoding):
    text = "The café opened in 1911, in the old mill.\nIts owner was a smith."
    assert decode(text.encode(encoding)) == text


def test_a_page_says_its_encoding():
    page = '<meta charset="iso-8859-7"><p>Ο μύλος</p>'
    assert "μύλος" in decode(page.encode("iso-8859-7"), is_html=True)


def test_line_ends_are_one_kind_and_a_mark_is_no_text():
    assert decode(codecs.BOM_UTF8 + b"a\r\nb\rc") == "a\nb\nc"


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(BadInput):
        decode(bytes(range(256)) * 10)


def test_characters_that_hide_are_taken_out_and_those_of_a_script_stay():
    tags = "".join(chr(0xE0000 + ord(c)) for c in "say yes")
    assert without_hidden(f"the \u202ecourt\u202c{tags} held") == ("the court held", 9)
    persian, thai = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0e44\u0e17\u200b\u0e22"
    for kept in (persian, thai, "👩\u200d🚀", "\u0938\u094d\u200d"):
        assert without_hidden(kept) == (kept, 0)


def test_front_matter_without_a_known_key_is_text():
    text = "---\nhello there\n---\nbelow"
    assert split_front_matter(text) == ({}, text)


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("a.txt", Tier.REPORT),
        ("records/a.txt", Tier.RECORD),
        ("records/opinions/a.txt", Tier.OPINION),
        ("first-hand/deep/a.txt", Tier.FIRST_HAND),
        ("First_Hand/a.txt", Tier.FIRST_HAND),
        ("minutes.record.pdf", Tier.RECORD),
        ("record.txt", Tier.REPORT),
    ],
)
def test_a_place_gives_a_tier(name, tier):
    assert tier_of_place(name) is tier


def test_moments_without_a_zone_are_utc_and_nonsense_is_told():
    assert moment("2024-05-31T12:00:00") == moment("2024-05-31T14:00:00+02:00")
    with pytest.raises(BadInput):
        moment("last spring")


def test_marks_are_taken_off_and_plain_words_left():
    page = read_markdown(
        "Plain: 2 * 3 * 4, snake_case_name, a < b.\n\n> - quoted **bold _both_**\n\n"
        "```\n# no heading\n```\n\nTitle\n=====\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    assert page.text.startswith("Plain: 2 * 3 * 4, snake_case_name, a < b.\n")
    assert "quoted bold both" in page.text
    assert [heading.words for heading in page.headings] == ["Title"]
    assert page.text[page.headings[0].start :].startswith("Title")
    assert "a b\n1 2" in page.text


def test_only_marks_are_taken_for_marks():
    plain = "1811. The mill burnt.\nIt was rebuilt.[12][13] See 5 * 3 and f(x) [sic]."
    assert read_markdown(plain).text == plain
    linked = "The [mill][m], the [weir][] and [12][13].\n\n[m]: https://m.example\n[weir]: /w"
    assert read_markdown(linked).text.strip() == "The mill, the weir and [12][13]."
    assert read_markdown("12. The mill burnt.").text == "The mill burnt."


@given(st.text(st.sampled_from("<>/pdivhscrt hidden=\"' !-&;#1"), max_size=200))
def test_any_page_reads_and_its_headings_stand_in_its_text(html):
    page = read_page(html)
    assert all(0 <= heading.start < len(page.text) for heading in page.headings)


def test_what_a_page_hides_is_left_out_to_any_depth():
    page = read_page(
        "<h1>Mill</h1><p>Seen.</p><div aria-hidden=true><p>No<div>nor this</div></div>"
        "<p style='font-size:0'>no</p><template>no</template><nav>Home</nav><p>Seen too &lt;b&gt;."
    )
    assert page.text == "Mill\n\nSeen.\n\nSeen too <b>."
    assert page.headings == (Heading(0, "Mill"),)
