"""Promoted posts in memory: the twin of those on disk, and the rules that both go by."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stoa.errors import BadInput
from stoa.promoted_records import (
    Campaign,
    CampaignId,
    CampaignState,
    Look,
    Placement,
    PromotedFigures,
    charge,
)
from stoa.records import BY_THE_SQUARE, SECOND_US, AccountId, EventKind, ViewerEvent

CLOCKS_DIFFER_US = 600 * SECOND_US
"""A browser's clock may be this far behind ours."""

ANSWERS = {
    EventKind.GLAD: "n_glad",
    EventKind.NO_OPINION: "n_no_opinion",
    EventKind.REGRET: "n_regret",
}
_NOT_SHOWN = BY_THE_SQUARE | {EventKind.UNDO}


@dataclass(slots=True)
class _Shown:
    """A placement and what came of it."""

    placement: Placement
    seen_us: int | None = None
    charged: int = 0
    looked_ms: int = 0

    def held(self, now_us: int) -> int:
        """What it keeps from others."""
        lapsed = self.placement.until_us <= now_us
        return 0 if lapsed else max(self.placement.hold - self.charged, 0)


class MemoryCampaigns:
    """A complete `CampaignStore` in two dictionaries."""

    def __init__(self) -> None:
        self._states: dict[CampaignId, CampaignState] = {}
        self._shown: dict[tuple[int, CampaignId, str], _Shown] = {}
        self._lock = threading.RLock()

    def add(self, campaign: Campaign) -> None:
        """Keeps a campaign; see `CampaignStore.add`."""
        with self._lock:
            if campaign.id in self._states:
                raise id_taken(campaign)
            for state in self._states.values():
                other = state.campaign
                meets = other.starts_us < campaign.ends_us and other.ends_us > campaign.starts_us
                if other.post == campaign.post and state.stopped_us is None and meets:
                    raise overlapping(campaign, other.id)
            self._states[campaign.id] = CampaignState(campaign=campaign)

    def campaigns(self, now_us: int) -> list[CampaignState]:
        """All of them and how they stand, the earliest start first."""
        with self._lock:
            held: Counter[CampaignId] = Counter()
            for shown in self._shown.values():
                held[shown.placement.campaign] += shown.held(now_us)
            found = [
                replace(s, held=min(held[s.campaign.id], s.campaign.budget - s.spent))
                for s in self._states.values()
            ]
        return sorted(found, key=lambda s: (s.campaign.starts_us, s.campaign.id))

    def running(self, now_us: int) -> list[Campaign]:
        """Those that may be handed out now, the earliest start first."""
        return [s.campaign for s in self.campaigns(now_us) if s.is_running(now_us)]

    def stop(self, campaign: CampaignId, at_us: int, because: str) -> bool:
        """Ends a campaign for good; whether it was there and had not been stopped."""
        with self._lock:
            held = self._states.get(campaign)
            if held is None or held.stopped_us is not None:
                return False
            self._states[campaign] = replace(held, stopped_us=at_us, stopped_because=because)
            return True

    def stop_posts(self, posts: Sequence[int], at_us: int, because: str) -> int:
        """Ends all campaigns of these posts; returns how many."""
        gone = set(posts)
        with self._lock:
            theirs = [s.campaign.id for s in self._states.values() if s.campaign.post in gone]
            return sum(self.stop(campaign, at_us, because) for campaign in theirs)

    def placed(self, viewer: AccountId, since_us: int, now_us: int) -> Mapping[CampaignId, int]:
        """How often each was handed to a reader since then, without what lapsed unseen."""
        with self._lock:
            return Counter(
                shown.placement.campaign
                for shown in self._shown.values()
                if shown.placement.viewer == viewer
                and shown.placement.at_us >= since_us
                and (shown.seen_us is not None or shown.placement.until_us > now_us)
            )

    def hold(self, placements: Sequence[Placement]) -> list[Placement]:
        """Keeps those for which the budgets have room."""
        with self._lock:
            held = [self._hold(one) for one in placements]
        return [one for one in held if one is not None]

    def placements(self, viewer: AccountId) -> list[Placement]:
        """All that is kept of what a reader was handed, oldest first."""
        with self._lock:
            found = [s.placement for s in self._shown.values() if s.placement.viewer == viewer]
        return sorted(found, key=lambda one: (one.at_us, one.position, one.campaign))

    def charge_look(self, event: ViewerEvent) -> None:
        """Charges a new event on the newest placement of its reader and post, if there is one."""
        if not shows_on_screen(event):
            return
        with self._lock:
            theirs = [
                shown
                for shown in self._shown.values()
                if (shown.placement.viewer, shown.placement.post) == (event.viewer, event.post)
                and shown.placement.at_us <= event.at_us + CLOCKS_DIFFER_US
            ]
            if theirs:
                self._charge(max(theirs, key=lambda shown: shown.placement.at_us), event)

    def forget(self, viewer: int, until_us: int = 1 << 62) -> int:
        """Lets go what a reader was handed until then; sums stay. Returns how many rows."""
        with self._lock:
            theirs = [
                key
                for key, shown in self._shown.items()
                if key[0] == viewer and shown.placement.at_us <= until_us
            ]
            for key in theirs:
                del self._shown[key]
            return len(theirs)

    def expire(self, older_than_us: int) -> None:
        """Lets go placements from before then."""
        with self._lock:
            old = [k for k, s in self._shown.items() if s.placement.at_us < older_than_us]
            for key in old:
                del self._shown[key]

    def _hold(self, one: Placement) -> Placement | None:
        state = self._states.get(one.campaign)
        key = int(one.viewer), one.campaign, one.reading
        if state is None or state.stopped_us is not None or key in self._shown:
            return None
        held = sum(
            shown.held(one.at_us)
            for shown in self._shown.values()
            if shown.placement.campaign == one.campaign
        )
        room = state.campaign.budget - state.spent - held
        if room < 1:
            return None
        one = replace(one, hold=min(one.hold, room))
        self._shown[key] = _Shown(one)
        return one

    def _charge(self, shown: _Shown, event: ViewerEvent) -> None:
        one, state = shown.placement, self._states[shown.placement.campaign]
        is_first = shown.seen_us is None
        look = Look(is_first=is_first, looked_ms=shown.looked_ms, seconds=event.seconds)
        due = charge(state.campaign.unit, look, state.campaign.budget - state.spent)
        shown.seen_us = event.at_us if is_first else shown.seen_us
        shown.charged += due.amount
        shown.looked_ms += due.looked_ms
        more = PromotedFigures(
            n_shown=int(is_first),
            value_s=one.value_s if is_first else 0.0,
            displaced_s=one.displaced_s if is_first else 0.0,
            looked_ms=due.looked_ms,
            **({ANSWERS[event.kind]: 1} if event.kind in ANSWERS else {}),
        )
        self._states[one.campaign] = replace(
            state, spent=state.spent + due.amount, figures=state.figures.plus(more)
        )


def shows_on_screen(event: ViewerEvent) -> bool:
    """Whether an event tells that its post was on a screen of this square's readers."""
    return event.kind not in _NOT_SHOWN and event.surface != "import"


def id_taken(campaign: Campaign) -> BadInput:
    """The refusal of a second campaign of one id."""
    return BadInput("id", campaign.id, "give another id: a campaign has it already")


def overlapping(campaign: Campaign, other: str) -> BadInput:
    """The refusal of a second campaign of one post at one time."""
    mend = f"stop campaign {other} first, or start when it ends: it promotes this post"
    return BadInput("post", campaign.uri, mend)
