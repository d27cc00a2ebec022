"""What was left out of a reading, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.feed.filters import MutedWords
from stoa.feed.outcome import LeftOutRule, TraceTold
from stoa.feed.query import FeedQuery
from stoa.feed.serving import ELSEWHERE
from stoa.pipeline import Pipeline, Trace
from stoa.pipeline.trace import DUPLICATE, POOL, SAME_REPOST
from stoa.records import PostId, ViewerSettings

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    reason: str
    switchable: bool


_OF_NO_STAGE = (
    _Rule(DUPLICATE, "It was found in more than one way and is shown once.", False),
    _Rule(SAME_REPOST, "Several people reposted it and it is shown once.", False),
    _Rule(ELSEWHERE, "It is not on the network that this page was read from.", False),
    _Rule(POOL, "There was no room: enough other posts stood nearer to you.", False),
)


def trace_told(trace: Trace, policy: str) -> TraceTold:
    """A trace as figures."""
    return TraceTold(
        policy=policy,
        n_found=trace.n_found,
        n_kept=trace.n_kept,
        found=dict(trace.found),
        failed=dict(trace.failed),
        dropped=trace.counts(),
        n_not_finite=trace.n_not_finite,
        seconds={stage: round(seconds, 6) for stage, seconds in trace.seconds.items()},
    )


def left_out_rules(
    trace: Trace, pipeline: Pipeline[FeedQuery], settings: ViewerSettings
) -> tuple[LeftOutRule, ...]:
    """Every rule of a pipeline with what it dropped; those that dropped most come first."""
    counts = trace.counts()
    words = MutedWords()
    rules = [
        *(_Rule(r.name, r.reason, r.switchable) for r in pipeline.filters),
        *(_Rule(r.name, r.reason, r.switchable) for r in pipeline.group_filters),
        _Rule(words.name, words.reason, words.switchable),
        *_OF_NO_STAGE,
    ]
    told = [
        LeftOutRule(
            name=rule.name,
            reason=rule.reason,
            count=counts.get(rule.name, 0),
            examples=tuple(PostId(int(p)) for p in trace.examples(rule.name, _EXAMPLES)),
            switchable=rule.switchable,
            off=rule.switchable and rule.name in settings.rules_off,
        )
        for rule in rules
    ]
    return tuple(sorted(told, key=lambda rule: -rule.count))
