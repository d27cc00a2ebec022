"""Scores two-camp data of one size with the core models, in memory; prints one JSON line.

    python benchmarks/notes_scale.py 1000000 [--seed 0] [--threads 2]

Called by `notes.py --scale`, which measures this process. The core models are Core, Core with
topics, Expansion and ExpansionPlus: coordinated raters, both phases and the merge included;
reading files, topics, group models and predictors left out.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from notes_world import TIMES, two_camps
from stoa.bridging.cliques import quasi_cliques
from stoa.bridging.coordination import Phase, drop_coordinated
from stoa.bridging.ensemble import CORE, CORE_WITH_TOPICS, EXPANSION, EXPANSION_PLUS
from stoa.bridging.final_passes import FinalModel, Flags
from stoa.bridging.final_scoring import score_final
from stoa.bridging.model_outputs import Prescored
from stoa.bridging.post_selection import post_selection_values
from stoa.bridging.preprocessing import preprocess
from stoa.bridging.prescoring import prescore
from stoa.bridging.rules import RULE_NAMES
from stoa.bridging.run_result import Foresight, Merge, PcrhColumns, RaterVoice, Spoken
from stoa.bridging.verdicts import UNKNOWN, Voice, gather
from stoa.note_records import NO_TIME, NotesData, RatingTable, Status

CORE_MODELS = (CORE, CORE_WITH_TOPICS, EXPANSION, EXPANSION_PLUS)
Item = TypeVar("Item")
Found = TypeVar("Found")


class Clock:
    """CPU seconds of each step."""

    def __init__(self) -> None:
        self.began, self.steps = time.process_time(), {}

    def lap(self, step: str) -> None:
        now = time.process_time()
        self.steps[step] = round(now - self.began, 2)
        self.began = now


def mapped(make: Callable[[Item], Found], items: Sequence[Item], n_threads: int) -> list[Found]:
    if n_threads == 1:
        return [make(item) for item in items]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(make, items))


def core_run(data: NotesData, n_threads: int, clock: Clock) -> np.ndarray:
    """Both phases of the core models; final statuses."""
    before = preprocess(data)
    data = replace(data, ratings=before.ratings)
    n_notes, n_raters = len(data.notes), len(data.contributors)
    clock.lap("preprocessing")
    similar = post_selection_values(data.notes, data.ratings, n_raters)
    clock.lap("post_selection")
    clique = quasi_cliques(data.notes, data.ratings, n_raters).value
    clock.lap("cliques")
    topic = np.zeros(n_notes, dtype=np.int8)
    heard = _heard(data, similar, clique, Phase.PRESCORING)[0]
    made = mapped(lambda config: prescore(config, data, heard, topic), CORE_MODELS, n_threads)
    models = [
        FinalModel(config, prescored, n_notes, n_raters)
        for config, prescored in zip(CORE_MODELS, made, strict=True)
        if prescored is not None
    ]
    clock.lap("prescoring")
    heard, correlated = _heard(data, similar, clique, Phase.FINAL)
    flags = Flags(before.high_volume, correlated)
    said = mapped(lambda model: score_final(model, data, heard, topic, flags), models, n_threads)
    clock.lap("final_scoring")
    voices = [
        Voice(model.config.prefix, notes)
        for model, notes in zip(models, said, strict=True)
        if notes is not None
    ]
    spoken = Spoken(
        ratings=heard,
        verdicts=gather(voices, n_notes, np.full(n_notes, UNKNOWN, dtype=np.int8)),
        raters=tuple(_rater_voice(model.prescored, model) for model in models),
        foresight=_no_foresight(n_notes),
        clustered=(similar > 0) | (clique > 0),
        rule_names=RULE_NAMES,
    )
    status = Merge().run(data, spoken, TIMES).meta.before_window
    clock.lap("merging")
    return status


def _heard(
    data: NotesData, similar: np.ndarray, clique: np.ndarray, phase: Phase
) -> tuple[RatingTable, np.ndarray]:
    found = drop_coordinated(data.notes, data.ratings, similar, clique, phase)
    ratings = data.ratings if found.kept.all() else data.ratings.take(found.kept)
    return ratings, found.correlated


def _rater_voice(prescored: Prescored, model: FinalModel) -> RaterVoice:
    return RaterVoice(model.config.prefix, prescored.raters)


def _no_foresight(n: int) -> Foresight:
    return Foresight(
        stays_crh=np.zeros(n, dtype=np.bool_),
        flip_probability=np.full(n, np.nan),
        above_pcrh_ms=np.full(n, NO_TIME, dtype=np.int64),
        pcrh=PcrhColumns.empty(n),
    )


def main() -> None:
    """Draws, scores, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ratings", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    clock = Clock()
    data = two_camps(asked.ratings, asked.seed)
    clock.lap("drawing")
    n = len(data.ratings)
    status = core_run(data, asked.threads, clock)
    scoring_s = sum(clock.steps.values()) - clock.steps["drawing"]
    figures: dict[str, Any] = {
        "drawn_ratings": n,
        "notes": len(data.notes),
        "raters": len(data.contributors),
        "scoring_cpu_s": round(scoring_s, 2),
        "us_per_rating": round(scoring_s / n * 1e6, 3),
        "helpful": int((status == Status.CURRENTLY_RATED_HELPFUL).sum()),
        "not_helpful": int((status == Status.CURRENTLY_RATED_NOT_HELPFUL).sum()),
        "steps_cpu_s": clock.steps,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
