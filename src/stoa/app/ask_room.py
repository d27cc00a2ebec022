"""Puts Ask together: the flow of a question over the square being served and over documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stoa.ask.document_evidence import DocumentEvidence, JoinedEvidence
from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask.service import Ask
from stoa.ask_ports import EvidenceFinder
from stoa.ask_records import Source, SourceKind, Tier
from stoa.lexical import TantivyIndex

if TYPE_CHECKING:  # a question to documents alone needs no square, and must not wait for one
    from stoa.app.rooms import Rooms
    from stoa.app.square import Square
    from stoa.settings import Settings


def open_ask(world: Square | Rooms, settings: Settings, documents: Sequence[Source] = ()) -> Ask:
    """Ask over the posts and notes of a world, and over documents where some are given."""
    rooms: Rooms = getattr(world, "rooms", world)
    finders = [square_finder(rooms)]
    if documents:
        finders.append(document_finder(documents))
    return ask_over(JoinedEvidence(tuple(finders)), settings)


def ask_documents(documents: Sequence[Source], settings: Settings) -> Ask:
    """Ask over documents alone."""
    return ask_over(document_finder(documents), settings)


def ask_over(finder: EvidenceFinder, settings: Settings) -> Ask:
    """The flow with the verifier, the answering and the model that the settings name."""
    del settings
    return Ask(finder)


def document_finder(documents: Sequence[Source]) -> EvidenceFinder:
    """A finder over passages of documents, by words.

    On the paragraphs of XQuAD, adding the hashed encoder's vectors lowered recall@1 at any weight
    (English .928 to .922 at a tenth of the weight, .887 at equal weight).
    """
    return DocumentEvidence(documents, TantivyIndex())


def square_finder(rooms: Rooms) -> EvidenceFinder:
    """A finder over the posts and notes of a world."""
    posts = [
        Source(post.uri, SourceKind.POST, post.content.text, Tier.OPINION, author=post.author_name)
        for columns in rooms.store.scan_posts()
        for post in rooms.store.posts(columns.id.tolist()).values()
    ]
    return MemoryEvidence.of(posts)
