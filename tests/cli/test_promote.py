"""`stoa promote` takes campaigns in and tells what they came to; its JSON keys are a contract."""

import json

import pytest

from stoa.cli import main
from stoa.records import SECOND_US, Batch, PostContent, PutPost
from stoa.store import SqliteStore

START_US = 1_790_000_000 * SECOND_US
CAMPAIGN = {"id", "post", "by", "budget", "starts_us", "ends_us", "gap", "per_day"}
FIGURES = {
    "n_shown", "value_s", "displaced_s", "looked_ms", "n_glad", "n_no_opinion", "n_regret", "net_s",
}  # fmt: skip


@pytest.fixture
def data(tmp_path):
    store = SqliteStore(tmp_path / "square.db")
    put = PutPost("shop:1", "shop", START_US << 10, START_US, PostContent(text="tea"))
    store.commit(Batch((put,), source="a file", cursor=START_US + 60 * SECOND_US))
    store.close()
    return tmp_path


@pytest.fixture
def stoa(data, capsys, monkeypatch):
    """Runs `stoa promote ...`; the exit status, what it printed, and what it said."""

    def run(*arguments):
        given = ["stoa", "promote", *map(str, arguments), "--data", str(data)]
        monkeypatch.setattr("sys.argv", given)
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = ended.code or 0
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def test_a_campaign_is_taken_in_listed_and_stopped(stoa):
    status, out, _ = stoa("add", "shop:1", "--by", "Tea", "--seconds", 1.5, "--id", "tea", "--json")
    made = json.loads(out)
    assert status == 0
    assert set(made) == CAMPAIGN
    assert (made["post"], made["by"], made["starts_us"]) == ("shop:1", "Tea", START_US)
    assert made["budget"] == {"unit": "seconds", "amount": 1.5}
    listed = json.loads(stoa("list", "--json")[1])
    (row,) = listed["campaigns"]
    assert set(row) == CAMPAIGN | FIGURES | {"state", "because", "spent", "held"}
    assert set(listed["all"]) == FIGURES
    assert row["state"] == "running"
    told = stoa("list")[1]
    assert "tea  running  shop:1  by Tea" in told
    assert "seen 0 times: worth 0.0 s" in told
    assert stoa("stop", "tea")[0] == 0
    assert "tea  stopped (stopped by the operator)" in stoa("list")[1]


def test_nothing_promoted_is_said(stoa):
    assert "nothing is promoted" in stoa("list")[1]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "budget is None: give either --impressions or --seconds"),
        (("--impressions", 5, "--seconds", 5), "give either"),
        (("--impressions", -5), "--impressions is -5: give at least 1"),
        (("--seconds", 0), "--seconds is 0.0: give seconds above 0"),
        (("--seconds", "nan"), "--seconds is nan"),
        (("--impressions", 5, "--starts", "soon"), "--starts is 'soon': give ISO 8601"),
        (("--impressions", 5, "--ends", "2026-01-01"), "ends is 1767225600000000: give a time"),
        (("--impressions", 5, "--starts", "2026-12-01", "--ends", "2026-11-30"), "ends is"),
        (("--impressions", 5, "--gap", 0), "gap is 0: give a whole number from 1 to 1000"),
        (("--impressions", 5, "--by", ""), "advertiser is ''"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(stoa, more, said):
    by = () if "--by" in more else ("--by", "Tea")
    status, out, err = stoa("add", "shop:1", *by, *more)
    assert (status, out) == (1, "")
    assert said in err
    assert json.loads(stoa("list", "--json")[1])["campaigns"] == []


def test_a_folder_without_a_square_is_said(stoa, data):
    (data / "square.db").unlink()
    status, _, err = stoa("list")
    assert status == 1
    assert "run `stoa up`" in err
