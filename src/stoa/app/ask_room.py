"""Puts Ask together: the flow of a question over the square being served and over documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING

from stoa.app.account_tiers import read_account_tiers
from stoa.app.answering import find_with_shipped
from stoa.app.verifying import shipped_verifier
from stoa.ask.careful import careful
from stoa.ask.document_evidence import DocumentEvidence, JoinedEvidence
from stoa.ask.recheck import rechecked
from stoa.ask.service import Ask
from stoa.ask_ports import EvidenceFinder, PairScorer
from stoa.ask_records import Answer, Source, Tier
from stoa.documents import DocumentShelf
from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput
from stoa.grounding.verifier import Verifier
from stoa.grounding.word_features import WordFeatures
from stoa.language_models import open_model, open_pair_scorer
from stoa.lexical import TantivyIndex
from stoa.ports import Clock

if TYPE_CHECKING:  # a question to documents alone needs no square, and must not wait for one
    from stoa.app.rooms import Rooms
    from stoa.app.square import Square
    from stoa.settings import Settings

DOCUMENTS = "documents"
"""Name of the folder, in a square's data folder, that holds documents people gave it."""


def open_ask(world: Square | Rooms, settings: Settings, documents: Sequence[Source] = ()) -> Ask:
    """Ask over the posts and notes of a world, and over documents where some are given.

    Raises:
        BadInput: the list of accounts' tiers that the settings name does not hold.
    """
    rooms = rooms_of(world)
    found: EvidenceFinder = square_finder(rooms, read_account_tiers(settings.account_tiers))
    if documents:
        found = JoinedEvidence((document_finder(documents), found))
    return ask_over(found, settings, rooms.clock)


def ask_documents(documents: Sequence[Source], settings: Settings) -> Ask:
    """Ask over documents alone."""
    return ask_over(document_finder(documents), settings)


def ask_over(finder: EvidenceFinder, settings: Settings, clock: Clock | None = None) -> Ask:
    """The flow with the verifier, the answering and the model that the settings name.

    `clock` tells when it is, so that a question may say "last week".

    Raises:
        BadInput: the model that the settings name cannot be used.
        EncoderUnavailable: the scorer that they name cannot be loaded here.
    """
    scorer = _scorer(settings.ask_scorer) if settings.ask_scorer else None
    model = open_model(settings)
    found = careful(find_with_shipped)
    return Ask(finder, _verifier(), found, model=model, scorer=scorer, clock=clock)


@lru_cache(maxsize=1)
def _scorer(name: str) -> PairScorer:
    return open_pair_scorer(name, WordFeatures())


def _verifier() -> Verifier | None:
    """The verifier that comes with Stoa; none where its file is damaged.

    Quotations need none. A model's statements are then not found in any source: the answer falls
    back on quotations.
    """
    try:
        return shipped_verifier()
    except BadInput:
        return None


def document_finder(documents: Sequence[Source]) -> EvidenceFinder:
    """A finder over passages of documents."""
    return DocumentEvidence(documents, TantivyIndex(), HashedEncoder(dim=512))


def square_finder(rooms: Rooms, tiers: Mapping[str, Tier]) -> EvidenceFinder:
    """A finder over the posts and shown notes of a world; `tiers` by account (`account_tiers`)."""
    from stoa.app.asking import square_evidence

    return square_evidence(rooms, tiers)


def rooms_of(world: Square | Rooms) -> Rooms:
    """The world being served, or the world itself."""
    from stoa.app.square import Square

    return world.rooms if isinstance(world, Square) else world


class AskRoom:
    """Ask for a square that serves: follows it into another world, holds the documents given to it.

    Raises `BadInput` at once where the list of accounts' tiers does not hold.
    Safe for many threads; what is built over a world is built once.
    """

    def __init__(self, square: Square) -> None:
        self._square = square
        self._lock = RLock()
        self._rooms: Rooms | None = None
        self._posts: EvidenceFinder | None = None
        folder = square.folder
        self.shelf = DocumentShelf(None if folder is None else folder / DOCUMENTS)
        """The documents given to this square; files in its data folder where it has one."""
        self._tiers = read_account_tiers(square.settings.account_tiers)
        self._papers: tuple[int, EvidenceFinder] | None = None

    def ask(self, *, only_documents: bool = False) -> Ask:
        """The flow over the world being served and its documents, or over the documents alone."""
        found = self.finder(only_documents=only_documents)
        return ask_over(found, self._square.settings, self._square.clock)

    def finder(self, *, only_documents: bool = False) -> EvidenceFinder:
        """Where answers find what they rest on, as it is now."""
        with self._lock:
            papers = self._paper_finder()
            return papers if only_documents else JoinedEvidence((papers, self._post_finder()))

    def rechecked(self, answer: Answer) -> Answer:
        """An earlier answer as it stands now; see `stoa.ask.recheck`."""
        return rechecked(answer, self.finder())

    def _post_finder(self) -> EvidenceFinder:
        rooms = self._square.rooms
        if self._posts is None or self._rooms is not rooms:
            self._rooms, self._posts = rooms, square_finder(rooms, self._tiers)
        return self._posts

    def _paper_finder(self) -> EvidenceFinder:
        shelf = self.shelf
        if self._papers is None or self._papers[0] != shelf.version:
            self._papers = (shelf.version, document_finder(shelf.sources()))
        return self._papers[1]
