"""`stoa ask evaluate`: how good the parts of Ask are, each against its trivial baselines.

One line a study; a study's module is imported when it is asked for.
"""

from __future__ import annotations

from cyclopts import App

from stoa.cli.lazily import register

evaluate = App(name="evaluate", help="Measure the parts of Ask against their trivial baselines.")
register(evaluate, "stoa.cli.ask_evaluate_verifier:verifier", "verifier")
register(evaluate, "stoa.cli.ask_evaluate_own:ragtruth", "ragtruth")
register(evaluate, "stoa.cli.ask_evaluate_own:aggrefact", "aggrefact")
register(evaluate, "stoa.cli.ask_evaluate_retrieval:retrieval", "retrieval")
register(evaluate, "stoa.cli.ask_evaluate_answers:answers", "answers")
register(evaluate, "stoa.cli.ask_evaluate_drafts:drafts", "drafts")
register(evaluate, "stoa.cli.ask_evaluate_questions:questions", "questions")
