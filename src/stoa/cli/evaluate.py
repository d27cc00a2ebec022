"""`stoa evaluate`: how good the learned parts are, each against its trivial baselines.

One line a study; a study's module is imported when it is asked for.
"""

from __future__ import annotations

from cyclopts import App

evaluate = App(name="evaluate", help="Measure what was learned, against its trivial baselines.")
evaluate.command("stoa.cli.evaluate_sequences:sequences", name="sequences")
evaluate.command("stoa.cli.evaluate_vectors:vectors", name="vectors")
evaluate.command("stoa.cli.evaluate_regret:regret", name="regret")
evaluate.command("stoa.cli.evaluate_offpolicy:offpolicy", name="offpolicy")
evaluate.command("stoa.cli.evaluate_policies:policies", name="policies")
evaluate.command("stoa.cli.evaluate_report:report", name="report")
