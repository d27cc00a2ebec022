"""`stoa ask`: a question answered; below it, how well the parts of Ask do. Leaves load lazily."""

from __future__ import annotations

from cyclopts import App

from stoa.cli.ask import ask

ask_group = App(name="ask", help="Ask the square, and documents, and get checked claims.")
ask_group.default(ask)
