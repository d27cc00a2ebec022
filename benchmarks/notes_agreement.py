"""How far two folders of outputs agree: the published scorer's first, ours second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from stoa.app.notes_diff import aligned
from stoa.bridging.ensemble import COVERAGE, ENSEMBLE
from stoa.bridging.gaussian_scorers import GAUSSIAN_SCORERS
from stoa.bridging.scorers import TOPIC_NAMES
from stoa.notes.differences import Aligned, status_differences

NMR = "NEEDS_MORE_RATINGS"
FAMILIES = {"group": "modelingGroup", "multiGroup": "modelingMultiGroup", "topic": "noteTopic"}
"""Prefixes that several models share, and the column that says which of them spoke."""


def models() -> Iterator[tuple[str, str, str]]:
    """Every model that speaks of notes: its name, its prefix, and its mark within a family."""
    for config in (*ENSEMBLE, COVERAGE):
        if not config.final:
            continue
        mark = "" if config.group is None else str(config.group)
        if config.prefix == "topic":
            assert config.scope.topic is not None
            mark = TOPIC_NAMES[config.scope.topic]
        yield config.name, config.prefix, mark
    for gaussian in GAUSSIAN_SCORERS:
        topic = gaussian.scope.topic
        mark = "" if topic is None else TOPIC_NAMES[topic]
        yield gaussian.name, gaussian.prefix, str(gaussian.group) if gaussian.group else mark


def agreement(published: Path, ours: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures, and every difference with its cause."""
    scored = aligned(published, ours, "scored_notes")
    final = scored.texts("finalRatingStatus")
    same = final[0] == final[1]
    decided = final[0] != NMR
    by = scored.texts("decidedBy")
    states, state_differences = _states(aligned(published, ours, "helpfulness_scores"))
    per_model = dict(_models(scored))
    figures = {
        "notes": len(same),
        "final_status": _share(same),
        "final_status_not_nmr": _share(same[decided]),
        "notes_not_nmr": int(decided.sum()),
        "deciding_rule": _share(by[0] == by[1]),
        "models": per_model,
        "worst_model_status": min(m["status"] for m in per_model.values()),
        "contributors": len(states),
        "contributor_states": _share(states),
    }
    differences = {
        "final": [asdict(each) for each in status_differences(scored)],
        "models": {
            prefix: [
                asdict(each)
                for each in status_differences(scored, f"{prefix}RatingStatus", (prefix,))
            ]
            for prefix in dict.fromkeys(prefix for _, prefix, _ in models())
        },
        "deciding_rules": list(_deciding(scored)),
        "contributor_states": state_differences,
    }
    return figures, differences


def _share(same: np.ndarray) -> float:
    return round(float(same.mean()), 5) if len(same) else 1.0


def _models(scored: Aligned) -> Iterator[tuple[str, Mapping[str, float]]]:
    """For each model that speaks in either: statuses, intercepts."""
    for name, prefix, mark in models():
        first, second = scored.texts(f"{prefix}RatingStatus")
        inside = (first != "") | (second != "")
        if prefix in FAMILIES and mark:
            spoke = scored.texts(FAMILIES[prefix])
            inside &= np.isin(spoke[0], (mark, f"{mark}.0")) | np.isin(
                spoke[1], (mark, f"{mark}.0")
            )
        if not inside.any():
            continue
        numbers = scored.numbers(f"{prefix}NoteIntercept")
        assert numbers is not None
        both = inside & ~np.isnan(numbers[0]) & ~np.isnan(numbers[1])
        a, b = numbers[0][both], numbers[1][both]
        yield (
            name,
            {
                "notes": int(inside.sum()),
                "status": _share((first == second)[inside]),
                "intercepts": len(a),
                "correlation": round(float(np.corrcoef(a, b)[0, 1]), 6) if len(a) > 2 else 1.0,
                "median_difference": round(float(np.median(np.abs(a - b))), 6) if len(a) else 0.0,
                "largest_difference": round(float(np.abs(a - b).max(initial=0.0)), 6),
            },
        )


def _deciding(scored: Aligned) -> Iterator[dict[str, Any]]:
    ids, by = scored.first.columns["noteId"][scored.rows], scored.texts("decidedBy")
    active = scored.texts("metaScorerActiveRules")
    for i in np.flatnonzero(by[0] != by[1]).tolist():
        apart = sorted(set(active[0][i].split(",")) ^ set(active[1][i].split(",")))
        yield {"note_id": int(ids[i]), "rules": [by[0][i], by[1][i]], "acted_in_one_only": apart}


def _states(pair: Aligned) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Which contributors have the same state, and what differs of the others."""
    first, second = pair.texts("enrollmentState")
    codes = [[t.removesuffix(".0") for t in side.tolist()] for side in (first, second)]
    same = np.array([a == b for a, b in zip(*codes, strict=True)])
    names = pair.first.columns["raterParticipantId"][pair.rows]
    causes = (
        "successfulRatingTotal",
        "unsuccessfulRatingTotal",
        "notesCurrentlyRatedHelpful",
        "notesCurrentlyRatedNotHelpful",
    )
    listed = []
    for i in np.flatnonzero(~same).tolist():
        counts = {name: [t[i] for t in pair.texts(name)] for name in causes}
        listed.append(
            {
                "contributor": str(names[i]),
                "states": [codes[0][i], codes[1][i]],
                "counts_that_differ": {k: v for k, v in counts.items() if v[0] != v[1]},
            }
        )
    return same, listed
