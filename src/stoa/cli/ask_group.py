"""`stoa ask`: questions answered with checked claims; each command is imported when asked for."""

from __future__ import annotations

from cyclopts import App

from stoa.cli.ask import ask as answer
from stoa.cli.ask_evaluate import evaluate

ask = App(name="ask", help="Ask the square, and documents of yours: an answer of checked claims.")
ask.default(answer)
ask.command("stoa.cli.ask_verify:verify", name="verify")
ask.command("stoa.cli.ask_train_pairs:train_pairs", name="train-pairs")
ask.command(evaluate)
