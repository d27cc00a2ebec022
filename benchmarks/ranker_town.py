"""How far the ranker's heads can be believed in the town: trained on a log, measured on its end.

    python benchmarks/ranker_town.py [--people bait] [--seed 100] [--residents 500] [--days 16]

The first eight days of the log train, the ninth calibrates, and all after it is measured: a week,
so that there are newcomers, first posts and answers enough to tell anything of them.
`heads` tells, for what can be observed, AUROC, log loss beside that of the base rate, and expected
calibration error; gladness and regret there are answers, flips and all. `truth` tells what only
the town knows: how the predicted seconds, regret and gladness go with the true ones.
`calibration` has like, seconds, and regret and gladness as answered, for all showings and for
replies, first posts, new authors and new viewers, with the noise of few rows taken off; beside
them regret and seconds against the truth. `--keep FILE` writes what was predicted, to try other
calibrations on. Posts have text vectors; with `--space STEPS` the content vectors of a space
learned on the part that trains. Prints one JSON line; seeds 100 to 104 are for development.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
import argparse
import json
import time
from dataclasses import asdict, astuple, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stoa.encoders.hashed import HashedEncoder
from stoa.evaluation.society_loop import logged_society
from stoa.measure import calibration_by_decile, calibration_table, expected_calibration_error
from stoa.ranking.ranker_model import RankerConfig
from stoa.ranking.readout import Calibration, Readout, read_out
from stoa.ranking.regret_windows import WindowConfig
from stoa.records import DAY_US
from stoa.space.conversation_samples import sample_conversations
from stoa.space.learning_log import NOBODY, ActColumns, ImpressionColumns, LearningLog
from stoa.space.post_tower import encode_posts
from stoa.town.society.config import SocietyConfig
from stoa.town.society.society import Society
from stoa.train.optimiser import OptimiserConfig
from stoa.train.ranker import RankerTraining, predict_impressions, train_ranker
from stoa.train.ranker_batches import RankerData, ranker_data, replies_of, targets_of
from stoa.train.ranker_quality import AnswerNoise, fit_calibration, measure_ranker, slope
from stoa.train.ranker_reliability import groups_of, new_of, reliability
from stoa.train.space import SpaceTrainingConfig, train_space

KAPPA = 3.0
TRAIN_DAYS = 8


def main() -> None:
    flags = argparse.ArgumentParser()
    flags.add_argument("--people", default="bait")
    flags.add_argument("--seed", type=int, default=100)
    flags.add_argument("--residents", type=int, default=500)
    flags.add_argument("--days", type=int, default=16)
    flags.add_argument("--survey", type=float, default=0.02)
    flags.add_argument("--space", type=int, default=0, help="steps of learning the space")
    flags.add_argument("--width", type=int, default=64)
    flags.add_argument("--depth", type=int, default=2)
    flags.add_argument("--epochs", type=int, default=RankerTraining().epochs)
    flags.add_argument("--tokens", type=int, default=RankerTraining().tokens)
    flags.add_argument("--peak", type=float, default=RankerTraining().optimiser.peak)
    flags.add_argument("--latent", type=float, default=RankerTraining().latent)
    flags.add_argument("--keep", default="", help="file for what was predicted")
    given = flags.parse_args()
    society = logged_society(
        SocietyConfig(
            seed=given.seed,
            people=given.people,
            residents=given.residents,
            logged_days=given.days,
            survey_share=given.survey,
        ),
        HashedEncoder(),
    )
    model = RankerConfig(width=given.width, depth=given.depth)
    training = RankerTraining(
        epochs=given.epochs,
        tokens=given.tokens,
        optimiser=OptimiserConfig(peak=given.peak, weight_decay=0.05),
        latent=given.latent,
        # The town's flips are between regret and its absence, and none of them lands on "glad".
        windows=WindowConfig(flip_spread=1.0, glad_spread=0.0),
    )
    print(
        json.dumps(
            {
                "benchmark": "ranker_town",
                **vars(given),
                **study(society, model, training, given.space, given.keep),
            }
        )
    )


def study(
    society: Society, model: RankerConfig, training: RankerTraining, space_steps: int, keep: str
) -> dict[str, object]:
    log = society.log()
    began = time.process_time()
    vectors = content(log, space_steps) if space_steps else log.posts.text
    space_s = time.process_time() - began
    data = ranker_data(log, vectors, model)
    began = time.process_time()
    trained = train_ranker(part(data, society, 0, TRAIN_DAYS), model, training, seed=0)
    train_s = time.process_time() - began
    began = time.process_time()
    unseen = part(data, society, TRAIN_DAYS, society.day)
    outputs = predict_impressions(trained.params, unseen, model)
    predict_s = time.process_time() - began
    noise = AnswerNoise.of(trained)
    held = rows_of(part(data, society, TRAIN_DAYS, TRAIN_DAYS + 1))
    test = rows_of(part(data, society, TRAIN_DAYS + 1, society.day))
    calibration = fit_calibration(
        outputs[held],
        targets_of(log, held, np.ones(len(held))),
        noise,
        is_reply=replies_of(log, held),
        is_new=new_of(log, held),
    )
    targets, kinds = (
        targets_of(log, test, np.ones(len(test))),
        (replies_of(log, test), new_of(log, test)),
    )
    found = measure_ranker(outputs[test], targets, calibration, noise, *kinds)
    if keep:
        keep_predicted(keep, society, outputs, (held, test), noise)
    return {
        "impressions": len(log.impressions),
        "answers": int((log.impressions.answer >= 0).sum()),
        "stopped": trained.stopped,
        "steps": len(trained.losses),
        "space_cpu_s": round(space_s, 1),
        "train_cpu_s": round(train_s, 1),
        "predict_cpu_s": round(predict_s, 1),
        "windows": trained.window_figures(),
        **asdict(found),
        "calibration": by_group(society, outputs[test], calibration, noise, test),
        "truth": truth_of(society, read_out(outputs[test], calibration, *kinds), test),
    }


def by_group(
    society: Society,
    outputs: NDArray[np.float32],
    calibration: Calibration,
    noise: AnswerNoise,
    rows: NDArray[np.int64],
) -> dict[str, dict[str, object]]:
    log = society.log()
    groups = groups_measured(society, rows)
    targets = targets_of(log, rows, np.ones(len(rows)))
    made = reliability(outputs, targets, calibration, noise, groups)
    told = read_out(outputs, calibration, groups["replies"], groups["new_authors"])
    true = {
        "true_regret": (told.regret, society.truth.showings("regretted")[rows]),
        "true_seconds": (told.seconds, society.truth.showings("expected_s")[rows]),
    }
    made += calibration_table(
        {name: mine for name, (mine, _) in true.items()},
        {name: np.asarray(theirs, dtype=np.float64) for name, (_, theirs) in true.items()},
        groups,
        log.impressions.viewer[rows].astype(np.int64),
    )
    table: dict[str, dict[str, object]] = {}
    for row in made:
        table.setdefault(row.head, {})[row.group] = {
            "n": row.n,
            "viewers": row.n_viewers,
            "predicted": rounded(row.predicted),
            "observed": rounded(row.observed),
            "ece": [rounded(x) for x in (*astuple(row.ece_adaptive),)],
            "slope": [rounded(x) for x in (*astuple(row.slope),)],
        }
    return table


def groups_measured(society: Society, rows: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Those of a card, and the day right after calibration: what a square would serve by it."""
    log = society.log()
    day = (log.impressions.at_us[rows] - society.config.start_us) // DAY_US
    return {**groups_of(log, rows), "day_after": day == TRAIN_DAYS + 1}


def rounded(number: float) -> float | None:
    return round(number, 4) if np.isfinite(number) else None


def keep_predicted(
    path: str,
    society: Society,
    outputs: NDArray[np.float32],
    parts: tuple[NDArray[np.int64], NDArray[np.int64]],
    noise: AnswerNoise,
) -> None:
    log, kept = society.log(), {}
    for name, rows in zip(("held", "test"), parts, strict=True):
        targets = targets_of(log, rows, np.ones(len(rows)))
        kept |= {f"{name}_{key}": value for key, value in targets._asdict().items()}
        groups = groups_measured(society, rows)
        kept |= {f"{name}_group_{key}": value for key, value in groups.items()}
        kept[f"{name}_outputs"] = outputs[rows]
        for key in ("expected_s", "regret_prob", "glad_prob", "regretted"):
            kept[f"{name}_true_{key}"] = society.truth.showings(key)[rows]
    np.savez(path, glad=noise.glad, regret=noise.regret, **kept)


def content(log: LearningLog, steps: int) -> NDArray[np.float32]:
    """Content vectors of all posts in a space that saw nothing of what will be measured."""
    until_us = int(log.impressions.at_us[0]) // DAY_US * DAY_US + TRAIN_DAYS * DAY_US
    earlier = replace(
        log, acts=before(log.acts, until_us), impressions=before(log.impressions, until_us)
    )
    model = train_space(earlier, 0, SpaceTrainingConfig(steps=steps)).model
    samples = sample_conversations(log, model.config.post)
    rows = np.arange(len(log.posts))
    features = samples.features(rows, log.posts.at_us, np.random.default_rng(0))
    return encode_posts(model.params["post_tower"], model.config.post, features, alone=True)


Columns = TypeVar("Columns", ActColumns, ImpressionColumns)


def before(columns: Columns, until_us: int) -> Columns:
    """The rows before a moment."""
    n = int(np.searchsorted(columns.at_us, until_us))
    return type(columns)(**{name: getattr(columns, name)[:n] for name in columns.__slots__})


def truth_of(
    society: Society, readout: Readout, rows: NDArray[np.int64]
) -> dict[str, dict[str, float]]:
    seconds, regret, glad = (
        society.truth.showings(name)[rows].astype(np.float64)
        for name in ("expected_s", "regret_prob", "glad_prob")
    )
    read = readout.seconds
    pairs = {
        "seconds": (read, seconds),
        "regret": (readout.regret, regret),
        "glad": (readout.glad, glad),
        "value": (
            read * (1 - (1 + KAPPA) * readout.regret),
            seconds * (1 - (1 + KAPPA) * regret),
        ),
    }
    return {
        name: {
            "correlation": correlation(mine, true),
            "slope": slope(mine, true),
            "predicted": float(mine.mean()),
            "true": float(true.mean()),
            "ece": expected_calibration_error(calibration_by_decile(mine, true)),
        }
        for name, (mine, true) in pairs.items()
    }


def correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 else 0.0


def part(data: RankerData, society: Society, first: int, last: int) -> RankerData:
    """Sittings of the days from `first` to before `last`."""
    day = (data.sittings.at_us - society.config.start_us) // DAY_US
    rows = np.flatnonzero((day >= first) & (day < last))
    return replace(data, sittings=data.sittings.only(rows))


def rows_of(data: RankerData) -> NDArray[np.int64]:
    rows = data.sittings.impression
    return rows[rows != NOBODY]


if __name__ == "__main__":
    main()
