"""Stage protocols, one runner, and a trace that accounts for every post kept and dropped."""

from stoa.pipeline.candidates import Candidates
from stoa.pipeline.found import Found, Merged, merge
from stoa.pipeline.runner import Pipeline, Ranked
from stoa.pipeline.stages import Filter, Hydrator, Ranker, Scores, Source
from stoa.pipeline.trace import Trace

__all__ = [
    "Candidates",
    "Filter",
    "Found",
    "Hydrator",
    "Merged",
    "Pipeline",
    "Ranked",
    "Ranker",
    "Scores",
    "Source",
    "Trace",
    "merge",
]
