"""What `stoa notes polis` prints and writes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.app.polis_files import PolisStudy, study_polis
from stoa.cli.polis_drawing import svg_map, text_legend, text_map
from stoa.cli.printing import print_json
from stoa.errors import BadInput


def show_polis(folder: Path, *, svg: Path | None, seed: int, json: bool) -> None:
    """Studies a conversation and tells what came of it."""
    if svg is not None:
        _write(svg, "")  # a place that cannot be written is told before the study, not after
    tell_polis(study_polis(folder, seed=seed), svg=svg, json=json)


def tell_polis(made: PolisStudy, *, svg: Path | None, json: bool) -> None:
    """Prints a study's figures and map, and draws the map where `svg` says."""
    conversation = made.conversation
    statements: list[str] = conversation.statement.tolist()
    if svg is not None:
        _write(svg, svg_map(made.map, conversation.topic, statements))
    if json:
        print_json(_figures(made))
        return
    print(conversation.topic)
    print(text_map(made.map))
    print(text_legend(made.map, statements))
    print()
    print(_table(made))


def _write(svg: Path, drawing: str) -> None:
    try:
        svg.write_text(drawing, encoding="utf-8")
    except OSError as error:
        raise BadInput("--svg", str(svg), f"give a file that can be written: {error}") from None


def _figures(made: PolisStudy) -> dict[str, Any]:
    """All figures, and who stands where, as one JSON object."""
    conversation, drawn = made.conversation, made.map
    return {
        **_counts(made),
        **asdict(made.study.ours),
        "baselines": {name: asdict(q) for name, q in made.study.baselines.items()},
        "settings": made.study.settings,
        "groups": [
            {
                "size": group.size,
                "for": conversation.statement_id[list(group.for_it)].tolist(),
                "against": conversation.statement_id[list(group.against_it)].tolist(),
            }
            for group in drawn.groups
        ],
        "agreed": conversation.statement_id[list(drawn.agreed)].tolist(),
        "map": [
            {"voter": voter, "x": round(x, 4), "y": round(y, 4), "group": group}
            for voter, (x, y), group in zip(
                conversation.voter_id.tolist(),
                drawn.position.tolist(),
                drawn.group.tolist(),
                strict=True,
            )
        ],
    }


def _counts(made: PolisStudy) -> dict[str, int]:
    conversation = made.conversation
    return {
        "voters": len(conversation.voter_id),
        "statements": len(conversation.statement_id),
        "votes": len(conversation.vote),
        "held_out": made.study.n_held_out,
    }


def _table(made: PolisStudy) -> str:
    lines = [f"{name:20} {value}" for name, value in _counts(made).items()]
    lines.append(f"{'on held-out votes':20} auroc   log_loss")
    figures = {"ours": made.study.ours, **made.study.baselines}
    for name, quality in figures.items():
        setting = made.study.settings.get(name, "")
        line = f"{name:20} {quality.auroc:.4f}  {quality.log_loss:.4f}    {setting}"
        lines.append(line.rstrip())
    return "\n".join(lines)
