"""Viewers who like and hate by plain rules, as rows of a table."""

import numpy as np

from stoa.evaluation.regret_model import NetworkConfig
from stoa.evaluation.regret_study import StudyConfig

SMALL = StudyConfig(
    splits=2, most_pairs=4, network=NetworkConfig(hidden=4, steps=60, batch=128, members=1, folds=2)
)


def feedback(seed=0, *, n_viewers=40, told_by_play=0.0):
    """Four likes and three hates a viewer; hates are left sooner, by so many deviations.

    Every fourth viewer has hated once only.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for viewer in range(n_viewers):
        is_hate = [False] * 4 + [True] * (1 if viewer % 4 == 0 else 3)
        for hated in is_hate:
            length = rng.uniform(8, 60)
            share = np.exp(0.3 * rng.normal() - told_by_play * hated)
            rows.append(
                {
                    "user_id": 100 + viewer,
                    "video_id": int(rng.integers(1000)),
                    "time_ms": int(rng.uniform(0, 3e8)),
                    "play_time_ms": int(1000 * length * share),
                    "duration_ms": int(1000 * length),
                    "is_click": int(rng.random() < 0.5),
                    "label": int(not hated),
                }
            )
    return rows
