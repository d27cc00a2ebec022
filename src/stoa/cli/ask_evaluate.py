"""`stoa ask evaluate`: how good the parts of Ask are; a study is imported when it is asked for."""

from __future__ import annotations

from cyclopts import App

evaluate = App(name="evaluate", help="Measure the parts of Ask, against trivial baselines.")
evaluate.command("stoa.cli.ask_evaluate_questions:questions", name="questions")
