"""Topics, phrases and the writer: what people say is well formed, whatever the dice."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.records import Media
from stoa.town.lexicon import TOPICS
from stoa.town.phrases import PHRASES
from stoa.town.topic import VALUES, read_topics
from stoa.town.writer import N_DICE, Draft, Form, reading_seconds, roll, write

dice = st.lists(st.integers(0, 2**31 - 1), min_size=N_DICE, max_size=N_DICE)
drafts = st.builds(
    Draft,
    topic=st.integers(0, len(TOPICS) - 1),
    form=st.sampled_from(Form),
    quality=st.floats(0, 1),
    bait=st.sampled_from([0.0, 0.05, 0.7]),
    created_us=st.just(1_790_000_000_000_000),
    mention=st.sampled_from([None, ("mara.tidewater.example", "did:plc:abc")]),
)


def test_there_are_some_sixty_topics_in_four_languages_and_names_differ():
    assert len(TOPICS) >= 60
    assert Counter(t.lang for t in TOPICS).keys() == {"en", "es", "ja", "ar"}
    assert len({t.name for t in TOPICS}) == len(TOPICS)


def test_every_topic_serves_values_that_sum_to_one():
    for topic in TOPICS:
        assert len(topic.serves) == len(VALUES)
        assert sum(topic.serves) == pytest.approx(1)


@pytest.mark.parametrize(
    "text",
    [
        "no values\nthings: a, b\nacts: c\nplaces: d\nqualities: e\nfacts: F.",
        "odd value (learn fame)\nthings: a, b\nacts: c\nplaces: d\nqualities: e\nfacts: F.",
        "no facts (learn)\nthings: a, b\nacts: c\nplaces: d\nqualities: e",
    ],
)
def test_a_malformed_topic_is_refused_by_name(text):
    with pytest.raises(BadInput, match=text.split("\n")[0].split(" (")[0]):
        read_topics(text, "en")


def test_no_pattern_names_a_slot_that_topics_do_not_have():
    known = {"things", "Things", "things2", "Things2", "act", "Act", "place", "quality", "fact"}
    for phrases in PHRASES.values():
        for name in phrases.__slots__:
            for pattern in getattr(phrases, name):
                assert set(re.findall(r"\{(\w+)\}", pattern)) <= known, pattern


@given(drafts, dice)
def test_a_post_is_whole_sentences_within_the_networks_length(draft, dice):
    content = write(draft, dice)
    assert content.text.strip() == content.text != ""
    assert "{" not in content.text
    assert len(content.text) <= 700
    assert content == write(draft, dice)
    assert reading_seconds(content) > 1


@given(drafts, dice)
def test_facets_mark_exactly_the_words_they_are_about(draft, dice):
    content = write(draft, dice)
    for facet in content.facets:
        marked = content.text.encode()[facet.start : facet.end].decode()
        if facet.kind == "tag":
            assert marked == f"#{facet.target}"
        elif facet.kind == "link":
            assert facet.target == f"https://{marked}"
        else:
            assert marked == "@mara.tidewater.example"


@given(drafts, dice)
def test_media_flags_say_what_is_there(draft, dice):
    content = write(draft, dice)
    assert bool(content.media & Media.IMAGE) == bool(content.images)
    assert bool(content.media & Media.LINK) == (content.card is not None)
    assert not content.labels or content.images


def test_bait_pulls_by_its_wording_and_better_posts_say_more():
    rolled = roll(np.random.default_rng(0), 400)
    draft = dict(topic=0, form=Form.POST, created_us=0)
    poor = [write(Draft(quality=0.1, bait=0.0, **draft), d).text for d in rolled]
    good = [write(Draft(quality=0.9, bait=0.0, **draft), d).text for d in rolled]
    bait = [write(Draft(quality=0.5, bait=0.8, **draft), d).text for d in rolled]
    assert np.mean([len(t) for t in good]) > 1.5 * np.mean([len(t) for t in poor])
    assert not set(bait) & set(good)
