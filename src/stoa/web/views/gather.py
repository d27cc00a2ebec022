"""Fetches what a page of posts needs in a handful of look-ups, and turns it into cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from stoa.app import Square
from stoa.feed.labels import Mark, cover_of
from stoa.feed.outcome import PageItem
from stoa.notes.views import NoteView
from stoa.records import Account, AccountId, EventKind, Post, PostId, ViewerSettings, as_ids
from stoa.web.views.card import PostCard, SetAside, SmallPost, cover_words, post_card, small_post
from stoa.web.views.note_view import CARD_CHARACTERS as NOTE_CHARACTERS
from stoa.web.views.note_view import NoteCard, note_card
from stoa.web.views.people import Person, person
from stoa.web.views.promoted import promoted_mark
from stoa.web.views.text import CARD_CHARACTERS
from stoa.web.views.words import counted, sentence

MINE_KINDS = (
    EventKind.LIKE,
    EventKind.GLAD,
    EventKind.REGRET,
    EventKind.NO_OPINION,
    EventKind.SHOW_LESS,
    EventKind.SHOW_MORE,
    EventKind.NOT_INTERESTED,
    EventKind.HIDE,
    EventKind.MUTE,
    EventKind.BLOCK,
    EventKind.REPORT,
    EventKind.UNDO,
)
ASIDE_WORDS = {
    "show_less": "You asked for less like this.",
    "not_interested": "You said this is not for you.",
    "hide": "You hid this post.",
    "mute": "You muted this author.",
    "block": "You blocked this author.",
    "report": "You reported this post; it is hidden for you.",
}
COVERED_LABELS = frozenset(
    {"porn", "sexual", "nudity", "graphic-media", "gore", "corpse", "self-harm", "nsfl"}
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Posts, accounts and shown notes that a page of cards refers to."""

    posts: Mapping[PostId, Post]
    accounts: Mapping[AccountId, Account]
    notes: Mapping[str, NoteView] = field(default_factory=dict[str, NoteView])  # by URI of post

    def beside(self, post: PostId | None) -> Post | None:
        """A parent or a quote as it may be shown on a page: not of an author who opted out."""
        found = self.posts.get(post) if post else None
        author = self.accounts.get(found.author) if found else None
        return None if author is not None and author.opted_out else found

    def author(self, post: Post) -> Person:
        """Who wrote a post."""
        return person(self.accounts.get(post.author), post.author_name)


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Makes cards for one reader; `viewer` is None for somebody who has not signed in."""

    square: Square
    settings: ViewerSettings
    now_us: int
    viewer: AccountId | None = None

    def page_cards(self, items: Sequence[PageItem]) -> list[PostCard]:
        """Cards of a feed page, in its order; posts that are gone by now are left out."""
        mine = self.mine()
        around = self.surroundings([i.post for i in items], [i.reposted_by for i in items])
        replies = self.reply_counts([i.post for i in items])
        cards: list[PostCard] = []
        for item in items:
            post = around.posts.get(item.post)
            if post is None:
                continue
            did = mine.get(int(item.post), frozenset())
            card = self.card(post, around, replies.get(int(item.post), 0), item.cover)
            reposter = around.accounts.get(item.reposted_by) if item.reposted_by else None
            cards.append(
                replace(
                    card,
                    why=tuple(map(sentence, item.why)),
                    seconds=item.seconds,
                    position=item.position,
                    mine=did,
                    ask=item.ask and not did & {"glad", "regret", "no_opinion"},
                    reposted_by=person(reposter) if reposter else None,
                    promoted=promoted_mark(item.promoted) if item.promoted else None,
                    set_aside=set_aside(did),
                )
            )
        return cards

    def card(
        self, post: Post, around: Surroundings, n_replies: int, cover: str | None, limit: int = 0
    ) -> PostCard:
        """One post with its parent and quote; `limit` is the longest text shown whole."""
        parent = around.beside(post.parent)
        quote = around.beside(post.quote)
        return post_card(
            post,
            around.author(post),
            self.now_us,
            limit=limit or CARD_CHARACTERS,
            cover=cover_words(cover),
            images_shown=self.settings.images,
            parent=self.small(parent, around) if parent else None,
            # Of a deleted post not even the address is kept: the number alone says it was there.
            parent_gone=bool(post.parent or post.content.parent_uri) and parent is None,
            quote=self.small(quote, around) if quote else None,
            quote_gone=bool(post.quote or post.content.quote_uri) and quote is None,
            replies=n_replies,
            replies_words=counted(n_replies, "reply", "replies"),
            note=self._note(post, around),
        )

    def marked(self, cards: Iterable[PostCard]) -> list[PostCard]:
        """Cards with what this reader did to them."""
        mine = self.mine()
        return [replace(card, mine=mine.get(card.id, frozenset())) for card in cards]

    def small(self, post: Post, around: Surroundings) -> SmallPost:
        """A post as it appears inside another card."""
        return small_post(post, around.author(post), self.now_us, self.cover_of(post))

    def cover_of(self, post: Post) -> str | None:
        """The label under which a post is covered for this reader, whoever gave it to whom."""
        if self.settings.sensitive == "show":
            return None
        (marks,) = self.square.rooms.board.labels_on([post])
        own = (label for label in post.content.labels if label in COVERED_LABELS)
        return cover_of(marks) or next(own, None)

    def surroundings(self, ids: Iterable[int], accounts: Iterable[int | None] = ()) -> Surroundings:
        """Posts, their parents and quotes, and everybody who wrote them; asks for what lacks."""
        store = self.square.store
        first = store.posts([int(i) for i in ids])
        related = {p for post in first.values() for p in (post.parent, post.quote) if p}
        posts = self.showable({**store.posts(sorted(related - first.keys())), **first})
        people = {int(post.author) for post in posts.values()} | {int(a) for a in accounts if a}
        found = store.accounts(sorted(people))
        self._wish(first.values(), posts, found)
        notes = self.square.notes.shown([post.uri for post in first.values()])
        return Surroundings(posts, found, notes)

    def showable(self, posts: Mapping[PostId, Post]) -> dict[PostId, Post]:
        """The posts that labels let this reader see, covered or not."""
        wrong = Mark.HIDDEN if self.viewer is not None else Mark.HIDDEN | Mark.MEMBERS_ONLY
        marks = self.square.rooms.board.labels_on(list(posts.values()))
        pairs = zip(posts.items(), marks, strict=True)
        return {post: found for (post, found), mark in pairs if not mark & wrong}

    def mine(self) -> dict[int, frozenset[str]]:
        """What this reader did to posts lately, as words, what was undone left out."""
        if self.viewer is None:
            return {}
        done: dict[int, set[str]] = {}
        for event in reversed(self.square.store.events(self.viewer, MINE_KINDS, 1_000)):
            words = done.setdefault(int(event.post), set())
            if event.kind is EventKind.UNDO:
                words.discard(event.undoes.name.lower() if event.undoes else "")
                continue
            if event.kind in (EventKind.GLAD, EventKind.REGRET, EventKind.NO_OPINION):
                words -= {"glad", "regret", "no_opinion"}
            words.add(event.kind.name.lower())
        return {post: frozenset(words) for post, words in done.items() if words}

    def reply_counts(self, ids: Sequence[int]) -> dict[int, int]:
        """How many replies of each post are held here."""
        table = self.square.rooms.board.posts
        counts = table.replies[table.rows(as_ids(ids))]
        return dict(zip(ids, counts.tolist(), strict=True))

    def _note(self, post: Post, around: Surroundings) -> NoteCard | None:
        view = around.notes.get(post.uri)
        if view is None:
            return None
        on_mine = self.viewer == post.author
        return note_card(view, self.now_us, limit=NOTE_CHARACTERS, on_mine=on_mine)

    def _wish(
        self,
        shown: Iterable[Post],
        posts: Mapping[PostId, Post],
        accounts: Mapping[AccountId, Account],
    ) -> None:
        """Lets hydration know which names and parents a reader would like to see."""
        nameless = [a.name for a in accounts.values() if not a.handle and a.name[:4] == "did:"]
        if nameless:
            self.square.wishes.want_accounts(nameless)
        absent = [
            uri
            for post in shown
            for uri, known in (
                (post.content.parent_uri, post.parent),
                (post.content.quote_uri, post.quote),
            )
            if uri and uri.startswith("at://") and (known is None or known not in posts)
        ]
        if absent:
            self.square.wishes.want_posts(absent)


def set_aside(did: frozenset[str]) -> SetAside | None:
    """What the reader did that takes a post off the page, if anything."""
    for kind, said in ASIDE_WORDS.items():
        if kind in did:
            return SetAside(kind, said)
    return None
