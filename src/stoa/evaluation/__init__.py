"""Studies that join rooms: feeds served in closed loop to people whose regret is known."""

from stoa.evaluation.closed_loop import ClosedLoopConfig, PolicyDays, run_policy
from stoa.evaluation.comparison import compare
from stoa.evaluation.intervals import Interval, mean_interval

__all__ = [
    "ClosedLoopConfig",
    "Interval",
    "PolicyDays",
    "compare",
    "mean_interval",
    "run_policy",
]
