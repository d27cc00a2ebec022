"""How long a full fit takes, how much memory, and how near it comes to the published scorer.

Ratings of two camps are made in chunks of notes (raters are active by a power law, most notes
please one camp, some both), laid out, and fitted with the published penalties from no start.
With `--oracle` the models of that folder are fitted too and compared. Prints one JSON line.

    python benchmarks/factorisation.py [--millions 1] [--threads 1] [--seed 0]
        [--oracle ../shared/data/notes-oracle-1500-s1]
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.descent import Effort
from stoa.bridging.factorisation import Start, fit, fit_stable
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import CORE_GROUPS, EXPANSION_GROUPS, EXPANSION_PLUS_GROUPS, Penalties

RATINGS_A_NOTE = 60
RATINGS_A_RATER = 50
NOTES_A_CHUNK = 20_000
Chunk = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]


def two_camps(n_ratings: int, seed: int) -> Iterator[Chunk]:
    """Note, rater and value, notes ascending and raters ascending within a note."""
    n_notes, n_raters = n_ratings // RATINGS_A_NOTE, n_ratings // RATINGS_A_RATER
    world = np.random.default_rng(seed)
    side = np.where(world.random(n_raters) < 0.45, 0.8, -0.8) + world.normal(0, 0.2, n_raters)
    leniency = world.normal(0, 0.15, n_raters)
    side, leniency = side.astype(np.float32), leniency.astype(np.float32)
    for first in range(0, n_notes, NOTES_A_CHUNK):
        rng = np.random.default_rng((seed, first))
        n = min(NOTES_A_CHUNK, n_notes - first)
        size = 5 + rng.geometric(1 / (RATINGS_A_NOTE - 4), n)
        note = np.repeat(np.arange(n, dtype=np.int64), size)
        rater = (n_raters * rng.random(len(note)) ** 1.5).astype(np.int64)
        pair = np.unique(note * n_raters + rater)
        note, rater = pair // n_raters, pair % n_raters
        slant = rng.choice(np.float32([-0.5, 0, 0.5]), n, p=[0.4, 0.2, 0.4])
        quality = rng.normal(0.45, 0.2, n).astype(np.float32)
        liking = quality[note] + leniency[rater] + slant[note] * side[rater]
        liking += 0.25 * rng.standard_normal(len(note), dtype=np.float32)
        value = np.round(np.clip(liking, 0, 1) * 2) / 2
        yield (note + first).astype(np.int32), rater.astype(np.int32), value.astype(np.float32)


def gathered(n_ratings: int, seed: int) -> Chunk:
    """All chunks in three arrays that never exist twice."""
    room = int(n_ratings * 1.05) + 10_000
    columns = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.float32)
    end = 0
    for chunk in two_camps(n_ratings, seed):
        for column, part in zip(columns, chunk, strict=True):
            column[end : end + len(part)] = part
        end += len(chunk[0])
    note, rater, value = (column[:end] for column in columns)
    return note, rater, value


def peak_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def timed(n_ratings: int, seed: int, n_threads: int) -> dict[str, float]:
    """Seconds of CPU and wall a million ratings, peak memory, rounds."""
    note, rater, value = gathered(n_ratings, seed)
    made_mib = peak_mib()
    wall, cpu = time.perf_counter(), time.process_time()
    layout = Layout.of(note, rater, value)
    del note, rater, value
    layout_cpu = time.process_time() - cpu
    layout_mib = peak_mib()
    wall_fit, cpu_fit = time.perf_counter(), time.process_time()
    made = fit(layout, Penalties(), effort=Effort(n_threads=n_threads))
    millions = layout.n_ratings / 1e6
    return {
        "ratings": layout.n_ratings,
        "notes": layout.n_notes,
        "raters": layout.n_raters,
        "threads": n_threads,
        "rounds": made.n_iterations,
        "loss": round(made.loss, 6),
        "layout_cpu_s": round(layout_cpu, 2),
        "fit_cpu_s": round(time.process_time() - cpu_fit, 2),
        "fit_wall_s": round(time.perf_counter() - wall_fit, 2),
        "cpu_s_per_million": round((time.process_time() - cpu) / millions, 3),
        "wall_s_per_million": round((time.perf_counter() - wall) / millions, 3),
        "generated_peak_mib": made_mib,
        "layout_peak_mib": layout_mib,
        "peak_mib": peak_mib(),
    }


def agreement(folder: Path) -> dict[str, dict[str, float]]:
    """Final-round parameters of each model of the oracle, ours against the published ones."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.bridging.oracle import TOPICS, read_oracle

    oracle = read_oracle(folder)
    expansion = CORE_GROUPS | EXPANSION_GROUPS
    models = {
        "MFCoreWithTopicsScorer": (CORE_GROUPS, True),
        "MFExpansionScorer": (expansion, True),
        "MFExpansionPlusScorer": (expansion | EXPANSION_PLUS_GROUPS, True),
        **{f"MFGroupScorer_{g}": ({g}, False) for g in (1, 4, 6, 13)},
        "MFMultiGroupScorer_1": ({4, 5, 7, 12, 26}, False),
    }
    tables = {name: oracle.of_groups(set(g), unassigned=u) for name, (g, u) in models.items()}
    core = tables["MFCoreWithTopicsScorer"]
    tables["MFCoreScorer"] = core.take(oracle.topic[core.note] == "")
    tables |= {f"MFTopicScorer_{topic}": oracle.of_topic(topic) for topic in TOPICS[1:]}
    out = {}
    for name, ratings in tables.items():
        theirs, train = oracle.model(name), ratings.filtered()
        layout = Layout.of(train.note, train.rater, train.helpful, seed=train.seeds)
        group = oracle.group[layout.rater]
        if "Topic" not in name or "WithTopics" in name:
            if "Group" in name:
                first = fit(layout, Penalties())
            else:
                of_group, enrolled = group == 13, group >= 0
                first = fit_stable(layout, Penalties(), of_group=of_group, enrolled=enrolled)
            final = train.take(theirs.above_threshold[train.rater])
            known = layout
            layout = Layout.of(final.note, final.rater, final.helpful)
            rows = np.searchsorted(known.rater, layout.rater)
            raters = first.rater_intercept[rows], first.rater_factor[rows]
            made = fit(
                layout, Penalties(), Start(rater_intercept=raters[0], rater_factor=raters[1])
            )
        else:
            made = fit(layout, Penalties())
        off = np.abs(made.note_intercept - theirs.note_intercept[layout.note])
        factor = theirs.rater_factor[layout.rater]
        both = ~np.isnan(factor)
        off_factor = np.abs(made.rater_factor - factor)[both]
        out[name] = {
            "ratings": layout.n_ratings,
            "mu": round(made.mu, 5),
            "mu_published": round(theirs.mu, 5),
            "intercept_median": float(f"{np.median(off):.2g}"),
            "intercept_max": float(f"{off.max():.2g}"),
            "rater_factor_median": float(f"{np.median(off_factor):.2g}"),
            "rater_factor_max": float(f"{off_factor.max():.2g}"),
            "rater_factor_correlation": round(
                float(np.corrcoef(made.rater_factor[both], factor[both])[0, 1]), 6
            ),
        }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--oracle", type=Path)
    given = parser.parse_args()
    result: dict[str, object] = {"benchmark": "factorisation", "seed": given.seed}
    result |= timed(int(given.millions * 1e6), given.seed, given.threads)
    if given.oracle is not None:
        result["agreement"] = agreement(given.oracle)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
