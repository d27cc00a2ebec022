"""`stoa evaluate offpolicy`: one policy estimated from another's log, beside what it earned."""

from __future__ import annotations

from pathlib import Path

from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar


def offpolicy(folder: Path, *, json: bool = False, seed: int = 0) -> None:
    """Estimates each policy of an Open Bandit folder from the other's log.

    Args:
        folder: holds POLICY_CAMPAIGN.csv and CAMPAIGN_item_context.csv, plain or gzip.
        json: print one JSON object.
        seed: draws of the bootstrap and folds of the reward model.
    """
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
