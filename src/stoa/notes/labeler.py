"""Turns what the notes say of posts into labels: what should stand, less what stands.

Nobody sets a label. What should stand follows from the notes and from what became of the posts;
what stands is read from the labels kept; the difference is signed and added. So a crash, a
restart, or a run made elsewhere costs nothing but time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from stoa.note_records import NO_TIME
from stoa.notes.standings import PostStanding
from stoa.own_labels import (
    CONTEXT_PROPOSED,
    READERS_ADDED_CONTEXT,
    UNKNOWN_POST,
    VALUES,
    Fate,
    OwnLabel,
    PostFate,
    label_time,
    label_time_us,
)
from stoa.ports import Clock, LabelLog, LabelSigner, PostFates
from stoa.records import DAY_US, SECOND_US

_Key = tuple[str, str]  # uri, val
_AT_ONCE = 25  # changes of one round: what the AppView tells versions of in one question
_MS_US = 1_000
_ASK_AGAIN_US = 600 * SECOND_US
"""How long a post that the AppView did not know is not asked for again."""

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLimits:
    """How many labels a labeler may give; Bluesky holds every labeler to these (atproto.md 8.1)."""

    a_second: int = 5
    an_hour: int = 10_000
    a_day: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerPorts:
    """What a labeler reaches the world through."""

    log: LabelLog
    signer: LabelSigner
    fates: PostFates
    standings: Callable[[], Iterable[PostStanding]]
    is_post: Callable[[str], bool]  # whether a URI is of the network that the labels are for
    clock: Clock  # the real time of day


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A label to give, or to take back."""

    uri: str
    val: str
    neg: bool = False
    cid: str = ""  # of a retraction: what it takes back
    needs_proof: bool = False  # only if somebody else says that the post is there


class Labeler:
    """Keeps the labels in step with the notes. Blocks on the store: call it in a thread."""

    def __init__(self, ports: LabelerPorts, limits: LabelLimits | None = None) -> None:
        self._ports = ports
        self._limits = limits or LabelLimits()
        self._lock = threading.Lock()
        self._unproven_us: dict[str, int] = {}

    def plan(self) -> list[LabelChange]:
        """The changes that are due, most urgent first, as many as one round takes.

        Retractions come first, then notes that show, then those proposed.
        """
        holds = self._ports.log.holding(self._ports.signer.did)
        standing = {s.post: s for s in self._ports.standings() if self._ports.is_post(s.post)}
        given = {key for key, label in holds.items() if not label.neg}
        fates = self._ports.fates.fates(sorted(standing.keys() | {uri for uri, _ in given}))
        changes = [
            *_retractions(given, holds, standing, fates),
            *_gifts(given, holds, standing, fates),
        ]
        changes.sort(key=_urgency)
        now_us = self._ports.clock.now_us()
        return list(islice((c for c in changes if not self._waits(c, now_us)), _AT_ONCE))

    def emit(self, changes: Sequence[LabelChange], versions: Mapping[str, str]) -> int:
        """Signs and keeps changes, as many as the limits leave room for; returns how many.

        Args:
            changes: what `plan` gave.
            versions: the CID of each post, where somebody knows it.
        """
        with self._lock:
            now_us = self._ports.clock.now_us()
            provable = [c for c in changes if not c.needs_proof or versions.get(c.uri)]
            self._note_unproven({c.uri for c in changes} - {c.uri for c in provable}, now_us)
            due = provable[: self._room(now_us)]
            if not due:
                return 0
            last = self._ports.log.last()
            at_us = now_us if last is None else max(now_us, label_time_us(last.label.cts) + _MS_US)
            labels = [
                self._label(change, versions, at_us + place * _MS_US)
                for place, change in enumerate(due)
            ]
            self._ports.log.append(0 if last is None else last.seq, labels)
            return len(labels)

    def awaits(self, uri: str) -> bool:
        """Whether a label waits for somebody to vouch for a post."""
        return uri in self._unproven_us

    def _label(self, change: LabelChange, versions: Mapping[str, str], at_us: int) -> OwnLabel:
        cid = change.cid if change.neg else versions.get(change.uri, "")
        signer = self._ports.signer
        return signer.signed(
            OwnLabel(signer.did, change.uri, change.val, label_time(at_us), cid, change.neg)
        )

    def _room(self, now_us: int) -> int:
        limits = self._limits
        windows = (SECOND_US, limits.a_second), (3_600 * SECOND_US, limits.an_hour)
        given = self._ports.log.n_since
        return max(
            0,
            min(
                most - given(label_time(now_us - length_us))
                for length_us, most in (*windows, (DAY_US, limits.a_day))
            ),
        )

    def _waits(self, change: LabelChange, now_us: int) -> bool:
        asked_us = self._unproven_us.get(change.uri)
        return change.needs_proof and asked_us is not None and now_us < asked_us + _ASK_AGAIN_US

    def _note_unproven(self, uris: set[str], now_us: int) -> None:
        if len(self._unproven_us) + len(uris) > _REMEMBERED:
            self._unproven_us.clear()
        self._unproven_us.update(dict.fromkeys(uris, now_us))


def wanted(standing: PostStanding, version_us: int) -> set[str]:
    """The values that notes on a version of a post ask for, whatever else became of it."""
    since_ms = version_us // _MS_US
    if standing.shown_ms >= max(since_ms, NO_TIME + 1):
        return {READERS_ADDED_CONTEXT}
    if standing.proposed_ms >= max(since_ms, NO_TIME + 1):
        return {CONTEXT_PROPOSED}
    return set()


def _retractions(
    given: set[_Key],
    holds: Mapping[_Key, OwnLabel],
    standing: Mapping[str, PostStanding],
    fates: Mapping[str, PostFate],
) -> Iterable[LabelChange]:
    for uri, val in given:
        fate, notes = fates.get(uri, UNKNOWN_POST), standing.get(uri)
        asked = set[str]()
        if fate.fate is not Fate.GONE and notes is not None:
            asked = wanted(notes, fate.version_us)
        # What was proposed stays until the label that takes its place is there.
        awaited = READERS_ADDED_CONTEXT in asked and (uri, READERS_ADDED_CONTEXT) not in given
        if val not in asked and not awaited:
            yield LabelChange(uri, val, neg=True, cid=holds[uri, val].cid)


def _gifts(
    given: set[_Key],
    holds: Mapping[_Key, OwnLabel],
    standing: Mapping[str, PostStanding],
    fates: Mapping[str, PostFate],
) -> Iterable[LabelChange]:
    for uri, notes in standing.items():
        fate = fates.get(uri, UNKNOWN_POST)
        if fate.fate is Fate.GONE:
            continue
        for val in wanted(notes, fate.version_us):
            is_here = fate.fate is Fate.LIVE
            if (uri, val) not in given and (is_here or _may_return(holds, uri, notes)):
                yield LabelChange(uri, val, needs_proof=not is_here)


def _may_return(holds: Mapping[_Key, OwnLabel], uri: str, notes: PostStanding) -> bool:
    """Whether a post that is out of sight may get a label.

    Once one was taken back, perhaps because the post was edited, only a note written since may.
    """
    labels = [holds[uri, val] for val in VALUES if (uri, val) in holds]
    if any(not label.neg for label in labels):
        return True
    taken_back_us = max((label_time_us(label.cts) for label in labels), default=-1)
    return max(notes.shown_ms, notes.proposed_ms) * _MS_US > taken_back_us


def _urgency(change: LabelChange) -> tuple[bool, bool, str, str]:
    return not change.neg, change.val != READERS_ADDED_CONTEXT, change.uri, change.val
