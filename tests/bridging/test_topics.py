"""Topics: the published scorer's own, and the laws and edges it leaves unsaid."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bridging.oracle_text import oracle

from stoa.bridging import topics
from stoa.bridging.scorers import TOPIC_NAMES, Topic
from stoa.bridging.topic_text import (
    SEED_TERMS,
    clean_text,
    is_blocked,
    posts_of,
    seed_topics,
    words_of,
)
from stoa.bridging.topics import TopicModel, assign_topics, train_topics
from stoa.errors import TopicsUnclear
from stoa.note_records import NO_POST, NoteTable


def notes_of(texts, posts=None, classification=None):
    n = len(texts)
    return NoteTable(
        id=np.arange(n, dtype=np.int64),
        author=np.zeros(n, dtype=np.int32),
        created_ms=np.zeros(n, dtype=np.int64),
        post=np.arange(n, dtype=np.int64) + 1 if posts is None else np.array(posts),
        classification=np.ones(n, dtype=np.int8) if classification is None else classification,
        summary=np.array(texts, dtype=object),
    )


ABOUT = {
    Topic.UKRAINE_CONFLICT: "kyiv front soldiers drones",
    Topic.GAZA_CONFLICT: "gaza hostage ceasefire tunnels",
    Topic.SCAMS: "scam giveaway wallet tokens",
    Topic.UNASSIGNED: "weather tomorrow sunshine clouds",
}


def four_topics(copies=30):
    return [f"{text} {text.split()[1 + i % 3]}" for text in ABOUT.values() for i in range(copies)]


def test_every_note_has_the_published_topic(shared_data):
    run = oracle(shared_data)
    topic = assign_topics(train_topics(run.notes), run.notes)
    named = [TOPIC_NAMES[Topic(t)] if t else "" for t in topic]
    assert named == run.output("scored_notes", "noteTopic")


def test_order_of_notes_changes_nothing(shared_data):
    notes = oracle(shared_data).notes
    order = np.random.default_rng(1).permutation(len(notes))
    mixed = NoteTable(*(getattr(notes, f)[order] for f in notes.__slots__))
    topic = assign_topics(train_topics(notes), notes)
    assert assign_topics(train_topics(mixed), mixed).tolist() == topic[order].tolist()


def test_other_ids_change_nothing(shared_data):
    notes = oracle(shared_data).notes
    other = replace(
        notes,
        id=notes.id[::-1] + 5,
        author=notes.author[::-1].copy(),
        post=np.where(notes.post == NO_POST, NO_POST, 3_000_000_000_000_000_000 - notes.post),
    )
    topic = assign_topics(train_topics(notes), notes)
    assert assign_topics(train_topics(other), other).tolist() == topic.tolist()


def test_words_without_a_seed_term_tell_the_topic():
    model = train_topics(notes_of(four_topics()))
    more = ["soldiers and drones at the front", "sunshine", "hostage ceasefire"]
    unseeded = notes_of([*four_topics(), *more])
    assert assign_topics(model, unseeded)[-3:].tolist() == [1, 0, 2]
    assert "kyiv" not in model.words
    assert "drones" in model.words


def test_all_notes_of_a_post_share_its_topic_and_deleted_notes_have_none():
    notes = notes_of(
        [*four_topics(), "nothing here", "kyiv soldiers drones front", "gaza"],
        posts=[*range(1, 121), 900, 900, 901],
        classification=np.array([1] * 122 + [0], dtype=np.int8),
    )
    topic = assign_topics(train_topics(notes), notes)
    assert topic[120] == topic[121] == Topic.UKRAINE_CONFLICT
    assert topic[122] == Topic.UNASSIGNED


def test_conflicting_posts_get_the_likelier_of_their_topics():
    texts = [*four_topics(), "kyiv and gaza: hostage ceasefire tunnels"]
    notes = notes_of(texts)
    assert assign_topics(train_topics(notes), notes)[-1] == Topic.GAZA_CONFLICT


def test_a_seed_label_falls_only_when_the_classifier_is_sure():
    probable = np.array([[0.97, 0.03, 0, 0, 0, 0], [0.995, 0.005, 0, 0, 0, 0]])
    for seeds, expected in (
        (topics._Seeds(np.array([1, 1], dtype=np.int8), {}), [1, 0]),
        (topics._Seeds(np.zeros(2, dtype=np.int8), {0: (1, 2), 1: (1, 2)}), [1, 0]),
        (topics._Seeds(np.zeros(2, dtype=np.int8), {0: (4, 5)}), [0, 0]),
    ):
        assert topics._settle(probable, seeds).tolist() == expected


def test_a_classifier_that_misses_the_seed_terms_is_refused():
    notes = notes_of(four_topics())
    trained = train_topics(notes)
    blind = replace(
        trained, weight=np.zeros_like(trained.weight), intercept=np.array([1.0, 0, 0, 0])
    )
    with pytest.raises(TopicsUnclear, match=r"balanced accuracy 0\.250"):
        assign_topics(blind, notes)


def test_no_notes():
    none = notes_of([])
    model = train_topics(none)
    assert model.words == ()
    assert assign_topics(model, none).tolist() == []


def test_texts_without_words_or_topics():
    notes = notes_of(["", "a b", "!?"])
    assert assign_topics(train_topics(notes), notes).tolist() == [0, 0, 0]


def test_one_topic_only():
    texts = [t for t in four_topics() if "kyiv" in t or "weather" in t]
    notes = notes_of(texts)
    model = train_topics(notes)
    assert model.classes.tolist() == [0, 1]
    assert assign_topics(model, notes).tolist() == [1] * 30 + [0] * 30


def test_words_must_not_be_rare_where_there_are_many_posts(monkeypatch):
    monkeypatch.setattr(topics, "SMALL", 100)
    monkeypatch.setattr(topics, "MOST_POSTS", 50)
    model = train_topics(notes_of([*four_topics(), "hapax"]))
    assert "hapax" not in model.words
    assert "drones" in model.words


def test_cutting_posts_into_chunks_changes_nothing(monkeypatch):
    notes = notes_of(four_topics())
    whole = train_topics(notes)
    monkeypatch.setattr(topics, "POSTS_AT_ONCE", 7)
    cut = train_topics(notes)
    assert cut.words == whole.words
    np.testing.assert_allclose(cut.weight, whole.weight, atol=1e-6)
    assert assign_topics(cut, notes).tolist() == assign_topics(whole, notes).tolist()


def test_a_long_text_and_other_scripts():
    long = "слово 言葉 كلمة " * 8_000
    notes = notes_of([*four_topics(), long, "ЗСУ под Киевом", "आरक्षण पर बहस"])
    topic = assign_topics(train_topics(notes), notes)
    assert topic[120] == Topic.UNASSIGNED
    assert seed_topics(clean_text("आरक्षण पर बहस")) == (5,)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("(https://ex.org/a_bc/defg)", "(https defg)"),
        ("https://help.x.com/en/rules", "https:  help.x.com en rules"),
        ("https://x.com/tos?lang=sc", "https:  x.com tos?lang=sc"),
        ("and/or snake_case", "and or snake case"),
        ("HTTPS://EX.ORG", "HTTPS:  EX.ORG"),
    ],
)
def test_cleaning(text, clean):
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pre-ukrainian", ()),
        ("the Ukrainians", (1,)),
        ("(israel", ()),
        ("israel and hamas", (2,)),
        ("messi messiah", (3,)),
        ("messiah", ()),
        ("SC, ST", (5,)),
        ("helpx.com", ()),
        ("visit:help.x.com", (4,)),
        ("spam from PUTıN", (1, 4)),
        ("undisclosed ad, drop ship", (4,)),
        ("drop a line", ()),
    ],
)
def test_seed_terms(text, found):
    assert seed_topics(text) == found


TERMS = [
    re.sub(r"\\b|\[.*?\]\+?", " ", t).replace(r"\s", " ").replace("\\", "")
    for t in (term for terms in SEED_TERMS.values() for term in terms)
]


@given(st.lists(st.one_of(st.sampled_from(TERMS), st.text(max_size=6)), max_size=6))
def test_plain_search_misses_no_seed_term(pieces):
    text = " ".join(pieces)
    guarded = {
        topic: "|".join(t if r"\." in t or t.startswith(r"\b") else rf"(?:\s|^){t}" for t in terms)
        for topic, terms in SEED_TERMS.items()
    }
    expected = tuple(
        sorted(t.value for t, p in guarded.items() if re.search(p, text.lower(), re.IGNORECASE))
    )
    assert seed_topics(text) == expected


@given(st.text())
def test_words_are_lower_case_and_long_enough(text):
    words = words_of(text)
    assert all(len(word) >= 2 for word in words)
    assert words_of(" ".join(words)) == words


def test_addresses_that_are_seed_terms_are_no_words():
    assert words_of("see https://help.x.com and x.com now") == ["see", "and", "com", "now"]
    assert is_blocked("x.com/tos")
    assert not is_blocked("welcome")


def test_notes_of_unknown_posts_share_one():
    posts = posts_of(notes_of(["a", "b", "c"], posts=[NO_POST, 7, NO_POST]))
    assert posts.post.tolist() == [NO_POST, 7]
    assert posts.note.tolist() == [0, 2, 1]


def test_the_model_is_plain():
    model = train_topics(notes_of(four_topics()))
    assert TopicModel(**{f: getattr(model, f) for f in TopicModel.__slots__}) is not None
    assert {type(getattr(model, f)) for f in TopicModel.__slots__} == {tuple, np.ndarray}
