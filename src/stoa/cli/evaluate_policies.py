"""`stoa evaluate policies`: what feeds are worth to the town's people, served in closed loop."""

from __future__ import annotations

import sys
from pathlib import Path

from stoa.cli.policy_tables import markdown_table, plain_table
from stoa.cli.printing import print_json
from stoa.errors import BadInput

_FULL = 10_000


def policies(
    *,
    seeds: str = "0,1,2,3,4",
    people: str = "all",
    only: str = "all",
    days: int = 30,
    residents: int = 500,
    full: bool = False,
    survey: float = 0.02,
    kappa: float = 0.5,
    bait_likes: bool = False,
    work: Path | None = None,
    jobs: int = 0,
    markdown: bool = False,
    json: bool = False,
) -> None:
    """Serves the town with every policy from the same state and compares what it was worth.

    Args:
        seeds: of the towns, comma-separated.
        people: all, bait or opportunity.
        only: policies to run, comma-separated, or all.
        days: served by each policy, after the logged days.
        residents: how many are served.
        full: serve 10,000 residents.
        survey: share of showings at which "glad you saw this?" is asked.
        kappa: what a regretted second costs.
        bait_likes: let bait draw likes too.
        work: folder that keeps finished runs and compiled code, so that a study can go on later.
        jobs: towns served side by side, each in a process; 0: as many as there are cores.
        markdown: print tables as docs/explanation/policies.md has them.
        json: print one JSON object.
    """
    from stoa.evaluation.policy_study import PEOPLE, POLICIES, StudyConfig, study_policies
    from stoa.evaluation.study_processes import cores

    config = StudyConfig(
        seeds=_numbers(seeds),
        people=PEOPLE if people == "all" else (people,),
        policies=POLICIES if only == "all" else tuple(only.split(",")),
        days=days,
        residents=_FULL if full else residents,
        survey=survey,
        kappa=kappa,
        bait_likes=bait_likes,
    )
    found = study_policies(config, work, _said, jobs or cores())
    if json:
        print_json(found)
        return
    for model, its in found["people"].items():
        way = found["way_to_oracle"].get(model)
        print(markdown_table(model, its, way) if markdown else plain_table(model, its), end="\n\n")


def _numbers(words: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in words.split(","))
    except ValueError:
        raise BadInput("seeds", words, "give whole numbers, such as 0,1,2") from None


def _said(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
