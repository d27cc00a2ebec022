"""Copies are folded into the first to say a thing; contradictions never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask_records import Source, SourceKind, Tier
from stoa.grounding.copies import fold

RUMOUR = "The old mill bridge will be closed for repairs until the end of March"


def post(name, text, at_us=0, **more):
    return Source(name, SourceKind.POST, text, Tier.OPINION, at_us=at_us, author=name, **more)


def roots(*texts):
    sources = [post(f"p{at:03}", text, at_us=at + 1) for at, text in enumerate(texts)]
    return list(fold(sources).root_of)


@pytest.mark.parametrize(
    "copy",
    [
        RUMOUR,
        RUMOUR.upper(),
        RUMOUR + "!!! 😱😱",
        "BREAKING: " + RUMOUR,
        "RT @a.b: RT @c: " + RUMOUR,
        RUMOUR + " https://example.org/x?y=1 #bridge",
        "\u200b".join(RUMOUR),
        RUMOUR.replace("repairs", "repiars"),
        RUMOUR.replace("bridge", "brigde").replace("closed", "closd"),
        "OMG please share everyone, " + RUMOUR + ", wow",
        "Ｔｈｅ old mill bridge will be closed for repairs until the end of March",
        "> " + RUMOUR,
        "I heard that " + RUMOUR[0].lower() + RUMOUR[1:],
    ],
)
def test_a_copy_counts_under_the_first(copy):
    assert roots(RUMOUR, copy) == [0, 0]


@pytest.mark.parametrize(
    "other",
    [
        RUMOUR.replace("will be", "will not be"),
        RUMOUR.replace("March", "May"),
        RUMOUR + " 2027",
        RUMOUR.replace("closed", "open"),
        RUMOUR.replace("old mill", "railway"),
        RUMOUR + ", but the mayor says that no such order was ever signed by anybody in her office",
        "The library opens at nine",
    ],
)
def test_another_statement_is_no_copy(other):
    assert roots(RUMOUR, other) == [0, 1]


def test_a_changed_number_is_no_copy_however_long_the_text():
    text = "The dam holds 50 million litres of water " + "and the keeper measures it every day " * 9
    assert roots(text, text.replace("50", "80")) == [0, 1]


@pytest.mark.parametrize(
    ("text", "copy", "other"),
    [
        ("旧桥将关闭维修直到三月底", "旧桥将关闭维修直到三月底！！", "旧桥不会关闭维修直到五月底"),
        ("สะพานเก่าจะปิดซ่อมถึงมีนาคม", "สะพานเก่าจะปิดซ่อมถึงมีนาคม 😱", "ห้องสมุดเปิดเก้าโมง"),
        (
            "Старый мост закроют на ремонт до марта",
            "СРОЧНО Старый мост закроют на ремонт до марта",
            "Старый мост закроют на ремонт до мая",
        ),
    ],
)
def test_in_other_scripts(text, copy, other):
    assert roots(text, copy, other) == [0, 0, 2]


def test_ten_copies_are_one_source():
    folded = fold([post(f"p{at}", RUMOUR, at_us=100 - at) for at in range(11)])
    assert folded.roots == (10,)
    assert folded.n_copies(10) == 10


def test_a_record_is_the_root_of_what_is_said_about_it():
    record = Source("d", SourceKind.DOCUMENT, RUMOUR, Tier.RECORD, at_us=99)
    assert fold([post("a", RUMOUR, at_us=1), record]).root_of == (1, 1)


def test_an_unknown_time_is_not_the_first():
    assert fold([post("a", RUMOUR), post("b", RUMOUR, at_us=5)]).root_of == (1, 1)


def test_chains_of_passing_on_end_at_the_first():
    sources = [
        post("a", RUMOUR, 1),
        post("b", "so true, see below", 2, root="a"),
        post("c", "what they said", 3, root="b"),
        post("d", "unrelated words about the harbour", 4, root="nowhere"),
        post("e", "look at this thing here", 5, root="f"),
        post("f", "and look at that thing there", 6, root="e"),
    ]
    folded = fold(sources)
    assert folded.root_of[:4] == (0, 0, 0, 3)
    assert len({folded.root_of[4], folded.root_of[5]}) <= 2  # a ring does not hang


texts = st.lists(
    st.sampled_from([RUMOUR, RUMOUR.upper(), "The cat sat on 3 mats", "", "ok", "😀", "猫", "\x00"])
    | st.text(max_size=30),
    max_size=12,
)


@given(texts)
def test_every_source_has_one_root_that_is_its_own(given_texts):
    folded = fold([post(f"p{at}", text, at_us=at) for at, text in enumerate(given_texts)])
    assert all(folded.root_of[root] == root for root in folded.root_of)
    assert set(folded.root_of) == set(folded.roots)
    assert len(folded.root_of) == len(given_texts)


@given(st.permutations(range(6)))
def test_the_order_given_does_not_matter(order):
    sources = [post(f"p{at}", RUMOUR + " wow" * (at % 2), at_us=at + 1) for at in range(5)]
    sources.append(post("x", "Something about a harbour crane", at_us=9))
    folded = fold([sources[at] for at in order])
    root = {sources[at].id: sources[order[folded.root_of[n]]].id for n, at in enumerate(order)}
    assert root == {f"p{at}": "p0" for at in range(5)} | {"x": "x"}
