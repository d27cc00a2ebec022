"""What is told of a rule is what the rule does, for every rule on every kind of note."""

from dataclasses import fields, replace

import numpy as np
import pytest
from tests.bridging.merge_world import reordered, world

from stoa.bridging.ensemble import ENSEMBLE
from stoa.bridging.final_models import speaking_models
from stoa.bridging.meta import META_RULES
from stoa.bridging.meta_rules import label
from stoa.bridging.rules import RULES, NoteSignals
from stoa.note_records import Status
from stoa.notes.conditions import Asked, conditions_of
from stoa.notes.meta_conditions import meta_conditions

CONFIGS = {config.name: config for config, _, _ in speaking_models(ENSEMBLE)}


def random_signals(rng, n: int, *, has_bound: bool) -> NoteSignals:
    def some(column):
        return np.where(rng.random(n) < 0.15, np.nan, column).astype(np.float32)

    near = rng.choice([-0.6, -0.15, -0.05, 0.0, 0.12, 0.18, 0.2, 0.3, 0.37, 0.39, 0.4, 0.51], n)
    return NoteSignals(
        classification=rng.integers(0, 3, n).astype(np.int8),
        current=rng.integers(1, 4, n).astype(np.int8),
        n_ratings=rng.integers(3, 8, n).astype(np.int32),
        intercept=some(near + rng.choice([0, 1e-3, -1e-3], n)),
        factor=some(rng.uniform(-1, 1, n)),
        intercept_max=some(rng.uniform(-0.2, 0.2, n)) if has_bound else None,
        no_high_volume=some(near),
        no_correlated=some(near),
        min_sign_count=rng.integers(0, 6, n).astype(np.int32),
        negative_mean=some(rng.choice([0, 0.1, 0.3, 0.4, 0.5], n)),
        positive_mean=some(rng.choice([0, 0.1, 0.3, 0.4, 0.5], n)),
        net_min_helpful=rng.integers(0, 12, n).astype(np.int32),
        net_min_helpful_ratio=rng.choice([0.0, 0.04, 0.05, 0.3], n).astype(np.float32),
        tag_adjusted=rng.uniform(0, 4, (n, 13)),
        tag_ratio=rng.uniform(0, 0.4, (n, 13)),
        tag_thresholds=rng.uniform(0.3, 0.4, 13),
        incorrect=rng.integers(0, 4, n).astype(np.float64),
        incorrect_voters=rng.integers(0, 5, n).astype(np.float64),
        incorrect_tfidf=some(rng.uniform(1, 4, n)).astype(np.float64),
        low_diligence=some(rng.uniform(0, 0.5, n)),
    )


def row_of(signals: NoteSignals, i: int) -> NoteSignals:
    changed = {
        f.name: column[i : i + 1]
        for f in fields(signals)
        if (column := getattr(signals, f.name)) is not None and f.name != "tag_thresholds"
    }
    return replace(signals, **changed)


@pytest.mark.parametrize("name", CONFIGS)
def test_every_rule_acts_where_all_its_conditions_hold(name):
    thresholds = CONFIGS[name].thresholds
    rng = np.random.default_rng(len(name))
    signals = random_signals(rng, 60, has_bound=len(name) % 2 == 0)
    now = rng.choice([1, 2, 3, 4, 5], 60).astype(np.int8)
    for rule in RULES:
        acts = rule.selects(signals, now, thresholds)
        for i in range(60):
            asked = Asked(row_of(signals, i), Status(int(now[i])), thresholds)
            told = conditions_of(rule.name, asked)
            assert all(c.holds for c in told) == acts[i], (rule.name, i, told)


def one_note(evidence, i: int):
    rows = np.array([i])
    verdicts = evidence.verdicts
    models = {
        prefix: replace(reordered(m, rows), extra={k: c[rows] for k, c in m.extra.items()})
        for prefix, m in verdicts.models.items()
    }
    return replace(
        reordered(evidence, rows),
        verdicts=replace(reordered(verdicts, rows), models=models, n_notes=1),
        history=reordered(evidence.history, rows),
        counts=reordered(evidence.counts, rows),
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_rule_over_models_acts_where_all_its_conditions_hold(seed):
    evidence = world(seed, n_notes=40).evidence
    now = np.random.default_rng(seed).choice([1, 2, 3, 5], 40).astype(np.int8)
    for rule in META_RULES:
        acts = rule.act(evidence, now) != Status.NONE
        for i in range(40):
            told = meta_conditions(rule, one_note(evidence, i), Status(int(now[i])))
            assert all(c.holds for c in told) == acts[i], (label(rule), i, told)
