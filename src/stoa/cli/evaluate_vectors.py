"""`stoa evaluate vectors`: what the learned space finds, and whether many vectors find more."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.cli.folders import held_in
from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar
from stoa.encoders.hashed import HashedEncoder
from stoa.evaluation.space_study import SpaceStudy, SpaceStudyConfig, TaskFigures, study_space
from stoa.evaluation.vector_study import CHOICES, DEPTHS, ChoiceFigures
from stoa.measure import Interval


def vectors(*, data: Path | None = None, seed: Seed = 0, json: bool = False) -> None:
    """Compares one vector with many at equal cost, and vectors with and without a conversation.

    Args:
        data: folder with `amazon-seq`, `ml-latest-small` and `irc-threads`; the town without it.
        seed: of every draw.
        json: one JSON object.
    """
    if data is not None:
        held_in(data, "amazon-seq", "ml-latest-small", "irc-threads")
    with progress_bar("learning"):
        study = study_space(data, HashedEncoder(), SpaceStudyConfig(), seed)
    if json:
        print_json(figures(study))
    else:
        print(_table(study))


def figures(study: SpaceStudy) -> dict[str, Any]:
    """Everything as one JSON object."""
    talk, zero = study.conversation, study.zero_like
    return {
        "vectors": {choice: _choice(study, choice) for choice in CHOICES},
        "shipped": study.shipped,
        "one_vector_wins": {task.name: task.one_wins for task in study.tasks},
        "grouped_less": {
            task.name: {name: asdict(gain) for name, gain in task.gain.items()}
            for task in study.tasks
        },
        "conversation": None if talk is None else {
            "with": _talk(talk.figures["conversation"]),
            "without": _talk(talk.figures["text"]),
            "mrr_gain": asdict(talk.gain),
            "author": _talk(talk.figures["author"]),
            "baselines": {
                name: _talk(talk.figures[name]) for name in ("untrained_text", "previous_message")
            },
            "answers": talk.answers,
            "cpu_s": round(talk.cpu_s, 1),
        },
        "zero_like": {
            "recall_at_200": {name: asdict(found) for name, found in zero.recall.items()},
            "recall_at_200_with_likes": {k: asdict(v) for k, v in zero.with_likes.items()},
            "chance": zero.chance,
            "posts": zero.posts,
            "viewers": zero.viewers,
            "share_of_loved": zero.share,
            "on_offer": zero.offered,
        },
        "space": {
            "losses": study.training.losses[-50:].mean(axis=0).tolist(),
            "events": study.training.n_events,
            "cpu_s": round(study.training_cpu_s, 1),
            "tokens_per_cpu_s": round(study.training.n_events / study.training_cpu_s),
        },
        "left_out": list(study.left_out),
        "cpu_s": round(study.cpu_s, 1),
    }  # fmt: skip


def _talk(found: Any) -> dict[str, Any]:
    return {
        "recall_at_1": asdict(found.recall_at_1),
        "mrr": asdict(found.mrr),
        "thread_at_1": asdict(found.thread_at_1),
    }


def _choice(study: SpaceStudy, choice: str) -> dict[str, Any]:
    """Means over data sets first, then each data set with its intervals."""
    by_task = {task.name: _of_task(task, task.choices[choice]) for task in study.tasks}
    deep = [t["recall_at_1500"]["mean"] for t in by_task.values() if t["recall_at_1500"]]
    return {
        "recall_at_200": study.mean_recall(choice),
        "recall_at_1500": sum(deep) / len(deep) if deep else None,
        "data": by_task,
    }


def _of_task(task: TaskFigures, found: ChoiceFigures) -> dict[str, Any]:
    def told(interval: Interval | None) -> dict[str, float] | None:
        return None if interval is None else asdict(interval)

    return {
        **{f"recall_at_{depth}": told(found.recall[depth]) for depth in DEPTHS},
        **{f"exact_recall_at_{depth}": told(found.exact[depth]) for depth in DEPTHS},
        "by_interests": {str(k): told(v) for k, v in found.by_interests.items()},
        "vectors": found.vectors,
        "compared": found.compared,
        "viewers": task.viewers,
        "candidates": task.candidates,
        "train_cpu_s": round(found.train_cpu_s, 1),
        "tokens_per_cpu_s": round(found.tokens_per_cpu_s),
    }


def _table(study: SpaceStudy) -> str:
    lines: list[str] = []
    for task in study.tasks:
        lines.append(f"{task.name}: {task.viewers} viewers, {task.candidates} candidates")
        lines.append(f"  {'':10} vectors  recall@200 at equal cost   all compared   by interests")
        for name, found in task.choices.items():
            kinds = "  ".join(f"{k}: {v.mean:.3f}" for k, v in found.by_interests.items())
            exact = found.exact[DEPTHS[0]]
            lines.append(
                f"  {name:10} {found.vectors:7.1f}  {_words(found.recall[DEPTHS[0]])}   "
                f"{_words(exact)}   {kinds}"
            )
        if task.one_wins:
            lines.append(f"  one vector finds more here: {', '.join(task.one_wins)}")
    lines.append(f"shipped: {study.shipped}")
    if study.conversation is not None:
        lines.append(f"which message is answered, {study.conversation.answers} answers")
        lines += [
            f"  {name:17} first {_words(f.recall_at_1)}  mrr {_words(f.mrr)}"
            for name, f in study.conversation.figures.items()
        ]
    zero = study.zero_like
    lines.append(f"loved later, no like yet: {zero.posts} posts, chance {zero.chance:.3f}")
    lines += [f"  {name:17} {_words(found)}" for name, found in zero.recall.items()]
    if study.left_out:
        lines.append(f"left out, no data: {', '.join(study.left_out)}")
    lines.append(f"{study.cpu_s:.0f} CPU-s")
    return "\n".join(lines)


def _words(interval: Interval | None) -> str:
    if interval is None:
        return "catalogue too small"
    return f"{interval.mean:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
