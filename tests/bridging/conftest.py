"""Small tables of ratings, and the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from tests.bridging.oracle import read_oracle


@pytest.fixture(scope="session")
def oracle(shared_data):
    """What the published scorer was given and answered on 80,000 synthetic ratings."""
    folder = shared_data / "notes-oracle-1500-s1"
    if not folder.is_dir():
        pytest.skip("no notes-oracle-1500-s1 in the shared data")
    return read_oracle(folder)


@pytest.fixture(scope="session")
def camps():
    """2,000 ratings of 60 notes by 80 raters in two camps, in 0, 0.5, 1."""
    return two_camps(n_notes=60, n_raters=80, n_ratings=2000, seed=3)


def two_camps(n_notes: int, n_raters: int, n_ratings: int, seed: int):
    """Note, rater and value of distinct pairs; most notes please one camp, some both."""
    rng = np.random.default_rng(seed)
    pair = rng.choice(n_notes * n_raters, size=n_ratings, replace=False)
    note, rater = pair // n_raters, pair % n_raters
    side = np.where(rng.random(n_raters) < 0.45, 1.0, -1.0)
    slant, quality = rng.choice([-1.0, 0.0, 1.0], n_notes), rng.normal(0, 0.4, n_notes)
    liking = quality[note] + 0.8 * side[rater] * slant[note] + rng.normal(0, 0.4, n_ratings)
    value = np.clip(np.round(liking + 0.5) / 2 + 0.25, 0, 1)
    return note, rater, np.round(value * 2) / 2
