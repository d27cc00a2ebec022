"""People of two camps who write and rate notes in a square, so that the model finds sides."""

from __future__ import annotations

import random
from collections.abc import Sequence

from stoa.app import Square
from stoa.own_notes import NoteId
from stoa.records import AccountId

MISLEADING = "MISINFORMED_OR_POTENTIALLY_MISLEADING"
GOOD = ("helpfulClear", "helpfulGoodSources")
BAD = ("notHelpfulIncorrect", "notHelpfulOpinionSpeculationOrBias")
KINDS = ("both", "left", "right", "nobody")
MINUTE_US = 60_000_000
TEXTS = {
    "both": "The harbour office measured this in 2019; the water has been lower since.",
    "left": "Everybody on our side of the bay knows why this was posted.",
    "right": "Ask the other side of the bay what they were paid for this.",
    "nobody": "This is wrong and you are all fools.",
}


class Camps:
    """Two camps of raters and some writers, all accounts of one square."""

    def __init__(self, square: Square, left: Sequence[str], right: Sequence[str]) -> None:
        self.square = square
        self.random = random.Random(5)
        intern = square.store.intern_account
        self.camps = {"left": [*map(intern, left)], "right": [*map(intern, right)]}
        self.writers = [intern(f"app:writer-{n}") for n in range(10)]
        self.of_kind: dict[str, list[NoteId]] = {kind: [] for kind in KINDS}

    @property
    def raters(self) -> list[AccountId]:
        return [*self.camps["left"], *self.camps["right"]]

    def enrol(self) -> None:
        for account in (*self.writers, *self.raters):
            self.square.notes.enrol(account)

    def write(self, kind: str, post: str, text: str = "") -> NoteId:
        note = self.square.notes.write(
            self._writer(),
            post,
            MISLEADING,
            ["misleadingMissingImportantContext"],
            text or TEXTS[kind],
            ["https://www.harbour.example/levels?year=2019"],
        )
        self.of_kind[kind].append(note)
        return note

    def rate(self, note: int, kind: str, noise: float = 0.05) -> None:
        """Everybody rates a note as their camp does, nearly always."""
        for camp, accounts in self.camps.items():
            for account in accounts:
                likes = (kind in ("both", camp)) is not (self.random.random() < noise)
                level, tags = ("HELPFUL", GOOD) if likes else ("NOT_HELPFUL", [self._a_fault()])
                self.square.notes.rate(account, note, level, tags)

    def _writer(self) -> AccountId:
        """The next in turn who may write; whom runs found wanting may not."""
        turn = sum(map(len, self.of_kind.values())) % len(self.writers)
        in_turn = [*self.writers[turn:], *self.writers[:turn]]
        standing = self.square.notes.contributor
        return next(w for w in in_turn if (s := standing(w)) and s.notes_left_today)

    def _a_fault(self) -> str:
        return self.random.choice(BAD)

    def live(self, posts: Sequence[str]) -> Camps:
        """Enrols; each post gets a note of the next kind."""
        self.enrol()
        for n, post in enumerate(posts):
            kind = KINDS[n % len(KINDS)]
            self.rate(self.write(kind, post), kind)
        return self

    def score(self, times: int = 4, every_us: int = 31 * MINUTE_US) -> None:
        """Runs the scorer that often, with time between: past the hour in which it must hold."""
        for _ in range(times):
            self.square.clock.us += every_us  # type: ignore[attr-defined]
            self.square.notes.score(self.square.clock.now_us() // 1_000)


def some_posts(square: Square, k: int = 24) -> list[str]:
    """URIs of the first posts that are held."""
    uris = square.store.uris(list(range(1, 10 * k))).values()
    return [uri for uri in uris if square.store.post_id(uri) is not None][:k]


def noted(square: Square, posts: Sequence[str], per_camp: int = 12) -> Camps:
    """A square in which two camps have rated notes on these posts, and runs have decided."""
    left = [f"app:left-{n}" for n in range(per_camp)]
    right = [f"app:right-{n}" for n in range(per_camp)]
    camps = Camps(square, left, right).live(posts)
    camps.score()
    return camps
