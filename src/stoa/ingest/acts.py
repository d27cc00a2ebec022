"""What a reader does: kept in the log, and obeyed at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import quote

from stoa.ingest.intake import Intake
from stoa.ports import EventLog, PostStore, ViewerStore
from stoa.records import (
    Batch,
    Change,
    EdgeKind,
    EventKind,
    PostId,
    PutEdge,
    Remove,
    ViewerEvent,
)

_GRAPH_EVENTS = {EventKind.FOLLOW: EdgeKind.FOLLOW, EventKind.BLOCK: EdgeKind.BLOCK}
_PER_READER = frozenset({EventKind.MUTE, EventKind.FOLLOW, EventKind.BLOCK})


class Acts:
    """Records viewer events and carries out those that change what the viewer may see.

    A mute goes to the reader's settings. A follow or a block made here is an edge like one read
    from a network, under a URI of this square's own, so that an undo can take it back.
    """

    def __init__(
        self,
        log: EventLog,
        posts: PostStore,
        viewers: ViewerStore,
        intake: Intake,
        heard: Callable[[Sequence[ViewerEvent]], None],
    ) -> None:
        self._log = log
        self._posts = posts
        self._viewers = viewers
        self._intake = intake
        self._heard = heard

    def record(self, events: Sequence[ViewerEvent]) -> int:
        """Keeps events durably, then acts on them; returns how many were new."""
        if not events:
            return 0
        n_new = self._log.record(events)
        self._carry_out([e for e in events if _concerns(e) in _PER_READER])
        self._heard(events)
        return n_new

    def _carry_out(self, events: Sequence[ViewerEvent]) -> None:
        if not events:
            return
        posts = self._posts.posts([e.post for e in events])
        names = self._posts.accounts([e.viewer for e in events])
        changes: list[Change] = []
        for event in events:
            post = posts.get(PostId(event.post))
            viewer = names.get(event.viewer)
            if post is None or viewer is None or post.author == event.viewer:
                continue
            if _concerns(event) is EventKind.MUTE:
                self._mute(event, int(post.author))
            else:
                changes.append(_edge_change(event, viewer.name, post.author_name))
        if changes:
            self._intake.take(Batch(changes=tuple(changes)))

    def _mute(self, event: ViewerEvent, author: int) -> None:
        settings = self._viewers.settings(event.viewer)
        muted = settings.muted_accounts
        muted = muted - {author} if event.kind is EventKind.UNDO else muted | {author}
        self._viewers.save_settings(event.viewer, replace(settings, muted_accounts=muted))


def _concerns(event: ViewerEvent) -> EventKind:
    if event.kind is EventKind.UNDO and event.undoes is not None:
        return event.undoes
    return event.kind


def _edge_change(event: ViewerEvent, viewer: str, author: str) -> Change:
    kind = _GRAPH_EVENTS[_concerns(event)]
    uri = f"local://{quote(viewer, safe='')}/{kind.name.lower()}/{quote(author, safe='')}"
    revision = event.at_us << 10
    if event.kind is EventKind.UNDO:
        return Remove(uri, viewer, revision, event.at_us)
    return PutEdge(kind, uri, viewer, author, revision, event.at_us)
