"""What a study of policies found, as tables: for a terminal, and as docs/explanation shows it."""

from __future__ import annotations

from typing import Any

_HEAD = (
    "| policy | s a day | behind | last day active | ours less that | regret | glad | replies |\n"
    "|---|---|---|---|---|---|---|---|"
)


def plain_table(model: str, policies: dict[str, Any]) -> str:
    """Lines for a terminal, the best policy first."""
    head = f"{model} people: true unregretted seconds a viewer-day"
    columns = (
        f"{'':20}   mean     low    high  behind     low    high  active  regret  first  reply"
    )
    lines = [head, columns]
    for name, its in _ranked(policies):
        behind = its.get("behind") or dict.fromkeys(("mean", "low", "high"))
        numbers = [its[k] for k in ("mean", "low", "high")]
        numbers += [behind[k] for k in ("mean", "low", "high")]
        told = " ".join(f"{n:7.1f}" if n is not None else "      -" for n in numbers)
        shares = f"{its['last_day_active']:7.3f} {its['regret_rate']:7.3f}"
        shares += f" {its['first_post_share']:6.3f} {its['reply_share']:6.3f}"
        lines.append(f"{name:20}{told} {shares}")
    return "\n".join(lines)


def markdown_table(model: str, policies: dict[str, Any], way: float | None) -> str:
    """The same as Markdown, with how far ours goes from the best of the others to the oracle."""
    lines = [f"**{model.capitalize()}**", "", _HEAD]
    for name, its in _ranked(policies):
        cells = [f"`{name}`", f"{its['mean']:.1f}", _interval(its.get("behind"), 1)]
        cells += [f"{its['last_day_active']:.3f}", _interval(its.get("behind_last_day_active"), 3)]
        cells += [f"{its[key]:.3f}" for key in ("regret_rate", "glad_rate", "reply_share")]
        lines.append("| " + " | ".join(cells) + " |")
    if way is not None:
        lines += ["", f"Of the way from the best of the others to the oracle: {way:.0%}."]
    return "\n".join(lines)


def _ranked(policies: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(policies.items(), key=lambda item: -item[1]["mean"])


def _interval(found: dict[str, Any] | None, digits: int) -> str:
    if found is None:
        return ""
    mean = f"{found['mean']:+.{digits}f}"
    if found["low"] is None:
        return mean
    return f"{mean} ({found['low']:+.{digits}f} to {found['high']:+.{digits}f})"
