"""Turns what programs and pages say a reader did into viewer events, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stoa.errors import BadInput
from stoa.ports import PostStore, ViewerStore
from stoa.records import BY_THE_SQUARE, EventKind, ViewerEvent
from stoa.web.moments import parse_moment
from stoa.web.wire import Rejection

WORDS = {kind.name.lower(): kind for kind in EventKind if kind not in BY_THE_SQUARE}
ANSWERS = {
    "glad": EventKind.GLAD,
    "neither": EventKind.NO_OPINION,
    "wish_i_hadnt": EventKind.REGRET,
}
MAX_DWELL_S = 86_400.0
MAX_NAME = 256


@dataclass(frozen=True, slots=True)
class EventDoor:
    """Reads events against what the square holds; `latest_us` is now, by the later clock."""

    posts: PostStore
    viewers: ViewerStore
    latest_us: int
    surface: str = "api"

    def read(
        self, entries: Sequence[object], viewer: str | None = None
    ) -> tuple[list[ViewerEvent], list[Rejection]]:
        """Events that hold and rejections for the rest; `viewer` overrides the one named."""
        kept: list[ViewerEvent] = []
        rejected: list[Rejection] = []
        for index, entry in enumerate(entries):
            try:
                kept.append(self.event(entry, viewer))
            except BadInput as problem:
                rejected.append(Rejection.of(index, problem))
        return kept, rejected

    def event(self, entry: object, viewer: str | None = None) -> ViewerEvent:
        """One event.

        Raises:
            BadInput: names the first field that does not hold.
        """
        if not isinstance(entry, Mapping):
            raise BadInput("event", entry, "give an object with viewer, kind and post")
        kind = event_kind(entry)
        name = viewer_name(entry.get("viewer")) if viewer is None else viewer
        at = entry.get("at")
        at_us = self.latest_us if at is None else parse_moment("at", at, self.latest_us)
        seconds = _seconds(kind, entry.get("seconds"))
        undoes = _undoes(kind, entry.get("undoes"))
        post = self._post(entry.get("post"))
        return ViewerEvent(
            viewer=self.viewers.intern_account(name),
            kind=kind,
            post=post,
            at_us=at_us,
            seconds=seconds,
            undoes=undoes,
            surface=self.surface,
        )

    def _post(self, uri: object):
        if not isinstance(uri, str) or not uri or len(uri) > 8_192:
            raise BadInput("post", uri, "give the URI of a post as the feed gave it")
        post = self.posts.post_id(uri)
        if post is None:
            raise BadInput(
                "post", uri, "no such post here; give a URI from the feed, or PUT it first"
            )
        return post


def event_kind(entry: Mapping[str, object]) -> EventKind:
    """The kind an entry names; `regret_answer` is read through its `answer`."""
    word = entry.get("kind")
    if word == "regret_answer":
        answer = entry.get("answer")
        if not isinstance(answer, str) or answer not in ANSWERS:
            raise BadInput("answer", answer, "answer glad, neither or wish_i_hadnt")
        return ANSWERS[answer]
    return _kind("kind", word)


def viewer_name(name: object) -> str:
    """A reader's id as an app gives it.

    Raises:
        BadInput: empty, too long, or with characters that cannot be in an id.
    """
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise BadInput("viewer", name, f"give an id of 1 to {MAX_NAME} printable characters")
    return name


def _kind(field: str, word: object) -> EventKind:
    if not isinstance(word, str) or word not in WORDS:
        raise BadInput(field, word, "use one of " + ", ".join(WORDS))
    return WORDS[word]


def _undoes(kind: EventKind, word: object) -> EventKind | None:
    if kind is not EventKind.UNDO:
        return None
    undone = _kind("undoes", word)
    if undone is EventKind.UNDO:
        raise BadInput("undoes", word, "name the kind to take back; do the act again instead")
    return undone


def _seconds(kind: EventKind, seconds: object) -> float | None:
    if seconds is None and kind is not EventKind.DWELL:
        return None
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, (int, float))
        or not 0 <= seconds <= MAX_DWELL_S
    ):
        raise BadInput("seconds", seconds, "give seconds from 0 to 86400")
    return float(seconds)
