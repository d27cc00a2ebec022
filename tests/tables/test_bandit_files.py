"""An Open Bandit folder is read whole, or refused with the place and the mend."""

import re

import numpy as np
import pytest
from tests.tables.bandit_folder import write_bandit

from stoa.errors import BadTable
from stoa.tables.bandit_files import read_bandit


@pytest.mark.parametrize("packed", [False, True])
def test_every_impression_is_there(tmp_path, packed):
    (campaign,) = read_bandit(write_bandit(tmp_path, packed=packed))
    assert campaign.name == "toys"
    assert list(campaign.policies) == ["bts", "random"]
    assert campaign.items.id.tolist() == [0, 3, 4, 9]
    assert campaign.items.numbers["item_feature_0"].tolist() == [-0.5, 0.25, 1.5, 2.0]
    assert "item_feature_1" not in campaign.items.numbers
    assert campaign.items.features["item_feature_1"].tolist() == ["aa", "bb", "aa", "<b>"]
    assert campaign.n_positions == 2
    log = campaign.policies["random"]
    assert len(log) == 40
    assert log.position.tolist()[:4] == [0, 1, 0, 1]
    assert log.propensity == pytest.approx(np.full(40, 0.25))
    assert log.user["user_feature_0"].tolist()[:4] == ["u0", "u1", "u2", "u0"]
    assert log.affinity[0].tolist() == [0.0, 1.5, 0.0, 0.0]
    assert set(log.click.tolist()) <= {0.0, 1.0}


REFUSED = [
    ("random_toys", ",0.250000000000,", ",0,", "line 2, column propensity_score is '0'"),
    ("random_toys", ",0.250000000000,", ",,", "line 2, column propensity_score is ''"),
    ("random_toys", ",0.250000000000,", ",nan,", "line 2, column propensity_score is 'nan'"),
    ("random_toys", ",0.250000000000,", ",1.01,", "line 2, column propensity_score is '1.01'"),
    ("random_toys", ",0.250000000000,", ",-0.2,", "line 2, column propensity_score is '-0.2'"),
    ("random_toys", "affinity_9", "affinity_8", "column user-item_affinity_8"),
    ("random_toys", "v0,0.0,1.5", "v0,0.0,high", "line 2, column user-item_affinity_3 is 'high'"),
    ("random_toys", "propensity_score", "score", "column propensity_score is 'missing'"),
    ("random_toys", "v0,0.0,1.5", "v0,1.5", "line 2 is '11 cells'"),
    ("toys_item_context", "1,3,", "1,0,", "toys_item_context.csv, line 3, column item_id is '0'"),
    ("toys_item_context", "1,3,", "1,x,", "line 3, column item_id is 'x'"),
    ("toys_item_context", "2,4,", "2,5,", "column user-item_affinity_4"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), REFUSED)
def test_what_does_not_read_is_told_by_place(tmp_path, name, old, new, told):
    path = write_bandit(tmp_path) / f"{name}.csv"
    lines = path.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if old in line)
    lines[at] = lines[at].replace(old, new, 1)
    if at > 1 and name == "random_toys":  # the first row that holds it becomes the first of all
        lines = [lines[0], lines[at]]
    path.write_text("".join(lines))
    with pytest.raises(BadTable, match=re.escape(told)):
        read_bandit(tmp_path)


@pytest.mark.parametrize(
    ("column", "value"), [("click", "2"), ("position", "0"), ("position", "9999"), ("item_id", "7")]
)
def test_cells_hold_what_their_column_says(tmp_path, column, value):
    path = write_bandit(tmp_path) / "bts_toys.csv"
    head, first, *rest = path.read_text().splitlines()
    cells = first.split(",")
    cells[head.split(",").index(column)] = value
    path.write_text("\n".join([head, ",".join(cells), *rest]) + "\n")
    with pytest.raises(BadTable, match=f"bts_toys.csv, line 2, column {column} is '{value}'"):
        read_bandit(tmp_path)


@pytest.mark.parametrize("missing", ["random_toys.csv", "toys_item_context.csv"])
def test_a_folder_without_two_policies_and_items_is_told(tmp_path, missing):
    (write_bandit(tmp_path) / missing).unlink()
    with pytest.raises(BadTable, match=r"CAMPAIGN_item_context\.csv"):
        read_bandit(tmp_path)
    with pytest.raises(BadTable, match="folder of an Open Bandit"):
        read_bandit(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["random_toys", "toys_item_context"])
def test_a_file_of_no_rows_is_told(tmp_path, name):
    path = write_bandit(tmp_path) / f"{name}.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    with pytest.raises(BadTable, match=f"{name}.csv is 'no "):
        read_bandit(tmp_path)


def test_what_is_no_packed_text_is_told(tmp_path):
    (write_bandit(tmp_path) / "bts_toys.csv").write_bytes(b"\x1f\x8bnot gzip at all")
    with pytest.raises(BadTable, match=r"bts_toys\.csv"):
        read_bandit(tmp_path)
