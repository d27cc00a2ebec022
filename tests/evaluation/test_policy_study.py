"""A study of policies: paired by seed, kept, gone on with, and blind to the truth."""

import inspect

import numpy as np
import pytest

from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput
from stoa.evaluation import (
    belief_fit,
    learned_policies,
    served_first_version,
    served_memory,
    shared_ranker,
    shortlists,
    standing,
)
from stoa.evaluation.policy_study import StudyConfig, study_figures, study_policies
from stoa.evaluation.shared_ranker import SharedConfig
from stoa.evaluation.shortlists import ShortlistConfig, histories
from stoa.evaluation.society_loop import logged_society
from stoa.evaluation.society_view import view_of
from stoa.ranking.evidence import N_EVIDENCE, Evidence, EvidenceConfig
from stoa.ranking.first_stage import FirstStage
from stoa.ranking.ranker_inputs import N_FORMS
from stoa.space.subjects import SubjectsConfig, fit_subjects
from stoa.space.text_axes import TextAxesConfig, fit_text_axes
from stoa.town.society import SocietyConfig
from stoa.train.optimiser import OptimiserConfig
from stoa.train.ranker import RankerTraining
from stoa.train.sittings import SittingConfig

ASKED = ("unregretted", "first_version", "popular", "x2026_dwell_regret", "oracle")
TINY = SharedConfig(
    width=16, history=16,
    training=RankerTraining(epochs=1, tokens=2_000, optimiser=OptimiserConfig(peak=3e-3)),
    axes=TextAxesConfig(axes=16),
    subjects=SubjectsConfig(count=16),
)  # fmt: skip
SMALL = SocietyConfig(seed=12, residents=30, background=120, posts_a_day=250, logged_days=2)


def row(policy, seed, seconds):
    return {
        "policy": policy, "people": "bait", "seed": seed, "unregretted_s": seconds,
        "seconds": 1.0, "regret_rate": 0.1, "glad_rate": 0.1, "first_post_share": 0.0,
        "reply_share": 0.0, "bait_written": 0.0, "last_day_active": 0.5, "cpu_s": 1.0,
    }  # fmt: skip


def test_behind_is_ours_less_theirs_of_the_same_seed():
    config = StudyConfig(seeds=(1, 2), people=("bait",), policies=("unregretted", "popular"))
    rows = [row("unregretted", 1, 10.0), row("unregretted", 2, 30.0)]
    rows += [row("popular", 2, 27.0), row("popular", 1, 9.0)]
    found = study_figures(config, rows)["people"]["bait"]
    assert found["popular"]["behind"]["mean"] == 2.0
    assert found["popular"]["behind"]["low"] < 2.0 < found["popular"]["behind"]["high"]
    assert "behind" not in found["unregretted"]
    assert found["unregretted"]["mean"] == 20.0


def test_the_way_to_the_oracle_is_told_from_the_best_of_the_others():
    names = ("unregretted", "keep_me_well", "likes_only", "popular", "oracle")
    config = StudyConfig(seeds=(1,), people=("bait",), policies=names)
    seconds = zip(names, (40.0, 90.0, 30.0, 10.0, 70.0), strict=True)
    rows = [row(name, 1, s) for name, s in seconds]
    assert study_figures(config, rows)["way_to_oracle"] == {"bait": 0.25}
    config = StudyConfig(seeds=(1,), people=("bait",), policies=names[:4])
    assert study_figures(config, rows[:4])["way_to_oracle"] == {}


def test_one_seed_has_no_interval():
    config = StudyConfig(seeds=(1,), people=("bait",), policies=("popular",))
    found = study_figures(config, [row("popular", 1, 9.0)])["people"]["bait"]["popular"]
    assert found["low"] is found["high"] is None


@pytest.mark.parametrize(
    "wrong", [{"seeds": ()}, {"seeds": (1, 1)}, {"days": 0}, {"people": ("nobody",)}]
)
def test_settings_that_make_no_study_are_refused(wrong):
    with pytest.raises(BadInput):
        StudyConfig(**wrong)


def test_no_policy_but_the_oracle_can_see_the_truth():
    for module in (
        belief_fit, learned_policies, standing, served_first_version, served_memory,
        shared_ranker, shortlists,
    ):  # fmt: skip
        assert "truth." not in inspect.getsource(module)
        assert "stoa.town" not in inspect.getsource(module)


def test_shortlists_hold_fresh_posts_once_each():
    society = logged_society(SMALL, HashedEncoder(dim=32))
    plan = society.begin_day(society.day)
    round_ = next(r for r in plan.rounds if len(r.sittings))
    pool = society.pool(round_)
    view = view_of(society.log(), plan, round_, pool, 50)
    met = histories(view, SittingConfig(history=16), 5)
    posts = society.log().posts
    axes = fit_text_axes(posts.text, posts.author, TextAxesConfig(axes=16))
    subjects = fit_subjects(axes, posts.text, 0, SubjectsConfig(count=16))
    known = standing.standing_at(subjects, society.log())
    known.told.evidence = Evidence(EvidenceConfig(vector=16))
    known.advance(society.log(), view.at_us)
    assert known.vectors.shape == (len(society.log().posts), 16)
    np.testing.assert_allclose(np.linalg.norm(known.vectors, axis=1), 1, atol=1e-5)
    n = N_EVIDENCE + 16 + N_FORMS + 2
    first = FirstStage(read=np.full(n, 0.01), length=np.full(n, 0.1), sorry=np.zeros(n))
    column = shortlists.shortlists(view, known, first, ShortlistConfig(size=60))
    assert column.shape == (len(view.viewer), 60)
    for sitting, listed in enumerate(column):
        there = listed[listed >= 0]
        assert len(set(there.tolist())) == len(there)
        assert view.fresh[sitting, there].all()
    logged = society.log().acts.at_us
    assert (met.meetings.at_us <= view.at_us).all()
    assert len(met.meetings.at_us) < len(logged)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_study_runs_what_is_asked_and_goes_on_where_it_stopped(tmp_path):
    config = StudyConfig(
        seeds=(12,),
        people=("bait",),
        policies=ASKED,
        days=2,
        residents=30,
        logged_days=2,
        ranker=TINY,
    )
    said: list[str] = []
    first = study_policies(config, tmp_path, said.append)
    assert len(said) == len(ASKED)
    found = first["people"]["bait"]
    assert set(found) == set(ASKED)
    assert all(found["oracle"]["mean"] >= its["mean"] for its in found.values())
    with (tmp_path / "runs.jsonl").open("a") as file:
        file.write('{"key": "cut sho')
    assert study_policies(config, tmp_path, said.append) == first
    assert len(said) == len(ASKED)
