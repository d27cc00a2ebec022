"""A square of two camps on invented notes: some both like, some one only, some nobody."""

from __future__ import annotations

import random

from tests.notes.signing import SeedSigner

from stoa.notes.service import Notes, NotesLimits, NotesPorts
from stoa.records import AccountId
from stoa.store.memory_notes import MemoryNoteLog
from stoa.tables.export_folder import DiskFolder

START_MS = 1_790_000_000_000
MINUTE = 60_000
MISLEADING = "MISINFORMED_OR_POTENTIALLY_MISLEADING"
GOOD = ("helpfulClear", "helpfulGoodSources")
BAD = ("notHelpfulIncorrect", "notHelpfulOpinionSpeculationOrBias")
KINDS = ("both", "left", "right", "nobody")
WRITER = AccountId(1_000)


class StepClock:
    """Moves when told to."""

    def __init__(self) -> None:
        self.ms = START_MS

    def now_us(self) -> int:
        return self.ms * 1_000


class Camps:
    """Raters 1..n on the left, 101.. on the right; the writer is neither."""

    def __init__(self, log=None, per_camp: int = 12, limits: NotesLimits | None = None) -> None:
        self.clock = StepClock()
        self.log = MemoryNoteLog() if log is None else log
        assert per_camp <= 100, "camps would share accounts"
        self.random = random.Random(5)
        self.left = [AccountId(n + 1) for n in range(per_camp)]
        self.right = [AccountId(n + 101) for n in range(per_camp)]
        self.limits = limits or NotesLimits(notes=1_000)
        self.notes = self.open()
        self.of_kind: dict[str, list[int]] = {kind: [] for kind in KINDS}

    def open(self) -> Notes:
        """The notes as a fresh process reads them."""
        ports = NotesPorts(
            log=self.log,
            clock=self.clock,
            signer=SeedSigner(),
            origin="square.example/notes",
            random_bytes=self.random.randbytes,
            folders=DiskFolder,
            has_post=lambda uri: uri.startswith("at://"),
        )
        return Notes(ports, self.limits)

    def step(self, ms: int = 1_000) -> None:
        self.clock.ms += ms

    def enrol(self) -> None:
        for account in (WRITER, *self.left, *self.right):
            self.notes.enrol(account)

    def write(self, kind: str, n: int, writer: AccountId = WRITER) -> int:
        self.step()
        note = self.notes.write(
            writer,
            f"at://did:plc:{kind}/app.bsky.feed.post/{n}",
            MISLEADING,
            ["misleadingFactualError"],
            f"The figure is of 2019 ({kind} {n}).",
            ["https://example.org/report"],
        )
        self.of_kind[kind].append(note)
        return note

    def rate(self, account: AccountId, note: int, *, likes: bool) -> None:
        self.step(10)
        if likes:
            self.notes.rate(account, note, "HELPFUL", GOOD)
        else:
            self.notes.rate(account, note, "NOT_HELPFUL", [self.random.choice(BAD)])

    def rate_all(self, kind: str, note: int) -> None:
        """Everybody rates a note as their camp does, nine in ten of the time."""
        for camp, accounts in (("left", self.left), ("right", self.right)):
            for account in accounts:
                likes = kind in ("both", camp)
                if self.random.random() < 0.05:
                    likes = not likes
                self.rate(account, note, likes=likes)

    def live(self, per_kind: int = 8) -> Camps:
        """Enrols, writes and rates; nothing is scored yet."""
        self.enrol()
        written = [(kind, self.write(kind, n)) for n in range(per_kind) for kind in KINDS]
        for kind, note in written:
            self.rate_all(kind, note)
        return self

    def score(self, times: int = 1, every_ms: int = 31 * MINUTE):
        """Runs the scorer that many times, with time between."""
        reports = []
        for _ in range(times):
            self.step(every_ms)
            reports.append(self.notes.score(self.clock.ms))
        return reports

    def statuses(self, kind: str) -> list[str]:
        return [self.notes.note(note).status.name for note in self.of_kind[kind]]
