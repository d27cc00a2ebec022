"""`stoa models`: which versions of the learned models there are, which one serves, and why."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cyclopts import App

from stoa.cli.printing import print_json
from stoa.errors import BadInput
from stoa.model_records import Decision, Fate, ModelCard, reliability_rows
from stoa.records import SECOND_US

if TYPE_CHECKING:
    from stoa.artifacts.model_shelf import ModelShelf

models = App(name="models", help="The learned models: versions, what serves, and why.")


@models.command(name="list")
def list_versions(*, data: Path | None = None, space: bool = False, json: bool = False) -> None:
    """Prints every version kept, oldest first, and marks the one that serves.

    Args:
        data: the square's data folder; the default one when left out.
        space: of the space that vectors lie in, instead of the ranker.
        json: print one JSON object.
    """
    shelf = _shelf(data, space)
    cards, serving = shelf.cards(), shelf.serving()
    fate = {decision.version: decision for decision in shelf.decisions()}
    if json:
        rows = [
            {"version": card.version, "made_us": card.made_us, "source": card.source,
             "fate": fate[card.version].fate.value if card.version in fate else None,
             "reason": fate[card.version].reason if card.version in fate else ""}
            for card in cards
        ]  # fmt: skip
        print_json({"serving": serving, "versions": rows})
        return
    if not cards:
        print("no version yet: a square trains one while it serves, or `stoa train` makes one")
    for card in cards:
        mark = "*" if card.version == serving else " "
        decision = fate.get(card.version)
        why = f"{decision.fate.value}: {decision.reason}" if decision else "never decided about"
        print(f"{mark} {card.version}  {_when(card.made_us)}  {card.source or '-':8}  {why}")


@models.command
def show(
    version: str | None = None, *, data: Path | None = None, space: bool = False, json: bool = False
) -> None:
    """Prints the card of a version: its data, losses, metrics with intervals, value table.

    Args:
        version: the one that serves when left out.
        data: the square's data folder; the default one when left out.
        space: of the space that vectors lie in, instead of the ranker.
        json: print one JSON object.
    """
    shelf = _shelf(data, space)
    version = version or shelf.serving()
    if version is None:
        raise BadInput("version", version, "no version serves yet; see `stoa models list`")
    card = shelf.load(version).card
    told = [decision for decision in shelf.decisions() if decision.version == version]
    if json:
        print_json({**asdict(card), "decisions": [asdict(decision) for decision in told]})
        return
    _print_card(card)
    for decision in told:
        print(f"{_when(decision.at_us)}  {decision.fate.value} by {decision.by}: {decision.reason}")


@models.command
def promote(
    version: str, *, reason: str = "", data: Path | None = None, space: bool = False
) -> None:
    """Makes a version serve; a running square takes a ranker up within seconds.

    A space is taken up once every post lies in it.

    Args:
        version: one of `stoa models list`, `first_version` for what needs no model, or the weights
            that come with Stoa by their name.
        reason: shown on the square's page.
        data: the square's data folder; the default one when left out.
        space: of the space that vectors lie in, instead of the ranker.
    """
    _decide(data, space, version, Fate.PROMOTED, reason or "chosen by the operator")


@models.command
def offer(version: str, *, data: Path | None = None, json: bool = False) -> None:
    """Has the gate compare a version with the one that serves, and lets it serve unless worse.

    Args:
        version: a ranker of `stoa models list` that does not serve.
        data: the square's data folder; the default one when left out.
        json: print one JSON object.
    """
    from stoa.app.learner import LearnerConfig
    from stoa.app.learner import offer as ask_the_gate
    from stoa.settings import load_settings

    settings = load_settings(data=data)
    config = LearnerConfig(shipped_serves=settings.shipped_weights)
    decision = ask_the_gate(settings.data, version, config)
    if json:
        print_json(asdict(decision))
    else:
        print(f"{decision.version} {decision.fate.value}: {decision.reason}")


@models.command
def rollback(*, reason: str = "", data: Path | None = None, space: bool = False) -> None:
    """Makes the version serve that served before, as `promote` does.

    Args:
        reason: shown on the square's page.
        data: the square's data folder; the default one when left out.
        space: of the space that vectors lie in, instead of the ranker.
    """
    shelf = _shelf(data, space)
    before = shelf.before()
    if before is None:
        raise BadInput(
            "version",
            None,
            "no other version served before; use `stoa models promote`, of a "
            "version or of first_version",
        )
    _decide(data, space, before, Fate.ROLLED_BACK, reason or "gone back by the operator")


def _decide(data: Path | None, space: bool, version: str, fate: Fate, reason: str) -> None:
    from stoa.app.versions import square_now_us
    from stoa.artifacts.shipped import is_shipped, keep_shipped, read_shipped
    from stoa.settings import load_settings

    shelf = _shelf(data, space)
    if not space and is_shipped(version) and version == read_shipped().card.version:
        keep_shipped(shelf)  # an older square has not taken them up by itself
    # The square may live in another time than this machine: a file's.
    now_us = square_now_us(load_settings(data=data).data)
    shelf.decide(Decision(now_us, version, fate, reason, "operator"))
    print(f"{version} serves now", file=sys.stderr)


def _shelf(data: Path | None, space: bool) -> ModelShelf:
    from stoa.app.learned import open_shelf, open_space_shelf
    from stoa.settings import load_settings

    return (open_space_shelf if space else open_shelf)(load_settings(data=data).data)


def _print_card(card: ModelCard) -> None:
    print(f"{card.version}, made {_when(card.made_us)} from {card.source or 'unknown data'}")
    if card.parent:
        print(f"went on from {card.parent}")
    if card.until_us:
        print(f"data from {_when(card.from_us)} to {_when(card.until_us)}")
    for name, count in card.counts.items():
        print(f"  {name}: {count}")
    for name, loss in card.losses.items():
        print(f"  loss of {name}: {loss:.4f}")
    for name, metric in card.metrics.items():
        interval = ", ".join(f"{key} {value:.4f}" for key, value in metric.items())
        print(f"  {name}: {interval}")
    for line in [*_value_lines(card), *_reliability_lines(card)]:
        print(f"  {line}")
    if card.notes:
        print(card.notes)


def _value_lines(card: ModelCard) -> list[str]:
    """kappa, the price, and what each action is worth: as served, and as learned with interval."""
    serves = card.value.get("worth_s")
    served = cast("Mapping[str, float]", serves) if isinstance(serves, Mapping) else {}
    lines = [f"{name}: {told}" for name, told in card.value.items() if name != "worth_s"]
    for name in sorted(served.keys() | card.worths.keys()):
        seen = card.worths.get(name)
        learned = "" if seen is None else (
            f"; returns say {seen['mean']:.1f} ({seen['low']:.1f} to {seen['high']:.1f})"
        )  # fmt: skip
        lines.append(f"worth of {name}: {served.get(name, 0.0):.1f} s{learned}")
    return lines


def _reliability_lines(card: ModelCard) -> list[str]:
    return [
        f"{row.head}: foretold {row.predicted:.4g}, seen {row.observed:.4g}, "
        f"error {row.error:.4f}, slope {row.slope_words} on {row.n} showings"
        for row in reliability_rows(card)
    ]


def _when(at_us: int) -> str:
    try:
        return datetime.fromtimestamp(at_us / SECOND_US, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return str(at_us)
