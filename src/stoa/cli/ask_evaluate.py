"""`stoa ask evaluate`: how good the parts of Ask are, each against its trivial baselines."""

from __future__ import annotations

from cyclopts import App

evaluate = App(name="evaluate", help="Measure the parts of Ask against their trivial baselines.")
evaluate.command("stoa.cli.ask_evaluate_verifier:verifier", name="verifier")
evaluate.command("stoa.cli.ask_evaluate_own:ragtruth", name="ragtruth")
evaluate.command("stoa.cli.ask_evaluate_own:aggrefact", name="aggrefact")
