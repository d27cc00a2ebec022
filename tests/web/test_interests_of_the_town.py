"""What the town's people are told they like is named by words of topics, not by turns of phrase."""

from __future__ import annotations

from tests.web.small_square import town_square

from stoa.feed.interest_names import words_of
from stoa.space.common_words import COMMON_WORDS
from stoa.town.lexicon import TOPICS
from stoa.town.topic import Topic


def texts_of(topic: Topic) -> tuple[str, ...]:
    words = topic.things + topic.acts + topic.places + topic.qualities + topic.facts
    return (topic.name, topic.tag, *words)


def test_names_of_interests_are_words_of_topics():
    square = town_square(people=150, days=1)
    assert square.town is not None
    topical = {word for topic in TOPICS for text in texts_of(topic) for word in words_of(text)}
    named = [
        word
        for person in square.town.inhabitants(0, 40, "")
        for name in {p.cluster_name for p in square.feed.vectors(person.did)}
        for word in name.split(", ")
    ]
    assert len(named) > 100
    assert not set(named) & COMMON_WORDS
    of_topics = sum(word in topical for word in named) / len(named)
    assert of_topics > 0.8, sorted(set(named) - topical)
