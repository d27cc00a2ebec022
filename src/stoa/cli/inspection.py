"""What `stoa inspect` tells of a post or a viewer: everything known, and the trace."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.app.clocks import SourceClock
from stoa.app.rooms import Rooms, open_to_read
from stoa.errors import UnknownAccount, UnknownPost
from stoa.records import AccountId, EdgeKind, Post, PostId, as_ids

_NEIGHBOURS = 5
_PAGE = 30
_SHOWN_EDGES = 20
_COUNTED_POSTS = 1000


def post(folder: Path, name: str) -> dict[str, Any]:
    """Everything known of a post, by URI or number.

    Raises:
        UnknownPost: it is not here, or no more.
    """
    rooms = _open(folder)
    with closing(rooms.store):
        id_ = PostId(int(name)) if name.isdecimal() else rooms.store.post_id(name)
        found = rooms.store.posts([id_]).get(id_) if id_ else None
        if found is None:
            raise UnknownPost(name)
        return _described(rooms, found)


def viewer(folder: Path, name: str) -> dict[str, Any]:
    """Everything known of a viewer, the page they would get now, and what was left out of it.

    Raises:
        UnknownAccount: nothing was ever heard of that viewer.
    """
    rooms = _open(folder)
    with closing(rooms.store):
        store = rooms.store
        account = None
        if name.isdecimal():
            account = store.accounts([int(name)]).get(AccountId(int(name)))
        if account is None:
            id_ = store.account_id(name)
            account = store.accounts([id_]).get(id_) if id_ else None
        if account is None:
            raise UnknownAccount(name)
        page = rooms.feed.page(account.name, limit=_PAGE, peek=True)
        history = store.history(account.id)
        uris = store.uris([*(i.post for i in page.items), *(e.post for e in history)])
        return {
            "viewer": asdict(account),
            "settings": asdict(store.settings(account.id)),
            "history": [
                {"kind": e.kind.name.lower(), "post": uris.get(e.post), "at_us": e.at_us}
                for e in history
            ],
            "vectors": [asdict(v) for v in rooms.feed.vectors(account.name)],
            "public": {
                "posts": len(rooms.board.author_chain(as_ids([account.id]), _COUNTED_POSTS)),
                "follows": len(rooms.board.follows.of(account.id)),
            },
            "page": [
                {
                    "uri": uris.get(i.post),
                    "why": list(i.why),
                    "position": i.position,
                    "propensity": i.propensity,
                    "seconds": i.seconds,
                }
                for i in page.items
            ],
            "trace": asdict(rooms.feed.trace(account.name)),
            "left_out": [
                {"rule": r.name, "reason": r.reason, "count": r.count}
                for r in rooms.feed.left_out(account.name)
            ],
        }


def _open(folder: Path) -> Rooms:
    newest_us = 0
    rooms = open_to_read(folder, SourceClock(lambda: newest_us))
    newest_us = rooms.store.counts().cursor or 0
    return rooms


def _described(rooms: Rooms, found: Post) -> dict[str, Any]:
    store = rooms.store
    near = rooms.feed.neighbours(found.id, _NEIGHBOURS)
    around = [i for i in (found.parent, found.root, found.quote) if i]
    uris = store.uris([*around, *(post for post, _ in near)])
    return {
        "post": asdict(found),
        "parent_uri": uris.get(found.parent) if found.parent else None,
        "root_uri": uris.get(found.root) if found.root else None,
        "quote_uri": uris.get(found.quote) if found.quote else None,
        "author": asdict(store.accounts([found.author])[found.author]),
        "replies": store.uris(store.replies_of(found.id, _SHOWN_EDGES)),
        "likes_shown": len(store.edges_on(found.id, EdgeKind.LIKE, _SHOWN_EDGES)),
        "has_vector": rooms.has_vector(found.id),
        "trace": _trace(rooms, found),
        "neighbours": [{"uri": uris.get(post), "cosine": round(c, 4)} for post, c in near],
    }


def _trace(rooms: Rooms, found: Post) -> dict[str, Any]:
    """What becomes of the post in a reading for somebody logged out."""
    why = rooms.feed.why(None, found.id)
    return {
        "sources": list(why.sources),
        "why": list(why.sentences),
        "score": why.score,
        "terms": dict(why.terms),
        "rank": why.rank,
        "preset_ranks": dict(why.preset_ranks),
        "dropped_by": why.dropped_by,
    }
