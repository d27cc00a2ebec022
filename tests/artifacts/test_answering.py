import json

import pytest

from stoa.artifacts.answering import SHIPPED_ANSWERING, answering_bytes, read_answering
from stoa.ask_records import AnsweringWeights
from stoa.errors import BadModel

WEIGHTS = AnsweringWeights({"sentence": ("said",)}, {"caution": (1.0, 0.5)})


def test_weights_come_back_as_they_were_kept(tmp_path):
    path = tmp_path / "answering.json"
    path.write_bytes(answering_bytes(WEIGHTS))
    assert read_answering(path) == WEIGHTS


def test_the_shipped_file_is_what_its_weights_give():
    assert answering_bytes(read_answering()) == SHIPPED_ANSWERING.read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: body["arrays"].update(caution=[0.0, 0.5]),
        lambda body: body.pop("sha256"),
        lambda body: body.update(format=99),
        lambda body: body.clear(),
    ],
)
def test_damage_is_noticed(tmp_path, damage):
    body = json.loads(answering_bytes(WEIGHTS))
    damage(body)
    path = tmp_path / "answering.json"
    path.write_text(json.dumps(body))
    with pytest.raises(BadModel):
        read_answering(path)


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00"])
def test_what_is_no_such_file_is_refused(tmp_path, text):
    path = tmp_path / "answering.json"
    path.write_text(text)
    with pytest.raises(BadModel):
        read_answering(path)
    with pytest.raises(BadModel):
        read_answering(tmp_path / "none.json")


def test_what_is_no_number_is_not_kept():
    with pytest.raises(BadModel):
        answering_bytes(AnsweringWeights({}, {"caution": (float("nan"),)}))
