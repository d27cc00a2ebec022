"""Sentences that answer a question in its words or in others, and those that only seem to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask_records import Source, SourceKind, Span, Tier
from stoa.grounding.coverage import Heard, Level, level_of, share_said
from stoa.grounding.sentences import sentences

QUAY = (
    "Harbour office",
    "The quay at Sallow was widened in 1998. It takes nine trawlers at a time. The crane, bought "
    "in Dorn, lifts 30 tonnes. Mooring is 11 crowns a night. Harbour master: Lise Okafor.",
)
BAND = (
    "The Moor Gazette",
    "The brass band of Ulder won the northern prize on Saturday. Its conductor, Milo Granger, is "
    "nineteen. The band has 34 players. They practise in the old dairy on Tuesdays.",
)
VIADUCT = (
    "Rail inspectorate",
    "The viaduct at Corm has eleven arches. It was completed in 1867; the contractor was Enoch "
    "Spall. Trains must slow to 40 kilometres an hour. The last inspection was in 2022.",
)
FEUERWEHR = (
    "Gemeindeblatt",
    "Die Feuerwehr in Ahlen bekommt ein neues Fahrzeug. Es kostet 310.000 Euro. Wehrführer Holger "
    "Blank freut sich.",
)
ALCOR = (
    "Registro",
    "La cooperativa de Alcor agrupa a 52 pastores. Se fundó en 1987 por iniciativa de Amparo Ríos.",
)
MORVAIX = (
    "Archives",
    "L'école de Morvaix accueille 63 élèves. Le bâtiment fut l'œuvre de l'architecte Paul Lescure.",
)
RESERVOIR = (
    "Water board",
    "The reservoir above Tarn Moss holds 4.6 million litres. It was last drained in 2009, when "
    "divers found a Roman coin. The dam wall is 18 metres high. Joan Pike reads the gauge twice a "
    "day.",
)
GLIDER = (
    "Incident 31",
    "The glider landed near Hob Wood after its rope parted at 300 metres. The rope had been in use "
    "for six seasons. Damage to the barley was put at 120 crowns.",
)
KERLO = ("Annuaire", "Le phare de Kerlo s'allume depuis 1877. La visite coûte 3 euros.")
LIPKI = ("Сводка", "Пожар на складе в Липках начался в четверг. Сгорело 300 тонн зерна.")
CHA = ("名录", "云渡茶厂建于1962年，由陈广生创办。每年出产红茶40吨。")


def source_of(told):
    title, text = told
    return Source("d", SourceKind.DOCUMENT, text, Tier.RECORD, title=title)


def answering(question, told):
    """The level and the sentence that answers best; None where none does."""
    source = source_of(told)
    found = []
    for start, end in sentences(source.text):
        span = Span.of(source, start, end)
        level = level_of(question, Heard.of(span, source))
        if level is not None:
            found.append((level, span.text))
    return min(found, default=None)


@pytest.mark.parametrize(
    ("question", "told", "value"),
    [
        ("What does a night's mooring at Sallow cost?", QUAY, "11"),
        ("How much can the crane at Sallow lift?", QUAY, "30"),
        ("Who is the harbour master of Sallow?", QUAY, "Okafor"),
        ("Who conducts the Ulder brass band?", BAND, "Granger"),
        ("How many musicians does the Ulder brass band have?", BAND, "34"),
        ("How old is the conductor of the Ulder band?", BAND, "nineteen"),
        ("Where does the band of Ulder practise?", BAND, "dairy"),
        ("When was the viaduct at Corm finished?", VIADUCT, "1867"),
        ("When was the viaduct at Corm last inspected?", VIADUCT, "2022"),
        ("How fast may trains go on the Corm viaduct?", VIADUCT, "40"),
        ("When was the Tarn Moss reservoir last emptied?", RESERVOIR, "2009"),
        ("How often is the gauge at Tarn Moss read?", RESERVOIR, "twice"),
        ("How high was the damage to the barley?", GLIDER, "120"),
        ("Combien coûte la visite du phare de Kerlo ?", KERLO, "3 euros"),
        ("Was kostet das neue Fahrzeug der Feuerwehr in Ahlen?", FEUERWEHR, "310.000"),
        ("Wer ist Wehrführer in Ahlen?", FEUERWEHR, "Blank"),
        ("¿Cuándo se creó la cooperativa de Alcor?", ALCOR, "1987"),
        ("Combien d'élèves compte l'école de Morvaix ?", MORVAIX, "63"),
        ("Qui fut l'architecte de l'école de Morvaix ?", MORVAIX, "Lescure"),
        ("Сколько тонн зерна сгорело в Липках?", LIPKI, "300"),
        ("云渡茶厂是谁创办的？", CHA, "陈广生"),
        ("云渡茶厂是哪一年建立的？", CHA, "1962"),
    ],
)
def test_an_answer_in_other_words_is_seen(question, told, value):
    found = answering(question, told)
    assert found is not None
    assert value in found[1]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("When was the quay at Sallow built?", QUAY),
        ("What did the crane at Sallow cost?", QUAY),
        ("How much does the crane at Sallow weigh?", QUAY),
        ("How long is the quay at Sallow?", QUAY),
        ("How high is the crane at Sallow?", QUAY),
        ("Who was the first harbour master of Sallow?", QUAY),
        ("Who founded the brass band of Ulder?", BAND),
        ("How many people heard the Ulder band?", BAND),
        ("How much does a cornet of the Ulder band cost?", BAND),
        ("How high is the viaduct at Corm?", VIADUCT),
        ("Who inspected the viaduct at Corm?", VIADUCT),
        ("What did the viaduct at Corm cost?", VIADUCT),
        ("How long is the dam at Tarn Moss?", RESERVOIR),
        ("How large is the reservoir at Tarn Moss?", RESERVOIR),
        ("Who found the coin in the reservoir at Tarn Moss?", RESERVOIR),
        ("What did the glider cost?", GLIDER),
        ("How long is the rope of the glider?", GLIDER),
        ("How long did the glider fly?", GLIDER),
        ("Combien a coûté le phare de Kerlo ?", KERLO),
        ("Wie schnell fährt das neue Fahrzeug der Feuerwehr in Ahlen?", FEUERWEHR),
        ("Wie hoch ist das Gerätehaus in Ahlen?", FEUERWEHR),
        ("¿Quién preside la cooperativa de Alcor?", ALCOR),
        ("¿Cuándo cerró la cooperativa de Alcor?", ALCOR),
        ("Qui a peint l'école de Morvaix ?", MORVAIX),
        ("Кто поджёг склад в Липках?", LIPKI),
        ("Сколько человек погибло при пожаре в Липках?", LIPKI),
        ("云渡茶厂的占地面积是多少？", CHA),
    ],
)
def test_what_the_text_does_not_say_is_not_seen_in_it(question, told):
    assert answering(question, told) is None


def test_nearer_words_are_a_nearer_level():
    deed = ("Deed", "The mill of Hay was built in 1804.")
    sheet = ("Deed", "The mill of Hay stands by the weir. Erected in 1804.")
    assert answering("When was the mill of Hay built?", deed)[0] is Level.SAID
    assert answering("When was the mill of Hay built?", sheet)[0] > Level.SAID


def test_what_she_pays_is_not_what_the_thing_before_cost():
    told = ("Court", "Ada Finch must remove her gate. She pays costs of 90 crowns.")
    assert answering("What did the gate of Ada Finch cost?", told) is None


def test_where_asks_for_a_place_and_not_for_any_word():
    mint = ("Sights", "The Mint is a café with green chairs. The Mint is beside the canal.")
    assert "canal" in answering("Where is the Mint?", mint)[1]


def test_a_matter_that_is_not_said_leaves_nothing_of_a_question():
    heard = Heard("The mill was sold in 1804.", "The mill was sold in 1804.", "", "")
    assert share_said("When was the mill built?", heard) == 0.0
    assert share_said("When was the mill sold?", heard) == 1.0


@given(st.text(max_size=60), st.text(min_size=1, max_size=80))
def test_any_text_can_be_looked_at(question, text):
    source = source_of(("", text))
    for start, end in sentences(text):
        heard = Heard.of(Span.of(source, start, end), source)
        level_of(question, heard)
        assert 0 <= share_said(question, heard) <= 1
