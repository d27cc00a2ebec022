import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.language_models.json_shape import Unfit, check_schema, find_json, fit

DRAFT = {
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "minLength": 1},
                    "cites": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["text", "cites"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["sentences"],
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.text(max_size=5), JSON, max_size=3)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([], r"\$ must be of type object"),
        ({}, "lacks 'sentences'"),
        ({"sentences": "x"}, r"\$.sentences must be of type array"),
        ({"sentences": [{"text": "a"}]}, r"\$.sentences\[0\] lacks 'cites'"),
        ({"sentences": [{"text": "", "cites": []}]}, r"text has the wrong size"),
        ({"sentences": [{"text": "a", "cites": [1]}]}, r"cites\[0\] must be of type string"),
        ({"sentences": [{"text": "a", "cites": [], "b": 1}]}, "has 'b'"),
        ({"sentences": [{"text": "a", "cites": []}] * 4}, "wrong size"),
    ],
)
def test_the_first_place_that_does_not_fit_is_named(value, where):
    with pytest.raises(Unfit, match=where):
        fit(value, DRAFT)


def test_what_fits_passes():
    check_schema(DRAFT)
    fit({"sentences": [{"text": "a", "cites": ["post-1"]}], "more": 1}, DRAFT)


@pytest.mark.parametrize(
    ("value", "schema", "fits"),
    [
        (True, {"type": "integer"}, False),
        (True, {"type": "number"}, False),
        (True, {"const": 1}, False),
        (1.0, {"type": "integer"}, True),
        (None, {"type": ["string", "null"]}, True),
        (3, {"minimum": 1, "maximum": 2}, False),
        ("b", {"enum": ["a", "b"]}, True),
        ("c", {"enum": ["a", "b"]}, False),
        ("c", {"anyOf": [{"type": "null"}, {"const": "c"}]}, True),
        (2, {"anyOf": [{"type": "null"}, {"const": "c"}]}, False),
        ({"a": 1}, {"additionalProperties": {"type": "string"}}, False),
    ],
)
def test_each_keyword_decides(value, schema, fits):
    check_schema(schema)
    try:
        fit(value, schema)
    except Unfit:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    "schema", [{"pattern": "a"}, {"items": {"$ref": "#"}}, {"anyOf": [{"not": {}}]}]
)
def test_a_schema_that_could_not_be_checked_whole_is_refused(schema):
    with pytest.raises(BadInput, match="schema"):
        check_schema(schema)


FRAMES = [
    ("", ""),
    ("  \n", "\n"),
    ("```json\n", "\n```"),
    ("Sure!\n```\n", "\n```\nDone."),
    ("<think>a {b} or {c}?</think> ", ""),
    ("Here: ", " - that is all."),
]


@given(OBJECT, st.sampled_from(FRAMES))
def test_json_is_found_in_what_is_said_around_it(value, frame):
    written = json.dumps(value, indent=1)
    if "```" not in written:
        assert find_json(frame[0] + written + frame[1]) == value


def test_thoughts_are_no_answer():
    assert find_json('<think>maybe {"a": 1}?</think>\n{"a": 2}') == {"a": 2}


def test_the_last_fenced_block_counts():
    assert find_json('```json\n{"a": 1}\n```\nor better\n```json\n{"a": 2}\n```') == {"a": 2}


@pytest.mark.parametrize(
    "said", ["", "no", "{", "{'a': 1}", '{"a": NaN}', "[" * 100_000, "{" * 100_000]
)
def test_what_holds_no_json_is_unfit(said):
    with pytest.raises(Unfit):
        find_json(said)


@given(JSON)
def test_any_value_fits_or_is_unfit(value):
    try:
        fit(value, DRAFT)
    except Unfit:
        return
    assert isinstance(value, dict)
    assert "sentences" in value
