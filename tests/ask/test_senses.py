"""Meanings of an ambiguous word, and keeping to the one that is meant."""

from stoa.ask.senses import in_sense, senses_of
from stoa.ask.understand import understand
from stoa.ask_records import (
    Answer,
    Claim,
    Correction,
    EvidenceSet,
    Mode,
    Question,
    Source,
    SourceKind,
    Span,
    Tier,
    Turn,
    Verdict,
)


def post(name, text, kind=SourceKind.POST):
    return Source(name, kind, text, Tier.OPINION)


TABLET = post("tablet", "Soma is a muscle relaxant. A tablet of soma works for six hours.")
PHARMACY = post("pharmacy", "The pharmacy sells soma tablets against cramps of a muscle.")
NOVEL = post("novel", "Soma is a happiness drug in the novel Brave New World, taken by everybody.")
READER = post("reader", "In the novel, citizens of the World State swallow soma on every holiday.")
WEATHER = post("weather", "Rain over the bay again, the ferries are late.")
ALL = (TABLET, NOVEL, PHARMACY, READER, WEATHER)
ASKED = Question("What is soma?")


def evidence(*sources):
    return EvidenceSet(tuple(sources), tuple(1.0 for _ in sources))


def quoted(source):
    span = Span.of(source, 0, len(source.text.encode()))
    return Claim(source.text, (span,), Verdict.QUOTED)


def turn(text, *sources):
    claims = tuple(quoted(each) for each in sources)
    return Turn(text, Answer(text, Mode.REGULAR, "", claims, sources, 0.9, False))


def test_two_senses_that_tie_are_both_offered_with_their_own_sources():
    senses = senses_of(understand(ASKED), evidence(*ALL))
    assert {frozenset(sense.sources) for sense in senses} == {
        frozenset({"tablet", "pharmacy"}),
        frozenset({"novel", "reader"}),
    }


def test_a_label_holds_words_of_its_own_sense_only():
    first, second = senses_of(understand(ASKED), evidence(*ALL))
    assert not {*first.label.casefold().split(", ")} & {*second.label.casefold().split(", ")}


def test_a_question_that_tells_its_sense_is_not_asked_back():
    asked = understand(Question("How long does a tablet of soma work?"))
    assert senses_of(asked, evidence(*ALL)) == ()


def test_sources_that_differ_about_one_thing_are_no_two_senses():
    one = post("one", "The choir Orion was founded in 1988 by two teachers.")
    other = post("other", "Orion, the choir of the lower town, was founded in 1991.")
    assert senses_of(understand(Question("When was Orion founded?")), evidence(one, other)) == ()


def test_a_verb_has_no_senses():
    one = post("one", "The council raised the prices by a tenth.")
    other = post("other", "The operator raised the prices by a fifth.")
    assert senses_of(understand(Question("Who raised the prices?")), evidence(one, other)) == ()


def test_one_source_has_one_sense():
    assert senses_of(understand(ASKED), evidence(TABLET, WEATHER)) == ()


def test_after_a_correction_the_other_sense_is_gone_and_its_claims_are_withdrawn():
    thread = (turn("What is soma?", TABLET),)
    understood = understand(Question("No, I mean Soma from Brave New World.", thread=thread))
    found = in_sense(understood, evidence(*ALL), thread)
    assert {each.id for each in found.evidence.sources} == {"novel", "reader", "weather"}
    assert found.withdrawn == (quoted(TABLET),)
    assert found.correction.prefer == ("Soma from Brave New World",)


def test_what_is_not_meant_is_excluded_even_without_what_is():
    thread = (turn("What is soma?", TABLET),)
    understood = understand(Question("I didn't mean the muscle relaxant", thread=thread))
    found = in_sense(understood, evidence(*ALL), thread)
    assert {"novel", "reader"} <= {each.id for each in found.evidence.sources}
    assert "tablet" not in {each.id for each in found.evidence.sources}


def test_a_sense_that_no_source_knows_leaves_no_source_of_another():
    thread = (turn("What is soma?", TABLET),)
    understood = understand(Question("No, I mean the racehorse.", thread=thread))
    found = in_sense(understood, evidence(*ALL), thread)
    assert {each.id for each in found.evidence.sources} == {"weather"}


def test_the_sense_is_kept_for_the_thread_and_left_alone_by_other_questions():
    known = Correction(("the novel",), ())
    thread = (turn("What is soma?", NOVEL),)
    later = understand(Question("Who takes soma?", thread=thread, correction=known))
    ids = {each.id for each in in_sense(later, evidence(*ALL), thread).evidence.sources}
    assert ids == {"novel", "reader", "weather"}
    other = understand(Question("Why are the ferries late?", thread=thread, correction=known))
    assert in_sense(other, evidence(*ALL), thread).evidence == evidence(*ALL)


def test_notes_go_with_the_post_they_are_on():
    note = Source("note:1", SourceKind.NOTE, "Soma was withdrawn.", Tier.REPORT, about="tablet")
    thread = (turn("What is soma?", TABLET),)
    understood = understand(Question("No, I mean the novel", thread=thread))
    found = in_sense(understood, evidence(*ALL, note), thread)
    assert "note:1" not in {each.id for each in found.evidence.sources}


def test_of_two_years_of_one_thing_the_one_meant_stays():
    """Two regattas of one town share most words, so only the year tells them apart."""
    old = post("old", "The Kell regatta of 2018 was won by Sunniva Rask.")
    new = post("new", "The Kell regatta of 2019 was won by Tomas Feld.")
    thread = (turn("Who won the Kell regatta?", old, new),)
    understood = understand(Question("I meant the 2019 one.", thread=thread))
    found = in_sense(understood, evidence(old, new), thread)
    assert found.meant == ("new",)
    assert [claim.text for claim in found.withdrawn] == [old.text]


def test_the_other_one_is_kept_by_name_for_the_thread():
    thread = (turn("What is soma?", TABLET),)
    understood = understand(Question("No, the other one.", thread=thread))
    found = in_sense(understood, evidence(*ALL), thread)
    assert set(found.meant) == {"novel", "reader"}
    assert "drug" in found.correction.prefer[0]
