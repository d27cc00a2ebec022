"""What the Bluesky app reports of a reader, taken in once and only for what was really shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from stoa.bluesky.attention import SURFACE, reading_time_s, share_gap
from stoa.bluesky.feed_context import FeedContext
from stoa.bluesky.recent import RecentMap
from stoa.errors import BadInput, StoaError, UnknownFeed
from stoa.records import DAY_US, AccountId, EventKind, PostId, ViewerEvent
from stoa.web.xrpc_world import SkeletonService

MAX_BODY_BYTES = 256 * 1024
_MOST_ENTRIES = 500
_MAX_ITEM_CHARACTERS = 1024
_PREFIX = "app.bsky.feed.defs#"
_KINDS = {
    "requestLess": EventKind.SHOW_LESS,
    "requestMore": EventKind.SHOW_MORE,
    "interactionSeen": EventKind.IMPRESSION,
    "interactionLike": EventKind.LIKE,
    "interactionRepost": EventKind.REPOST,
    "interactionReply": EventKind.REPLY,
    "interactionQuote": EventKind.QUOTE,
    "clickthroughItem": EventKind.CLICK,
    "clickthroughAuthor": EventKind.CLICK,
    "clickthroughReposter": EventKind.CLICK,
    "clickthroughEmbed": EventKind.CLICK,
}


class _Body(msgspec.Struct):
    interactions: list[object]
    feed: str | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """One believable interaction: what happened to a post that we handed to this account."""

    kind: EventKind
    item: str
    context: FeedContext


def read_interactions(body: bytes, feed_uri: str) -> list[object]:
    """The entries of a request body, at most 500; further ones are not looked at.

    Raises:
        BadInput: not a JSON object with a list of interactions.
        UnknownFeed: meant for another feed.
    """
    try:
        read = msgspec.json.decode(body, type=_Body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
        mend = f'send {{"interactions": [...]}} ({wrong})'
        raise BadInput("body", body[:80], mend) from wrong
    if read.feed not in (None, "", feed_uri):
        raise UnknownFeed(read.feed)
    return read.interactions[:_MOST_ENTRIES]


class Interactions:
    """Takes interactions in. Blocks on the store: call `take` in a thread.

    The same (reading, post, event) of an account counts once: its time is that of the page it
    belongs to, so the store knows it again, also after a restart.
    """

    def __init__(self, service: SkeletonService) -> None:
        self._service = service
        self._counted: RecentMap[tuple[str, str, str, EventKind], object] = RecentMap(65_536)
        self._today: RecentMap[str, tuple[int, int]] = RecentMap(100_000)  # day, events counted

    def take(self, viewer: str, entries: Sequence[object]) -> int:
        """Keeps what can be believed of `entries`; returns how many events were new.

        Raises:
            StoreError: nothing was kept; sending the same again counts.
        """
        outcomes: Counter[str] = Counter()
        claims = self._believable(viewer, entries, outcomes)
        claims = self._under_cap(viewer, claims, outcomes)
        new = [claim for claim in claims if self._count(viewer, claim)]
        outcomes["repeated"] += len(claims) - len(new)
        try:
            n_new = self._keep(viewer, new, outcomes)
        except StoaError:
            for claim in new:
                self._counted.forget(_key(viewer, claim))
            raise
        for outcome, count in outcomes.items():
            self._service.meters.interactions.labels(outcome).inc(count)
        return n_new

    def _believable(
        self, viewer: str, entries: Sequence[object], outcomes: Counter[str]
    ) -> list[_Claim]:
        claims: list[_Claim] = []
        for entry in entries:
            outcome = self._claim(viewer, entry)
            if isinstance(outcome, _Claim):
                claims.append(outcome)
            else:
                outcomes[outcome] += 1
        return claims

    def _claim(self, viewer: str, entry: object) -> _Claim | str:
        if not isinstance(entry, dict):
            return "no_item"
        item, event, context = (entry.get(name) for name in ("item", "event", "feedContext"))
        if not isinstance(item, str) or not 0 < len(item) <= _MAX_ITEM_CHARACTERS:
            return "no_item"
        if not isinstance(event, str) or not event.startswith(_PREFIX):
            return "unknown_event"
        kind = _KINDS.get(event.removeprefix(_PREFIX))
        if kind is None:
            return "unknown_event"
        if not isinstance(context, str):
            return "not_served"
        read = self._service.contexts.read(context, viewer=viewer, post=item)
        return "not_served" if read is None else _Claim(kind, item, read)

    def _under_cap(self, viewer: str, claims: list[_Claim], outcomes: Counter[str]) -> list[_Claim]:
        day = self._service.wall.now_us() // DAY_US
        counted_day, counted = self._today.get(viewer) or (day, 0)
        counted = counted if counted_day == day else 0
        room = max(self._service.config.max_events_a_day - counted, 0)
        self._today.put(viewer, (day, counted + min(room, len(claims))))
        outcomes["over_cap"] += max(len(claims) - room, 0)
        return claims[:room]

    def _count(self, viewer: str, claim: _Claim) -> bool:
        mark = object()
        return self._counted.first(_key(viewer, claim), mark) is mark

    def _keep(self, viewer: str, claims: Sequence[_Claim], outcomes: Counter[str]) -> int:
        store = self._service.world.store
        found = [(claim, store.post_id(claim.item)) for claim in claims]
        live = [(claim, post) for claim, post in found if post is not None]
        outcomes["gone"] += len(found) - len(live)
        outcomes["kept"] += len(live)
        if not live:
            return 0
        account = store.intern_account(viewer)
        events = [_event(account, post, claim) for claim, post in live]
        events += self._dwells(viewer, [e for e in events if e.kind is EventKind.IMPRESSION])
        return self._service.world.acts.record(events)

    def _dwells(self, viewer: str, seen: Sequence[ViewerEvent]) -> list[ViewerEvent]:
        gap_s = self._service.pace.gap_s(viewer, self._service.wall.now_us())
        posts = self._service.world.store.posts([event.post for event in seen])
        shown = [event for event in seen if event.post in posts]
        shares_s = share_gap(gap_s, [reading_time_s(posts[event.post]) for event in shown])
        return [
            replace(
                event,
                kind=EventKind.DWELL,
                at_us=_moment_us(event.at_us - EventKind.IMPRESSION, EventKind.DWELL),
                seconds=round(seconds, 3),
                surface=SURFACE,
            )
            for event, seconds in zip(shown, shares_s, strict=True)
            if seconds > 0
        ]


def _key(viewer: str, claim: _Claim) -> tuple[str, str, str, EventKind]:
    return (viewer, claim.context.reading, claim.item, claim.kind)


def _moment_us(served_us: int, kind: EventKind) -> int:
    return served_us + int(kind)  # the same for every report of it; kinds keep an order


def _event(account: AccountId, post: PostId, claim: _Claim) -> ViewerEvent:
    return ViewerEvent(
        viewer=account,
        kind=claim.kind,
        post=post,
        at_us=_moment_us(claim.context.served_us, claim.kind),
        position=claim.context.position,
        propensity=claim.context.propensity,
        policy=claim.context.policy,
        surface="bluesky",
    )
