"""What cannot be evidence is told apart from what can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask_records import Source, SourceKind, Tier
from stoa.grounding import noise
from stoa.grounding.noise import Noise, Topic, content, coverage, is_bait, noise_of, says_little


def off_topic(topic, texts):
    return noise.off_topic(topic, [content(text) for text in texts])


def post(text, **more):
    return Source("p", SourceKind.POST, text, more.pop("tier", Tier.OPINION), **more)


@pytest.mark.parametrize(
    "text",
    ["", "lol", "this!!", "😂😂😂", "@a.b #tag https://x.org", "so true", "什么?",
     "Anyone know when the bridge opens?", "Does the bridge open on Monday? Or on Tuesday?"],
)  # fmt: skip
def test_what_says_nothing(text):
    assert says_little(text)
    assert noise_of(post(text)) is Noise.LOW_INFORMATION


@pytest.mark.parametrize(
    "text",
    [
        "The bridge on Mill Lane reopened on Monday",
        "Is the bridge open? Yes, it reopened Monday morning.",
        "旧桥将关闭维修直到三月底",
        "สะพานเก่าจะปิดซ่อมจนถึงสิ้นเดือนมีนาคม",
        "Мост закрыт на ремонт",
        "पुराना पुल मार्च तक बंद रहेगा",
        "DOJ FILES SUIT",
        "I would follow a friend below deck to see the engine",
        "Fire at the mill! 3 people hurt! Roads closed!",
    ],
)
def test_what_says_something(text):
    assert noise_of(post(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Like and retweet if you agree that the bridge must reopen",
        "RT for a chance to win a phone! The bridge reopened today",
        "Huge GIVEAWAY today, bridge tickets for ten people",
        "YOU WILL NOT BELIEVE WHAT THEY FOUND UNDER THE BRIDGE!!!",
        "Bridge news 👇👇👇 read it now!!! today",
        "Teilen, wenn ihr auch findet dass die Brücke offen bleiben soll",
        "подпишись на канал, там новости про мост",
        "转发抽奖 送手机 大桥今天开放",
    ],
)
def test_bait(text):
    assert is_bait(text)
    assert noise_of(post(text)) is Noise.BAIT


def test_documents_and_notes_are_never_noise():
    assert noise_of(Source("d", SourceKind.DOCUMENT, "ok", Tier.OPINION)) is None
    assert noise_of(Source("n", SourceKind.NOTE, "RT if you agree", Tier.REPORT)) is None


def test_what_shares_no_word_is_off_topic():
    topic = Topic.of("When does the mill bridge reopen?")
    texts = ["The bridge reopens Monday", "Cats sleep all day", "The old mill bridge reopened"]
    assert off_topic(topic, texts) == [False, True, False]


def test_a_weak_match_is_off_topic_only_beside_a_strong_one():
    topic = Topic.of("mill bridge repairs budget")
    weak = "Our bridge club plays whist"
    assert off_topic(topic, [weak]) == [False]
    assert off_topic(topic, [weak, "The mill bridge repairs exceed their budget"]) == [True, False]


def test_the_sense_that_was_not_meant_is_off_topic():
    topic = Topic.of("what is soma", prefer=["Huxley"], exclude=["muscle"])
    texts = [
        "Soma relaxes muscle pain",
        "In Huxley soma is a drug",
        "Huxley's soma, not the muscle drug",
    ]
    assert off_topic(topic, texts) == [True, False, False]


def test_a_question_without_content_finds_nothing_off_topic():
    assert off_topic(Topic.of("who is that?"), ["anything goes here"]) == [False]
    assert coverage(Topic.of("the"), "x") == 1.0


@given(st.text(st.characters(codec=None), max_size=80))
def test_no_text_is_an_error(text):
    noise_of(post(text))
    assert 0 <= coverage(Topic.of(text), text) <= 1
    off_topic(Topic.of(text), [text])
