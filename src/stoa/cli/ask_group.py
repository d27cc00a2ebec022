"""`stoa ask`: questions answered with checked claims; each command is imported when asked for."""

from __future__ import annotations

from cyclopts import App

from stoa.cli.ask import ask as answer
from stoa.cli.ask_evaluate import evaluate
from stoa.cli.lazily import register

ask = App(name="ask", help="Ask the square, and documents of yours: an answer of checked claims.")
ask.default(answer)
register(ask, "stoa.cli.ask_verify:verify", "verify")
register(ask, "stoa.cli.ask_train_pairs:train_pairs", "train-pairs")
ask.command(evaluate)
