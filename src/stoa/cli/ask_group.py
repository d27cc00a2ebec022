"""`stoa ask`: questions answered with checked claims; each command is imported when asked for."""

from __future__ import annotations

from cyclopts import App

ask = App(name="ask", help="Answers made of checked claims, and checks of claims.")
ask.command("stoa.cli.ask_verify:verify", name="verify")
ask.command("stoa.cli.ask_train_pairs:train_pairs", name="train-pairs")
ask.command(
    "stoa.cli.ask_evaluate:evaluate",
    name="evaluate",
    help="Measure the parts of Ask against their trivial baselines.",
)
