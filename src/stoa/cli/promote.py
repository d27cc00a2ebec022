"""`stoa promote`: posts that somebody pays for to be looked at, and what they came to."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from stoa.cli.printing import print_json
from stoa.errors import BadInput
from stoa.promoted_records import BudgetUnit, Campaign, CampaignState
from stoa.records import SECOND_US
from stoa.web.views.words import counted

if TYPE_CHECKING:
    from stoa.promoted.desk import Wish

promote = App(name="promote", help="Promoted posts: take them in, end them, see what they cost.")

_WORDS = {BudgetUnit.IMPRESSIONS: "impressions", BudgetUnit.MILLISECONDS: "seconds"}


@promote.command
def add(
    post: str,
    *,
    by: str,
    impressions: int | None = None,
    seconds: float | None = None,
    id: str = "",
    starts: str | None = None,
    ends: str | None = None,
    gap: int = 8,
    per_day: int = 1,
    data: Path | None = None,
    json: bool = False,
) -> None:
    """Has a post looked at by the feed until its budget is spent; a running square follows at once.

    It is shown only where it is worth a reader's seconds at least as much as what it displaces.
    Times are ISO 8601 or epoch milliseconds.

    Args:
        post: URI of a post that is here.
        by: who pays, in words that readers see.
        impressions: budget, in times it was seen.
        seconds: or the budget in seconds of readers' measured looks.
        id: name of the campaign; made when left out.
        starts: at once when left out.
        ends: two days after the post came in when left out: it is too old to be ranked then.
        gap: least other posts before it, and between it and another promoted one.
        per_day: most showings to one reader on one day.
        data: the square's data folder; the default one when left out.
        json: print one JSON object.
    """
    from stoa.promoted.desk import Wish

    unit, budget = _budget(impressions, seconds)
    wish = Wish(
        post=post, advertiser=by, unit=unit, budget=budget, id=id, gap=gap, per_day=per_day,
        starts_us=_moment_us("--starts", starts), ends_us=_moment_us("--ends", ends),
    )  # fmt: skip
    made = _add(data, wish)
    if json:
        print_json(_campaign_json(made))
        return
    print(f"{made.id}: promoted from {_when(made.starts_us)} to {_when(made.ends_us)}")
    print(f"see it with `stoa promote list`, end it with `stoa promote stop {made.id}`",
          file=sys.stderr)  # fmt: skip


@promote.command(name="list")
def list_campaigns(*, data: Path | None = None, json: bool = False) -> None:
    """Prints every campaign: how it stands, what it spent, what readers won or lost by it.

    Args:
        data: the square's data folder; the default one when left out.
        json: print one JSON object.
    """
    from stoa.app.promoted import open_desk, square_now_us
    from stoa.promoted.desk import state_word, total

    with open_desk(_folder(data)) as desk:
        now_us = square_now_us(desk, time.time_ns() // 1000)
        states = desk.campaigns.campaigns(now_us)
    if json:
        rows = [_state_json(state, state_word(state, now_us)) for state in states]
        print_json({"campaigns": rows, "all": _figures_json(total(states))})
        return
    if not states:
        print("nothing is promoted; see `stoa promote add --help`")
    for state in states:
        print("\n".join(_state_lines(state, state_word(state, now_us))))


@promote.command
def stop(id: str, *, data: Path | None = None) -> None:
    """Ends a campaign for good, from the next page on.

    Args:
        id: one of `stoa promote list`.
        data: the square's data folder; the default one when left out.
    """
    from stoa.app.promoted import open_desk, square_now_us

    with open_desk(_folder(data)) as desk:
        desk.stop(id, square_now_us(desk, time.time_ns() // 1000))
    print(f"{id} is stopped", file=sys.stderr)


def _add(data: Path | None, wish: Wish) -> Campaign:
    from stoa.app.promoted import open_desk, square_now_us

    with open_desk(_folder(data)) as desk:
        return desk.add(wish, square_now_us(desk, time.time_ns() // 1000))


def _folder(data: Path | None) -> Path:
    from stoa.settings import load_settings

    return load_settings(data=data).data


def _budget(impressions: int | None, seconds: float | None) -> tuple[BudgetUnit, int]:
    if (impressions is None) == (seconds is None):
        given = None if impressions is None else f"{impressions} and {seconds}"
        raise BadInput("budget", given, "give either --impressions or --seconds")
    if impressions is not None:
        if impressions < 1:
            raise BadInput("--impressions", impressions, "give at least 1")
        return BudgetUnit.IMPRESSIONS, impressions
    assert seconds is not None
    if not 0.001 <= seconds <= 1e12:
        raise BadInput("--seconds", seconds, "give seconds above 0")
    return BudgetUnit.MILLISECONDS, round(1000 * seconds)


def _moment_us(field: str, text: str | None) -> int | None:
    from stoa.cli.notes import epoch_ms

    return None if text is None else 1000 * epoch_ms(field, text)


def _when(at_us: int) -> str:
    try:
        return datetime.fromtimestamp(at_us / SECOND_US, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return str(at_us)


def _amount(unit: BudgetUnit, amount: int) -> float | int:
    return amount if unit is BudgetUnit.IMPRESSIONS else amount / 1000


def _campaign_json(campaign: Campaign) -> dict[str, Any]:
    unit = campaign.unit
    return {
        "id": campaign.id, "post": campaign.uri, "by": campaign.advertiser,
        "budget": {"unit": _WORDS[unit], "amount": _amount(unit, campaign.budget)},
        "starts_us": campaign.starts_us, "ends_us": campaign.ends_us, "gap": campaign.gap,
        "per_day": campaign.per_day,
    }  # fmt: skip


def _figures_json(figures: Any) -> dict[str, Any]:
    return {**asdict(figures), "net_s": figures.net_s}


def _state_json(state: CampaignState, word: str) -> dict[str, Any]:
    unit = state.campaign.unit
    return {
        **_campaign_json(state.campaign), "state": word, "because": state.stopped_because,
        "spent": _amount(unit, state.spent), "held": _amount(unit, state.held),
        **_figures_json(state.figures),
    }  # fmt: skip


def _state_lines(state: CampaignState, word: str) -> list[str]:
    campaign, figures = state.campaign, state.figures
    unit = campaign.unit
    spent, budget = _amount(unit, state.spent), _amount(unit, campaign.budget)
    because = f" ({state.stopped_because})" if state.stopped_because else ""
    return [
        f"{campaign.id}  {word}{because}  {campaign.uri}  by {campaign.advertiser}",
        f"  {spent:,} of {budget:,} {_WORDS[unit]} spent, {_amount(unit, state.held):,} held; "
        f"{_when(campaign.starts_us)} to {_when(campaign.ends_us)}",
        f"  seen {counted(figures.n_shown, 'time')}: worth {figures.value_s:.1f} s, displaced "
        f"{figures.displaced_s:.1f} s, net {figures.net_s:+.1f} s; looked at "
        f"{figures.looked_ms / 1000:.1f} s; glad {figures.n_glad}, neither "
        f"{figures.n_no_opinion}, wished not {figures.n_regret}",
    ]
