"""`stoa ask` in this process: what it prints of an answer, and of lines that do not hold."""

import io
import json

import pytest

from stoa.app.ask_room import ask_documents
from stoa.ask_records import Question, Source, SourceKind, Tier, Verdict
from stoa.cli.ask_many import answer_file, answers
from stoa.cli.ask_printing import SHAPES, TIERS, print_answer, visible
from stoa.errors import EncoderUnavailable, Unknown
from stoa.settings import Settings

WEIR = Source(
    "document:weir.txt#1",
    SourceKind.DOCUMENT,
    "The court ruled that the weir of Hallow must be removed by 1931.",
    Tier.RECORD,
    title="The \x1b[31mweir\u202e case",
    at_us=1_000_000,
)
QUESTION = "When must the weir of Hallow be removed?"


@pytest.fixture(scope="module")
def service():
    return ask_documents([WEIR], Settings())


async def printed(service, question):
    out = io.StringIO()
    print_answer(await service.answer(Question(question)), out)
    return out.getvalue()


async def test_an_answer_stands_before_what_it_rests_on(service):
    lines = (await printed(service, QUESTION)).splitlines()
    assert lines[0] == f"“{WEIR.text}” [1]"
    assert f"❝ quoted     [1] {WEIR.text}" in lines
    assert "[1] The ‹1B›[31mweir‹202E› case · record · 1970-01-01" in lines
    assert lines[lines.index("[1] The ‹1B›[31mweir‹202E› case · record · 1970-01-01") + 1].endswith(
        WEIR.id
    )
    assert "confidence" in lines[-1] or "→" in lines[-1]


async def test_what_cannot_be_answered_says_so(service):
    text = await printed(service, "What is the price of saffron in Lisbon?")
    assert "no answer 0%" in text
    assert "❝" not in text


def test_every_verdict_and_tier_has_a_word_and_verdicts_a_shape_of_their_own():
    assert set(SHAPES) == set(Verdict)
    assert len({shape for shape, _, _ in SHAPES.values()}) == len(Verdict)
    assert set(TIERS) == set(Tier)


def test_what_would_command_a_terminal_is_spelt_out():
    assert visible("a\x1b]0;x\x07b\u2066c") == "a‹1B›]0;x‹07›b‹2066›c"
    assert visible("two\nlines\tand a tab") == "two\nlines\tand a tab"


async def test_each_line_gets_one_line_and_bad_ones_name_line_and_field(service):
    lines = [
        json.dumps({"question": QUESTION}),
        "",
        "[1]",
        '{"question": 7}',
        '{"question": "' + "x" * 4_001 + '"}',
        "{" * 100_000,
        '{"question": "a lone \\ud800 surrogate of the weir"}',
    ]
    told = [each async for each in answers(service, lines, Question(""))]
    assert [each.get("error", {}).get("line") for each in told] == [None, 3, 4, 5, 6, None]
    fields = [each["error"]["field"] for each in told if "error" in each]
    assert fields == ["line", "question", "question", "line"]
    assert all(each["abstained"] and each["claims"] == [] for each in told if "error" in each)
    assert told[0]["claims"][0] == {
        "text": WEIR.text,
        "verdict": "quoted",
        "quote": WEIR.text,
        "source": WEIR.id,
    }
    json.dumps(told).encode()


def test_a_file_that_is_not_there_is_told(service, tmp_path):
    with pytest.raises(Unknown, match="nowhere"):
        answer_file(service, tmp_path / "nowhere.jsonl", Question(""))


def test_the_exit_status_tells_whether_every_line_held(service, tmp_path, capsys):
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(json.dumps({"question": QUESTION}) + "\n")
    bad.write_bytes(b"\xff\xfe no\n")
    assert answer_file(service, good, Question("")) == 0
    assert answer_file(service, bad, Question("")) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_scorer_that_cannot_be_loaded_is_told():
    with pytest.raises(EncoderUnavailable, match="nowhere"):
        ask_documents([WEIR], Settings(ask_scorer="/nowhere/at/all"))
