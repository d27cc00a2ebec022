"""A conversation as a tree that fits a page: bounded in depth and in number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stoa.records import Post, PostId
from stoa.web.views.card import SmallPost
from stoa.web.views.gather import Gatherer, Surroundings
from stoa.web.views.words import counted

MAX_DEPTH = 6
MAX_REPLIES = 40
GONE = "A post stood here that is not in this square: deleted, hidden, or never read."


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One post of a conversation, or the place where one stood."""

    post: SmallPost | None
    gone: str = ""
    target: bool = False
    replies: tuple[Node, ...] = ()
    more: str = ""
    has_parents: bool = False


def thread_tree(
    target: Post, posts: Mapping[PostId, Post], gatherer: Gatherer, around: Surroundings
) -> Node:
    """The whole conversation around a post, from the first post that is known."""
    answers: dict[PostId, list[Post]] = {}
    for post in posts.values():
        if post.parent:
            answers.setdefault(post.parent, []).append(post)
    top, parent_lost = _top(target, posts)

    def grow(post: Post, depth: int) -> Node:
        below = sorted(answers.get(post.id, ()), key=lambda p: p.at_us)
        shown = below[:MAX_REPLIES] if depth < MAX_DEPTH else []
        hidden = len(below) - len(shown)
        return Node(
            post=gatherer.small(post, around),
            target=post.id == target.id,
            replies=tuple(grow(reply, depth + 1) for reply in shown),
            more=f"{counted(hidden, 'more answer')} on their own pages." if hidden else "",
            has_parents=top.id != target.id or parent_lost,
        )

    tree = grow(top, 0)
    if parent_lost:
        return Node(post=None, gone=GONE, replies=(tree,), has_parents=True)
    return tree


def _top(target: Post, posts: Mapping[PostId, Post]) -> tuple[Post, bool]:
    """The furthest known ancestor, and whether it answers something that is not here."""
    top, seen = target, {target.id}
    while top.parent and top.parent in posts and top.parent not in seen:
        top = posts[top.parent]
        seen.add(top.id)
    return top, top.content.parent_uri is not None
