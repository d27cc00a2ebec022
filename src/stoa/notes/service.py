"""The square's own notes: what people may do with them, and the runs that decide them.

Everything is written to the log first and read back from the book, which is the fold of the log.
There is no other state, so there is nothing in which a status could be changed: `score` hands the
log to the scorer and appends what it decided, and nothing else writes such entries.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stoa.errors import BadInput, LogDamaged, NotAllowed, PoorFit, UnknownNote, UnknownPost
from stoa.note_records import HOUR_MS, Enrollment, RunTimes, Status
from stoa.notes import drafts, looking, merkle
from stoa.notes.book import WRITERS, Book, BookNote
from stoa.notes.checkpoint import VerifierKey, key_of, open_checkpoint, sign
from stoa.notes.entries import decode, encode, parse
from stoa.notes.export import Sealed, write_export
from stoa.notes.findings import decode_findings, encode_findings
from stoa.notes.lookup import NotesReading
from stoa.notes.note_data import notes_data
from stoa.notes.run_entries import decisions, findings
from stoa.notes.scorer import SMALL_SQUARE, Scorer, score_small_square
from stoa.notes.standings import PostStanding, standings
from stoa.notes.views import (
    ContributorView,
    NoteChange,
    NoteView,
    RunReport,
    Stalled,
    note_view,
    why_contributor,
    why_stalled,
)
from stoa.own_notes import (
    NO_FINDINGS,
    Act,
    Checkpoint,
    ContributorState,
    Enrolled,
    LogEntry,
    NoteDeleted,
    NoteId,
    NoteRated,
    NoteRequested,
    NoteWritten,
    Pseudonym,
    RunMade,
    SignedCheckpoint,
    note_id_at,
)
from stoa.ports import Clock, ExportFolders, NoteLog, Signer
from stoa.records import AccountId

FIRST_CUTOFF_MS = 2 * HOUR_MS
"""How long before its first run the last rating is taken to have been seen."""

_SALT_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesLimits:
    """How much one contributor may add to the log on one UTC day; it is kept for ever."""

    notes: int = 10
    notes_at_risk: int = 3
    ratings: int = 500
    requests: int = 10
    deletions: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesPorts:
    """What the notes of a square reach the world through."""

    log: NoteLog
    clock: Clock
    signer: Signer
    origin: str  # names the log in its checkpoints
    random_bytes: Callable[[int], bytes]
    has_post: Callable[[str], bool]
    folders: ExportFolders
    scorer: Scorer = score_small_square
    scorer_name: str = SMALL_SQUARE
    read_only: bool = False  # heads are signed for an export, and kept nowhere


class Notes:
    """Writes, rates, shows and scores notes. Any thread may call any method."""

    def __init__(self, ports: NotesPorts, limits: NotesLimits | None = None) -> None:
        """Reads the whole log.

        Raises:
            LogDamaged: the log breaks its rules, or is not the one that was signed last.
        """
        self._ports = ports
        self._limits = limits or NotesLimits()
        self._log = ports.log
        self._lock = threading.RLock()
        self._scoring = threading.Lock()
        self._stalled: Stalled | None = None
        self._book = Book()
        self._tree = merkle.Frontier()
        self._read_log()
        kept = decode_findings(self._log.findings())
        runs = self._book.runs
        self._found = kept if runs and kept.run == runs[-1][0] else NO_FINDINGS

    @property
    def key(self) -> VerifierKey:
        """The public key that checkpoints verify with; its text is the vkey."""
        return key_of(self._ports.origin, self._ports.signer)

    # Contributors.

    def enrol(self, account: AccountId) -> Pseudonym:
        """Makes the account a contributor; again changes nothing.

        The pseudonym is a hash of the account under a random salt of its own.
        """
        with self._lock:
            who = self._log.pseudonym(account)
            if who is None:
                salt = self._ports.random_bytes(_SALT_BYTES)
                digest = hashlib.sha256(salt + str(int(account)).encode()).hexdigest()
                who = self._log.link(account, Pseudonym(digest), salt)
            if who not in self._book.contributors:
                founder = self._book.is_founding
                state = Enrollment.EARNED_IN if founder else Enrollment.NEW_USER
                self._act(Enrolled(self._now_ms(), who, state))
            return who

    def forget(self, account: AccountId) -> bool:
        """Destroys the link between an account and its pseudonym; the log keeps what was said."""
        with self._lock:
            return self._log.pseudonym(account) is not None and self._log.unlink(account)

    def pseudonym(self, account: AccountId) -> Pseudonym | None:
        """Who the account is in the log; None while it is no contributor."""
        who = self._log.pseudonym(account)
        return who if who in self._book.contributors else None

    def contributor(self, account: AccountId) -> ContributorView | None:
        """How a contributor stands; None while the account is none."""
        with self._lock:
            who = self.pseudonym(account)
            if who is None:
                return None
            state = self._book.contributors[who]
            found = self._found.raters.get(who)
            impact = 0 if found is None else found.rating_impact
            written = self._book.acts_today(who, NoteWritten, self._now_ms())
            left = max(0, self._notes_a_day(state) - written)
            return ContributorView(
                pseudonym=who,
                state=state.state,
                may_write=state.state in WRITERS,
                rating_impact=impact,
                needed=state.needed,
                notes_written=len(self._book.by_author.get(who, ())),
                notes_helpful=0 if found is None else found.helpful_notes,
                notes_not_helpful=0 if found is None else found.not_helpful_notes,
                notes_left_today=left if state.state in WRITERS else 0,
                side_is_known=found is not None and found.factor is not None,
                why=why_contributor(state, impact),
            )

    @property
    def reading(self) -> NotesReading:
        """Lists, places in the log and counts, for pages."""
        return NotesReading(self._lock, self._book, self._found)

    @property
    def stalled(self) -> Stalled | None:
        """The last run, if it decided nothing; None once a run decides, or none was made here."""
        return self._stalled

    # What people do.

    def write(
        self,
        account: AccountId,
        post_uri: str,
        classification: str,
        reasons: Sequence[str],
        text: str,
        sources: Sequence[str],
    ) -> NoteId:
        """Writes a note on a post.

        Args:
            account: the writer, enrolled.
            post_uri: a post that is here.
            classification: by its published name, see `note_records.CLASSIFICATION_NAMES`.
            reasons: of `own_notes.MISLEADING_REASONS` or `NOT_MISLEADING_REASONS`.
            text: up to 2,000 characters.
            sources: up to 10 web addresses.

        Raises:
            BadInput: a field does not fit; names field, value and mend.
            NotAllowed: the account has not earned in, or has written its share for today.
            UnknownPost: no such post is here.
        """
        kind = drafts.checked_classification(classification)
        why = drafts.checked_reasons(kind, reasons)
        words, links = drafts.checked_text(text), drafts.checked_sources(sources)
        post = self._checked_post(post_uri)
        with self._lock:
            who, at_ms = self._contributor(account), self._now_ms()
            state = self._book.contributors[who]
            if state.state not in WRITERS:
                found = self._found.raters.get(who)
                impact = 0 if found is None else found.rating_impact
                raise NotAllowed(why_contributor(state, impact))
            self._refuse_twice(who, post)
            self._within(who, NoteWritten, self._notes_a_day(state), at_ms)
            note = note_id_at(at_ms, self._book.last_id)
            self._act(NoteWritten(at_ms, who, note, post, kind, why, words, links))
            return note

    def rate(self, account: AccountId, note: int, level: str, tags: Sequence[str]) -> None:
        """Says how helpful a note is; again takes the place of what was said before.

        Args:
            account: the rater, enrolled; not the note's writer.
            note: the id.
            level: HELPFUL, SOMEWHAT_HELPFUL or NOT_HELPFUL.
            tags: of `note_records.HELPFUL_TAGS` or `NOT_HELPFUL_TAGS`, as the level has it.

        Raises:
            BadInput: a field does not fit; names field, value and mend.
            NotAllowed: it is one's own note, or there were too many ratings today.
            UnknownNote: no such note is here.
        """
        how = drafts.checked_level(level)
        why = drafts.checked_tags(how, tags)
        with self._lock:
            who, at_ms = self._contributor(account), self._now_ms()
            found = self._live(note)
            if found.written.who == who:
                raise NotAllowed("this note is yours: rate notes that others wrote")
            before = found.ratings.get(who)
            if before is not None and (before.level, before.tags) == (how, why):
                return
            self._within(who, NoteRated, self._limits.ratings, at_ms)
            self._act(NoteRated(at_ms, who, found.written.note, how, why))

    def delete(self, account: AccountId, note: int) -> None:
        """Takes one's own note back. It shows no more; its text stays in the log.

        Raises:
            NotAllowed: somebody else wrote it.
            UnknownNote: no such note is here.
        """
        with self._lock:
            who, at_ms = self._contributor(account), self._now_ms()
            found = self._live(note)
            if found.written.who != who:
                raise NotAllowed("somebody else wrote this note: rate it instead")
            self._within(who, NoteDeleted, self._limits.deletions, at_ms)
            self._act(NoteDeleted(at_ms, who, found.written.note))

    def request(self, account: AccountId, post_uri: str) -> int:
        """Asks for a note on a post; again changes nothing. Returns how many ask by now.

        Raises:
            BadInput: the address does not fit.
            NotAllowed: there were too many requests today.
            UnknownPost: no such post is here.
        """
        post = self._checked_post(post_uri)
        with self._lock:
            who, at_ms = self._contributor(account), self._now_ms()
            if who not in self._book.requests.get(post, {}):
                self._within(who, NoteRequested, self._limits.requests, at_ms)
                self._act(NoteRequested(at_ms, who, post))
            return self.n_requests(post)

    # What is seen.

    def notes_of(self, post_uri: str) -> list[NoteView]:
        """All live notes on a post, those that show first, then the newest."""
        with self._lock:
            found = looking.live_notes(self._book, post_uri)
            views = [note_view(note, self._found) for note in found]
        return sorted(views, key=lambda view: (not view.shows, -view.id))

    def note(self, note: int) -> NoteView:
        """One live note.

        Raises:
            UnknownNote: no such note is here.
        """
        with self._lock:
            return note_view(self._live(note), self._found)

    def shown(self, post_uris: Sequence[str]) -> dict[str, NoteView]:
        """The note that shows under each of these posts; posts without one are absent.

        Of several the one with the greatest intercept shows, the oldest if none is known.
        """
        with self._lock:
            views = {u: looking.shown_note(self._book, self._found, u) for u in post_uris}
        return {uri: view for uri, view in views.items() if view is not None}

    def standings(self) -> list[PostStanding]:
        """Posts with a live note that shows or awaits ratings: what labels are made of."""
        with self._lock:
            return standings(self._book)

    def n_requests(self, post_uri: str) -> int:
        """How many contributors ask for a note on a post."""
        return len(self._book.requests.get(post_uri, ()))

    def requested(self, k: int = 30) -> list[tuple[str, int]]:
        """Posts that most ask for a note on and that have none, with how many ask."""
        with self._lock:
            return looking.asked_for(self._book, k)

    def needs_you(self, account: AccountId, k: int = 10) -> list[NoteView]:
        """Notes whose status waits for a viewpoint like this account's, most wanted first.

        With a side: open notes with hardly a rating from that side, first those that the other
        side finds most helpful. Without one: open notes with the fewest ratings.
        """
        with self._lock:
            return looking.waiting_for(self._book, self._found, self.pseudonym(account), k)

    # Runs.

    def score(self, now_ms: int) -> RunReport:
        """Runs the scorer over the log as it is, and appends what it decided.

        Raises:
            BadInput: the instant is not after that of the last run.
            PoorFit: the scorer finds no sense in the ratings. No status changes, the log says
                nothing of the run, and `stalled` says it until a run decides again.
        """
        with self._scoring:
            with self._lock:
                last, seen = self._book.last_run, self._book.size
                if last is not None and now_ms <= last.at_ms:
                    raise BadInput("now_ms", now_ms, f"the last run was at {last.at_ms}")
                data = notes_data(self._book)
            cutoff_ms = now_ms - FIRST_CUTOFF_MS if last is None else last.at_ms
            run = RunMade(now_ms, seen, cutoff_ms, now_ms, self._ports.scorer_name)
            try:
                result = self._ports.scorer(data, RunTimes(now_ms, cutoff_ms, now_ms))
            except PoorFit as fault:
                self._stalled = Stalled(now_ms, why_stalled(fault.error, fault.worst))
                raise
            with self._lock:
                self._stalled = None
                before = {NoteId(n): self._book.notes[NoteId(n)].status for n in data.notes.id}
                at = self._book.size
                self._append([run, *decisions(data, result)])
                self._found = findings(data, result, at)
                self._log.put_findings(encode_findings(self._found))
                self.checkpoint()
                return RunReport(
                    at, now_ms, len(data.notes), len(data.ratings), self._changes(before)
                )

    def export(self, folder: Path) -> SignedCheckpoint:
        """Writes everything that anybody needs to check the notes; returns the head it is under.

        The files are those that `verify` takes; see docs/decisions/0004-own-notes.md.
        """
        with self._lock:
            head = self.checkpoint()
            leaves = list(self._log.leaves())
            checkpoints = [c for c in self._log.checkpoints() if c.size != head.size]
        sealed = Sealed(leaves, [*checkpoints, head], self.key)
        write_export(sealed, Book().read(leaves), self._ports.folders(folder))
        return head

    def _changes(self, before: dict[NoteId, Status]) -> tuple[NoteChange, ...]:
        return tuple(
            NoteChange(note, self._book.notes[note].written.post, was, now)
            for note, was in before.items()
            if (now := self._book.notes[note].status) is not was
        )

    def checkpoint(self) -> SignedCheckpoint:
        """Signs the head of the log as it is, and keeps it."""
        with self._lock:
            head = Checkpoint(self._ports.origin, self._tree.size, self._tree.root())
            signed = sign(head, self._ports.signer)  # Ed25519: the same head, the same text
            if not self._ports.read_only:
                self._log.put_checkpoint(signed)
            return signed

    # Inside.

    def _read_log(self) -> None:
        """Reads the log and holds it against the last checkpoint."""
        signed = {c.size: c for c in self._log.checkpoints()}
        newest = max(signed, default=0)
        for leaf in self._log.leaves():
            self._book.read([leaf], parse)
            self._tree.add(merkle.leaf_hash(leaf))
            if self._tree.size == newest:
                head = open_checkpoint(signed[newest].text, self.key)
                if head.root != self._tree.root():
                    raise LogDamaged(newest - 1, _NOT_AS_SIGNED)
        if self._tree.size < newest:
            raise LogDamaged(self._tree.size, _NOT_AS_SIGNED)

    def _act(self, act: Act) -> None:
        self._append([act])

    def _append(self, entries: Sequence[LogEntry]) -> None:
        """Adds entries to the log, then to what is made of it."""
        leaves = [encode(entry) for entry in entries]
        # A line that does not read back would keep the square from opening ever again.
        assert list(map(decode, leaves)) == list(entries)
        self._log.append(self._book.size, leaves)
        for entry, leaf in zip(entries, leaves, strict=True):
            self._book.take(entry)
            self._tree.add(merkle.leaf_hash(leaf))

    def _now_ms(self) -> int:
        """The time of an act; never before the act before."""
        return max(self._ports.clock.now_us() // 1_000, self._book.last_ms)

    def _contributor(self, account: AccountId) -> Pseudonym:
        who = self.pseudonym(account)
        if who is None:
            raise NotAllowed("only contributors may do this: enrol first")
        return who

    def _checked_post(self, uri: str) -> str:
        post = drafts.checked_uri(uri)
        if not self._ports.has_post(post):
            raise UnknownPost(post)
        return post

    def _live(self, note: int) -> BookNote:
        found = self._book.notes.get(NoteId(note))
        if found is None or found.is_deleted:
            raise UnknownNote(note)
        return found

    def _refuse_twice(self, who: Pseudonym, post: str) -> None:
        for note in looking.live_notes(self._book, post):
            if note.written.who == who:
                raise NotAllowed("you have a note on this post: delete it to write another")

    def _notes_a_day(self, state: ContributorState) -> int:
        at_risk = state.state is Enrollment.AT_RISK
        return self._limits.notes_at_risk if at_risk else self._limits.notes

    def _within(self, who: Pseudonym, kind: type[Act], most: int, at_ms: int) -> None:
        if self._book.acts_today(who, kind, at_ms) >= most:
            raise NotAllowed(f"that was {most} today: go on tomorrow, in UTC")


_NOT_AS_SIGNED = (
    "the log up to here is not the one whose head was signed; restore a backup of the data folder"
)
