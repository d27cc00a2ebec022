"""`stoa evaluate`: how good the learned parts are, each against its trivial baselines.

One line a study; a study's module is imported when it is asked for.
"""

from __future__ import annotations

from cyclopts import App

from stoa.cli.lazily import register

evaluate = App(name="evaluate", help="Measure what was learned, against its trivial baselines.")
register(evaluate, "stoa.cli.evaluate_sequences:sequences", "sequences")
register(evaluate, "stoa.cli.evaluate_vectors:vectors", "vectors")
register(evaluate, "stoa.cli.evaluate_regret:regret", "regret")
register(evaluate, "stoa.cli.evaluate_offpolicy:offpolicy", "offpolicy")
register(evaluate, "stoa.cli.evaluate_policies:policies", "policies")
register(evaluate, "stoa.cli.evaluate_report:report", "report")
