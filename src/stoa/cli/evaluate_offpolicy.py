"""`stoa evaluate offpolicy`: one policy estimated from another's log, beside what it earned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar
from stoa.errors import BadInput


def offpolicy(
    folder: Path | None = None,
    *,
    town: bool = False,
    trials: int = 20,
    residents: int = 500,
    json: bool = False,
    seed: Seed = 0,
) -> None:
    """Estimates policies from the logs of others, beside what they did earn.

    Args:
        folder: Open Bandit: holds POLICY_CAMPAIGN.csv and CAMPAIGN_item_context.csv, plain or gzip.
        town: estimate in the town instead, then serve the policy there in closed loop.
        trials: in the town, over seeds and people models.
        residents: of the town, who are served.
        json: print one JSON object.
        seed: draws of the bootstrap and folds of the reward model; in the town, of the first town.
    """
    if town == (folder is not None):
        given = "nothing" if folder is None else f"{folder} and --town"
        raise BadInput("folder", given, "give an Open Bandit folder, or --town")
    if folder is None:
        _town(trials, residents, seed, json)
    else:
        _bandit(folder, seed, json)


def _bandit(folder: Path, seed: int, json: bool) -> None:
    from stoa.evaluation.off_policy_study import (
        OffPolicyPair,
        off_policy_figures,
        study_off_policy,
    )

    with progress_bar("estimating policies") as show:
        pairs = study_off_policy(folder, seed=seed, show=show)
    if json:
        print_json(off_policy_figures(pairs, seed))
        return

    def table(pair: OffPolicyPair) -> list[str]:
        rows = {"truth": pair.truth, **pair.result.estimates, **pair.result.baselines}
        return [
            f"{pair.campaign}: {pair.evaluated} from the log of {pair.logged}",
            f"{'':14}   mean      low     high",
            *(f"{name:14} {i.mean:.5f}  {i.low:.5f}  {i.high:.5f}" for name, i in rows.items()),
            f"effective n {pair.result.effective_n:.0f} of {pair.result.n},"
            f" largest weight {pair.result.largest_weight:.1f}",
            f"{pair.evaluated} against {pair.logged}: {pair.result.verdict}",
        ]

    print("\n\n".join("\n".join(table(pair)) for pair in pairs))


def _town(trials: int, residents: int, seed: int, json: bool) -> None:
    from stoa.evaluation.off_policy_town import TownTrialConfig, study_town, town_figures

    config = TownTrialConfig(trials=trials, residents=residents, first_seed=seed)
    with progress_bar("serving the town") as show:
        found = town_figures(study_town(config, show=show), config)
    if json:
        print_json(found)
        return
    print("\n\n".join(_town_table(name, its) for name, its in found["values"].items()))


def _town_table(name: str, its: dict[str, Any]) -> str:
    told = its["verdicts"]
    said = ", ".join(f"{n} {word}" for word, n in told.items())
    return "\n".join([
        f"{name}: truth within the interval; errors and half widths against the truth",
        *(f"  {estimator:12} {e['hits']:2} of {e['of']:2}   mean error {e['mean_error']:+.3f}"
          f"  rms {e['rms_error']:.3f}  half width {e['half_width']:.3f}"
          for estimator, e in its["estimators"].items()),
        f"  verdicts against the log: {said}",
    ])  # fmt: skip
