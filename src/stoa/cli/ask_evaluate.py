"""`stoa ask evaluate`: how good the parts of Ask are, each against its trivial baselines.

One line a study; a study's module is imported when it is asked for.
"""

from __future__ import annotations

from cyclopts import App

evaluate = App(name="evaluate", help="How good the parts of Ask are, on published and own sets.")
evaluate.command("stoa.cli.ask_evaluate_retrieval:retrieval", name="retrieval")
evaluate.command("stoa.cli.ask_evaluate_drafts:drafts", name="drafts")
evaluate.command("stoa.cli.ask_evaluate_questions:questions", name="questions")
