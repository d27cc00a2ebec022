"""`stoa ask evaluate`: how good the parts of Ask are, each against its trivial baselines.

One line a study; a study's module is imported when it is asked for.
"""

from __future__ import annotations

from cyclopts import App

evaluate = App(name="evaluate", help="Measure the parts of Ask against their trivial baselines.")
evaluate.command("stoa.cli.ask_evaluate_verifier:verifier", name="verifier")
evaluate.command("stoa.cli.ask_evaluate_own:ragtruth", name="ragtruth")
evaluate.command("stoa.cli.ask_evaluate_own:aggrefact", name="aggrefact")
evaluate.command("stoa.cli.ask_evaluate_retrieval:retrieval", name="retrieval")
evaluate.command("stoa.cli.ask_evaluate_answers:answers", name="answers")
evaluate.command("stoa.cli.ask_evaluate_drafts:drafts", name="drafts")
evaluate.command("stoa.cli.ask_evaluate_questions:questions", name="questions")
