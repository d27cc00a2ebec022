"""One page of everything measured, whatever the files hold."""

import copy
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evaluation.study_outputs import CALIBRATION, EVERY, OFF_POLICY, POLICIES, SEQUENCES

from stoa.evaluation.calibration_figures import calibration_figures
from stoa.evaluation.report import make_report, report_html, report_json
from stoa.measure import CalibrationConfig, calibration_table

ALL = tuple(EVERY.items())


class Balanced(HTMLParser):
    """Collects tags and text, and finds a tag that is closed by another's end."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in ("meta", "br", "rect", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data


def page_of(*files):
    made = make_report(files)
    page = report_html(made)
    told = json.loads(report_json(made), parse_constant=lambda word: pytest.fail(word))
    return page, Balanced(page), told


def test_every_study_has_its_section_beside_its_baseline():
    page, read, told = page_of(*ALL)
    assert [one["study"] for one in told["sections"]] == [
        "policies", "calibration", "regret", "sequences", "vectors", "offpolicy",
    ]  # fmt: skip
    assert told["not_run"] == told["not_understood"] == []
    lines = {one["headlines"][0]["words"]: one["headlines"][0] for one in told["sections"]}
    best = lines["Unregretted seconds a viewer-day, bait people"]
    assert (best["value"], best["baseline"], best["reading"]) == (
        "388 [387, 389]", "popular: 320 [319, 321]", "above",
    )  # fmt: skip
    assert lines["NDCG@10"]["baseline"] == "popularity: 0.00610"
    assert lines["Truths inside the 95 % intervals"]["value"] == "1 of 2"
    assert lines["Truths inside the 95 % intervals"]["baseline"] == "uncorrected mean: 0 of 1"
    assert lines["Head and group pairs whose slope interval holds 1"]["value"] == "1 of 2"
    assert lines["Recall@200, all_positions"]["baseline"].startswith("mean: 0.200")
    for words in ("random order", "a coin", "last day active", "2,869", "new viewers", "5+"):
        assert words in read.text, words
    assert read.tags.count("svg") > 20
    assert "Missing" not in read.text
    assert page.count("prefers-color-scheme: dark") == 1


def test_the_page_stands_alone():
    page, read, _ = page_of(*ALL)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(read.tags)
    assert not re.findall(r"https?:|//|@import|url\(", page.replace("http-equiv", ""))
    assert "default-src 'none'" in page
    for drawing in re.findall(r"<svg.*?</svg>", page):
        ET.fromstring(drawing)


def test_what_was_not_run_is_told():
    _, read, told = page_of(("offpolicy.json", OFF_POLICY))
    assert "stoa evaluate policies" in told["not_run"]
    assert "not run: stoa evaluate policies" in read.text
    _, read, told = page_of()
    assert len(told["not_run"]) == 6
    assert "Nothing yet" in read.text


@pytest.mark.parametrize(
    "strange", [{}, {"a": 1}, [], [1], "people", 7, None, True, {"": {}}, [{"people": {}}]]
)
def test_what_no_study_prints_is_told_not_drawn(strange):
    _, read, told = page_of(("odd.json", strange))
    assert told["sections"] == []
    assert len(told["not_understood"]) == 1
    assert "not understood: odd.json: " in read.text


HOSTILE = '"><script>alert(1)</script><b onclick=x>&amp;\u202e\x00\ud800' + "y" * 300


def test_names_from_files_are_only_ever_text():
    def renamed(value):
        if isinstance(value, dict):
            keep = {"people", "pairs", "calibration", "vectors", "mean", "low", "high", "n", "bins"}
            keep |= {"ndcg_at_10", "recall_at_200", "before_exposure", "predicted", "observed"}
            keep |= {"head", "group", "from", "to", "campaign", "verdict", "slope", "baselines"}
            return {k if k in keep else HOSTILE + k: renamed(v) for k, v in value.items()}
        if isinstance(value, list):
            return [renamed(inner) for inner in value]
        return HOSTILE if isinstance(value, str) else value

    files = [(HOSTILE + name, renamed(found)) for name, found in ALL]
    page, read, told = page_of(*files, (HOSTILE, {HOSTILE: 1}))
    assert len(told["sections"]) == 6
    assert "<script" not in page
    assert "onclick=x>" not in page
    assert "alert(1)" in read.text
    assert not set("\u202e\x00\ud800") & set(page)
    page.encode("utf-8")
    assert max(map(len, re.findall(r"y+", page))) < 80


NUMBERS = [
    float("nan"),
    float("inf"),
    -float("inf"),
    None,
    "12",
    True,
    10**400,
    [],
    {},
    -0.0,
    1e308,
]


@pytest.mark.parametrize("odd", NUMBERS, ids=repr)
def test_numbers_that_are_none_are_left_out(odd):
    def spoiled(value):
        if isinstance(value, dict):
            return {key: spoiled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [spoiled(inner) for inner in value]
        return odd if isinstance(value, int | float) else value

    page, _, _ = page_of(*((name, spoiled(found)) for name, found in ALL))
    assert not re.search(r"\b(nan|inf)\b", page)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from places(inner, (*path, at))


def changed(found, path, new):
    found = copy.deepcopy(found)
    at = found
    for step in path[:-1]:
        at = at[step]
    if new is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = new
    return found


@pytest.mark.parametrize("new", [..., None, 3, "words", [], {}, [[]], {"x": {"y": [1]}}], ids=repr)
def test_no_missing_or_strange_value_stops_the_report(new):
    for name, found in ALL:
        for path in places(found):
            if path:
                report_html(make_report([(name, changed(found, path, new))]))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["people", "pairs", "calibration", "vectors", "ndcg_at_10", "auroc", "f1", "mean",
             "low", "high", "unregretted", "bins", "n", "truth", "ips", "baselines", "slope"]
        ), inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=30)
@given(JSON)
def test_any_json_gives_a_whole_page(found):
    page_of(("any.json", found))


def test_many_policies_are_counted():
    many = {f"p{at}": {"mean": at, "low": at, "high": at} for at in range(500)}
    page, read, _ = page_of(("policies.json", {"people": {"bait": many}}))
    assert "460 policies more are not drawn" in read.text
    assert len(page) < 200_000


def test_the_same_study_may_come_twice():
    _, read, told = page_of(("beauty.json", SEQUENCES), ("sports.json", SEQUENCES))
    assert [one["source"] for one in told["sections"]] == ["beauty.json", "sports.json"]
    assert "from sports.json" in read.text


def test_one_file_may_hold_two_studies():
    _, _, told = page_of(("town.json", POLICIES | CALIBRATION))
    assert [one["study"] for one in told["sections"]] == ["policies", "calibration"]


def test_calibration_rows_reach_the_page():
    chance = np.random.default_rng(0)
    prob = chance.random(600)
    came = (chance.random(600) < prob).astype(float)
    groups = {"new viewers": np.arange(600) < 60, "nobody": np.zeros(600, dtype=bool)}
    rows = calibration_table(
        {"like": prob}, came, groups, np.arange(600) // 3, CalibrationConfig(resamples=50)
    )
    found = json.loads(json.dumps({"calibration": calibration_figures(rows)}, allow_nan=False))
    _, read, told = page_of(("calibration.json", found))
    (section,) = told["sections"]
    assert [panel["group"] for panel in section["panels"]] == ["all", "new viewers"]
    assert len(section["panels"][0]["points"]) == 10
    assert section["remarks"] == ["1 rows hold no data"]
    assert "600 rows" in read.text
