"""Muted words: whole words in any script, wherever a post may say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.feed.filters import MutedWords
from stoa.records import AccountId, Image, LinkCard, Post, PostContent, PostId


def post(text: str = "", **content) -> Post:
    said = PostContent(text=text, **content)
    return Post(PostId(1), "at://x", AccountId(1), "did:x", 1, 0, said)


def is_kept(words: list[str], *posts: Post | None) -> list[bool]:
    return MutedWords().keep(tuple(words), list(posts)).tolist()


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("cat", "A CAT."),
        ("cat", "cat"),
        ("#spoiler", "a #Spoiler here"),
        ("spoiler", "a #Spoiler here"),
        ("straße", "in der STRASSE"),
        ("café", "un cafe\u0301 noir"),
        ("two words", "about two\nwords there"),
        ("猫", "黒猫です"),
        ("กาแฟ", "ดื่มกาแฟร้อน"),
        ("кот", "Кот спит"),
        ("c++", "I like C++ a lot"),
        ("🙂", "hello🙂there"),
        ("ﬁne", "just fine"),
    ],
)
def test_found(word, text):
    assert is_kept([word], post(text)) == [False]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("cat", "concatenate"),
        ("cat", "cats"),
        ("кот", "который"),
        ("two words", "two other words"),
        ("", "anything"),
        ("  ", "any thing"),
        ("#", "a # b"),
        (".*", "regular expressions do not work"),
    ],
)
def test_not_found(word, text):
    assert is_kept([word], post(text)) == [True]


def test_all_places_of_a_post_are_read():
    posts = [
        post(tags=("Rain",)),
        post(images=(Image("u", alt="heavy rain"),)),
        post(card=LinkCard("u", title="Rain today")),
        post(card=LinkCard("u", description="more rain")),
        post("sun"),
        None,
    ]
    assert is_kept(["snow", "rain"], *posts) == [False, False, False, False, True, True]


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=60))
def test_no_word_and_no_text_breaks_the_search(words, text):
    assert len(is_kept(words, post(text), None)) == 2
