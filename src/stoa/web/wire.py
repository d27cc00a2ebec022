"""The HTTP interface as typed structs: the OpenAPI document is built from these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from stoa.errors import BadInput

DEFAULT_LIMIT = 30
MAX_LIMIT = 100
_LONGEST_VALUE = 120

EventWord = Literal[
    "impression",
    "dwell",
    "like",
    "repost",
    "reply",
    "quote",
    "follow",
    "click",
    "show_more",
    "show_less",
    "not_interested",
    "mute",
    "block",
    "report",
    "hide",
    "glad",
    "regret",
    "no_opinion",
    "undo",
    "regret_answer",
]


SourceWord = Literal["starting", "reading", "live", "ended", "town"]


def _said(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class ShownNote(msgspec.Struct, kw_only=True):
    """A note that shows under a post."""

    id: Annotated[str, _said("64 bits as text; see /api/v1/notes/{note}")]
    text: str
    sources: list[str]
    status: Annotated[str, _said("the published name, e.g. CURRENTLY_RATED_HELPFUL")]
    since: Annotated[str, _said("when it came to this status; ISO 8601, UTC, ending in Z")]


class PromotedPost(msgspec.Struct, kw_only=True):
    """That a post stands here because somebody paid for it to be looked at; show who."""

    by: Annotated[str, _said("who paid; show it with the word Promoted")]
    value_s: Annotated[float, _said("what it is taken to be worth to the viewer, in seconds")]
    displaced: Annotated[str | None, _said("URI of the post that it moved down by one")]
    displaced_s: Annotated[float, _said("what that post is taken to be worth")]
    agreed_s: Annotated[float, _said("seconds that the viewer agreed to give for it")]


class FeedItem(msgspec.Struct, kw_only=True):
    """One post of a feed, in the order to show it."""

    uri: str
    author: Annotated[str, _said("DID, or the id an app gave")]
    text: str
    created_at: Annotated[str, _said("ISO 8601, UTC, ending in Z")]
    reply_to: Annotated[str | None, _said("URI of the parent, which may be absent from here")]
    seconds: Annotated[float | None, _said("predicted attention; null while nothing was observed")]
    why: Annotated[list[str], _said("sentences, most telling first")]
    note: Annotated[ShownNote | None, _said("the note that shows under it, or null")]
    ask: Annotated[bool, _said("ask the reader whether they are glad to have seen it")]
    promoted: Annotated[PromotedPost | None, _said("who paid for it and its price, or null")]


class FeedAnswer(msgspec.Struct, kw_only=True):
    """A slice of a reading; `cursor` is null when the reading ends."""

    items: list[FeedItem]
    cursor: str | None


class EventIn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One act of a viewer on a post. The same (viewer, kind, post, at) counts once."""

    viewer: Annotated[str, _said("any id the calling app uses for its reader, or a DID")]
    kind: EventWord
    post: Annotated[str, _said("URI of a post in this square")]
    at: Annotated[str | float | None, _said("ISO 8601 or epoch milliseconds; now when absent")] = (
        None
    )
    seconds: Annotated[float | None, _said("for dwell: seconds on screen")] = None
    undoes: Annotated[str | None, _said("for undo: the kind that is taken back")] = None
    answer: Annotated[
        Literal["glad", "neither", "wish_i_hadnt"] | None, _said("for regret_answer")
    ] = None


class EventsIn(msgspec.Struct, kw_only=True):
    """Events to keep; good ones are kept when others are rejected."""

    events: list[EventIn]


class Rejection(msgspec.Struct, kw_only=True):
    """Why one entry was not taken, and how to mend it."""

    index: int
    field: str
    value: Annotated[Any, _said("as it was given; long texts cut, null where it is missing")]
    mend: str

    @classmethod
    def of(cls, index: int, problem: BadInput) -> Rejection:
        """The rejection of an entry."""
        return cls(
            index=index, field=problem.field, value=as_given(problem.given), mend=problem.mend
        )


class Taken(msgspec.Struct, kw_only=True):
    """How many entries were taken, and which were not."""

    accepted: int
    rejected: list[Rejection]


class ImageIn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A picture of a post."""

    url: str
    alt: str = ""
    width: int = 0
    height: int = 0


class CardIn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The preview of a link."""

    url: str
    title: str = ""
    description: str = ""


class PostIn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A post of an app of one's own; the same `uri` again replaces it."""

    uri: Annotated[str, _said("any URI; the authority of an at:// URI must be the author")]
    author: str
    text: str
    created_at: Annotated[str | float | None, _said("ISO 8601 or epoch ms; now when absent")] = None
    langs: list[str] = []
    reply_to: str | None = None
    root: Annotated[str | None, _said("first post of the conversation; reply_to when absent")] = (
        None
    )
    quote: str | None = None
    images: list[ImageIn] = []
    card: CardIn | None = None
    labels: Annotated[list[str], _said("e.g. nudity, graphic-media")] = []
    tags: list[str] = []


class PostsIn(msgspec.Struct, kw_only=True):
    """Posts to take in."""

    posts: list[PostIn]


class PostOut(msgspec.Struct, kw_only=True):
    """A post that its app takes back."""

    uri: str
    author: str


class PostsOut(msgspec.Struct, kw_only=True):
    """Posts to erase."""

    posts: list[PostOut]


class OptOutIn(msgspec.Struct, kw_only=True):
    """An author's wish to stay out of recommendations, or to be let back in."""

    account: Annotated[str, _said("DID of the author, or the id an app gave")]
    opted_out: bool = True


class NoteActIn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a viewer does about notes; each act names what it needs."""

    viewer: Annotated[str, _said("any id the calling app uses for its reader, or a DID")]
    act: Literal["enrol", "write", "rate", "delete", "request"]
    post: Annotated[str | None, _said("for write and request: URI of a post in this square")] = None
    note: Annotated[str | int | None, _said("for rate and delete: id of the note")] = None
    classification: Annotated[str | None, _said("for write: the published name")] = None
    reasons: Annotated[list[str], _said("for write: published names, at least one")] = []
    text: Annotated[str | None, _said("for write")] = None
    sources: Annotated[list[str], _said("for write: web addresses")] = []
    level: Annotated[
        Literal["HELPFUL", "SOMEWHAT_HELPFUL", "NOT_HELPFUL"] | None, _said("for rate")
    ] = None
    tags: Annotated[list[str], _said("for rate: published names, at least one")] = []


class NoteActsIn(msgspec.Struct, kw_only=True):
    """Acts in order; good ones are kept when others are rejected."""

    acts: list[NoteActIn]


class NotesTaken(msgspec.Struct, kw_only=True):
    """How many acts were taken, which were not, and the notes that were written."""

    accepted: int
    rejected: list[Rejection]
    notes: Annotated[list[str], _said("ids of the notes written, in order")]


class Health(msgspec.Struct, kw_only=True):
    """Whether pages can be served, and how the source fares."""

    ok: bool
    source: str
    state: SourceWord
    lag_s: float | None


class ErrorBody(msgspec.Struct, kw_only=True):
    """The one shape of every error."""

    ok: bool
    status: int
    code: str
    message: str
    context: dict[str, Any]


def as_given(value: object) -> object:
    """A value from outside as JSON can give it back, short: a program compares it with its own.

    >>> as_given("bogus"), as_given(7), as_given(b"[]"), as_given(["a"]), as_given("a" * 200)[-4:]
    ('bogus', 7, '[]', '["a"]', 'aaa…')
    """
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        if abs(value) < 1 << 53:  # beyond, not every reader of JSON keeps every digit
            return value
        value = str(value)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        try:
            value = msgspec.json.encode(value).decode()
        except (TypeError, RecursionError, UnicodeEncodeError):
            value = repr(value)
    return value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"


def encode(answer: object) -> bytes:
    """JSON bytes of a struct, a record or plain values."""
    return msgspec.json.encode(answer)
