"""Which word may be said of a claim, and by whom (ask.md 7).

`supported` and `refuted` are for a plug-in model or an exact record; what the verifier without
weights finds is at most `likely`, since it lets a third of the refuted pass (ask.md 3b). That a
post says so is no proof that it is so: what rests on reports and opinions alone is `attributed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from stoa.ask_records import Verdict


class Emitter(StrEnum):
    """Who judges."""

    RULES = "rules"  # hard checks and comparison of sources
    VERIFIER = "verifier"  # the scorer without weights to fetch
    RECORD = "record"  # an exact statement of a higher tier
    PLUG_IN = "plug-in"  # an NLI model, a pair encoder, an endpoint


MAY_EMIT: Mapping[Emitter, frozenset[Verdict]] = {
    Emitter.RULES: frozenset(
        {Verdict.QUOTED, Verdict.ATTRIBUTED, Verdict.DISPUTED, Verdict.NOT_FOUND}
    ),
    Emitter.VERIFIER: frozenset({Verdict.LIKELY, Verdict.NOT_FOUND}),
    Emitter.RECORD: frozenset({Verdict.SUPPORTED, Verdict.REFUTED}),
    Emitter.PLUG_IN: frozenset({Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_FOUND}),
}
"""Every verdict that each judge may give; nothing else leaves `decide`."""

STANDS = frozenset({Verdict.QUOTED, Verdict.SUPPORTED, Verdict.LIKELY, Verdict.ATTRIBUTED})
"""Verdicts of claims that an answer may rest on."""

SHOWN = STANDS | {Verdict.DISPUTED, Verdict.REFUTED}
"""Verdicts of claims that a reader may see; the last two never without what contradicts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Everything the checks found of one claim."""

    is_quote: bool = False  # its source's own words, byte for byte
    failures: bool = False  # a hard check failed
    likely: bool = False  # the verifier without weights: supported, no contradiction seen
    plug_in: Verdict | None = None  # what a plug-in model says, if one was asked
    states_the_world: bool = True  # rests on a first-hand source or better
    names_speaker: bool = False  # its words say who said so
    is_disputed: bool = False  # a source of its tier, or a shown note, says otherwise
    is_overruled: bool = False  # an exact statement of a higher tier says otherwise


def decide(finding: Finding) -> tuple[Verdict, Emitter]:
    """The verdict, and who gave it.

    >>> decide(Finding(is_quote=True))[0].value
    'quoted'
    >>> decide(Finding(likely=True, states_the_world=False))[0].value
    'attributed'
    """
    verdict, emitter = _decide(finding)
    assert verdict in MAY_EMIT[emitter]
    return verdict, emitter


def _decide(finding: Finding) -> tuple[Verdict, Emitter]:
    if finding.failures:
        return Verdict.NOT_FOUND, Emitter.RULES
    if finding.is_overruled:
        return Verdict.REFUTED, Emitter.RECORD
    if finding.is_quote:
        return (Verdict.DISPUTED if finding.is_disputed else Verdict.QUOTED), Emitter.RULES
    if finding.plug_in is not None and finding.plug_in is not Verdict.SUPPORTED:
        return finding.plug_in, Emitter.PLUG_IN
    if not finding.likely and finding.plug_in is None:
        return Verdict.NOT_FOUND, Emitter.VERIFIER
    if finding.is_disputed:
        return Verdict.DISPUTED, Emitter.RULES
    if finding.names_speaker or not finding.states_the_world:
        return Verdict.ATTRIBUTED, Emitter.RULES
    if finding.plug_in is Verdict.SUPPORTED:
        return Verdict.SUPPORTED, Emitter.PLUG_IN
    return Verdict.LIKELY, Emitter.VERIFIER
