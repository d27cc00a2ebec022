"""The doors between rooms: what a room is handed, and never where it comes from.

Every port has an in-memory twin or a tiny implementation in the tests, and one contract suite
under `tests/contracts/` that all its adapters pass.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stoa.model_records import Decision, Model, ModelCard
from stoa.note_records import OutputTable
from stoa.own_labels import KeptLabel, OwnLabel, PostFate
from stoa.own_notes import Pseudonym, SignedCheckpoint
from stoa.promoted_records import Campaign, CampaignId, CampaignState, Placement
from stoa.records import (
    Account,
    AccountId,
    Applied,
    Batch,
    EdgeColumns,
    EdgeKind,
    Effect,
    EventKind,
    GatePut,
    HistoryEvent,
    Matches,
    Post,
    PostColumns,
    PostId,
    StoreCounts,
    ViewerEvent,
    ViewerEventColumns,
    ViewerSettings,
)


class Clock(Protocol):
    """What time it is in the square: the wall's, a file's newest, or the town's."""

    def now_us(self) -> int:
        """Microseconds since 1970, UTC."""
        ...


class EventLog(Protocol):
    """Takes in what happened, durably and exactly once in effect."""

    def commit(self, batch: Batch) -> Applied:
        """Applies a batch, its state changes and its cursor in one durable transaction.

        The outcome depends only on the set of changes ever committed: of two versions of a
        record the greater revision holds, a removal outlives what it removed, an account's
        newest state holds, and whatever is older than an account's deletion stays out.

        Raises:
            StoreFull: nothing of the batch was kept; everything before it was.
        """
        ...

    def cursor(self, source: str) -> int | None:
        """Position saved by the last batch of that source."""
        ...

    def record(self, events: Sequence[ViewerEvent]) -> int:
        """Keeps what viewers did, durably; returns how many were new. Replays count for none."""
        ...

    def counts(self) -> StoreCounts:
        """The figures of `stoa status`."""
        ...


class PostStore(Protocol):
    """Looks posts and accounts up."""

    def posts(self, ids: Sequence[int]) -> dict[PostId, Post]:
        """The live posts among these ids; hidden accounts' posts are absent."""
        ...

    def post_id(self, uri: str) -> PostId | None:
        """Id of a live post, or None."""
        ...

    def accounts(self, ids: Sequence[int]) -> dict[AccountId, Account]:
        """The accounts among these ids."""
        ...

    def account_id(self, name: str) -> AccountId | None:
        """Id of an account by its external id, or None when it was never seen."""
        ...

    def uris(self, ids: Sequence[int]) -> dict[PostId, str]:
        """URIs of posts, also of those known only because something pointed at them."""
        ...

    def scan_posts(self, chunk: int = 50_000) -> Iterator[PostColumns]:
        """All live posts of active accounts, in order of id."""
        ...

    def scan_edges(self, kind: EdgeKind, chunk: int = 200_000) -> Iterator[EdgeColumns]:
        """All live edges of one kind, in order of time within a chunk."""
        ...

    def scan_texts(
        self, after: PostId, chunk: int = 10_000
    ) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
        """Ids and texts of live posts with id > `after`, in order of id (rebuilds an index)."""
        ...

    def scan_gates(self) -> Iterator[GatePut]:
        """What authors ask about their threads, a thread each."""
        ...

    def hidden_accounts(self) -> NDArray[np.int64]:
        """Accounts whose posts may not be served: not active, labelled away, or opted out."""
        ...

    def marked_accounts(self) -> Iterator[Account]:
        """Accounts that are hidden, labelled (by themselves or others) or opted out, by id.

        They are all that a feed must know of before it shows anything of theirs.
        """
        ...


class ViewerStore(Protocol):
    """Keeps what belongs to readers."""

    def intern_account(self, name: str) -> AccountId:
        """Id of an account, made on first use."""
        ...

    def settings(self, viewer: AccountId) -> ViewerSettings:
        """What the reader chose; the defaults when nothing was."""
        ...

    def save_settings(self, viewer: AccountId, settings: ViewerSettings) -> None:
        """Replaces what the reader chose."""
        ...

    def history(self, viewer: AccountId, limit: int = 512) -> list[HistoryEvent]:
        """Newest meaningful acts first: public edges, own replies and quotes, viewer events.

        Impressions are left out; what was undone is left out.
        """
        ...

    def seen(self, viewer: AccountId, since_us: int) -> NDArray[np.int64]:
        """Posts that were on the viewer's screen since then."""
        ...

    def served(self, viewer: AccountId, since_us: int) -> NDArray[np.int64]:
        """Posts handed to the viewer since then."""
        ...

    def events(
        self, viewer: AccountId, kinds: Sequence[EventKind] = (), limit: int = 10_000
    ) -> list[ViewerEvent]:
        """Raw viewer events, newest first."""
        ...

    def scan_viewer_events(
        self, since_us: int, chunk: int = 200_000
    ) -> Iterator[ViewerEventColumns]:
        """All viewer events from `since_us` on, by viewer, kind and time."""
        ...

    def opt_out(self, account: str, opted_out: bool) -> AccountId:
        """Honours (or lifts) an author's wish to stay out of recommendations."""
        ...

    def forget(self, viewer: AccountId) -> Mapping[str, int]:
        """Deletes everything kept about a reader; returns how many rows of what went."""
        ...


class TextEncoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Identifies the space; vectors of different names are never compared."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape (n, dim); a text without any usable character gives a zero row."""
        ...


class VectorIndex(Protocol):
    """Finds posts by vectors. Safe to search from several threads while one writes."""

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def put(self, posts: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Adds unit vectors, or replaces those of posts already here."""
        ...

    def remove(self, posts: NDArray[np.int64]) -> None:
        """Makes posts unfindable at once; ids that are not here are ignored."""
        ...

    def match(
        self,
        queries: NDArray[np.float32],
        k: int,
        *,
        newer_than: int = 0,
        exclude: NDArray[np.int64] | None = None,
    ) -> Matches:
        """The k posts with the greatest max over queries of <query, post>.

        `queries` has shape (q, dim), rows of any length (a weight scales a row). Posts with
        id <= `newer_than` and those in `exclude` are left out before the cut to k.
        """
        ...

    def vectors(self, posts: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Vectors of posts, shape (n, dim), and which were found; rows not found are zero."""
        ...

    def holds(self, posts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these posts are here."""
        ...

    def held(self) -> NDArray[np.int64]:
        """All posts that are here, in order of id."""
        ...

    def drop_older(self, than: int) -> int:
        """Forgets posts with id < `than`; returns how many."""
        ...

    def flush(self) -> None:
        """Writes to disk what reopening needs; a crash before it costs only a rebuild."""
        ...

    def newest(self) -> int:
        """Greatest post id held on disk without a gap: what a rebuild starts after."""
        ...

    def __len__(self) -> int: ...


class VectorRows(Protocol):
    """Keeps one vector a post at int8 precision, found by post id: the content vectors."""

    def put(self, posts: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Writes unit (or zero) rows; the last write of a post holds."""
        ...

    def get(self, posts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Rows of shape (n, dim); zero where nothing is kept."""
        ...

    def remove(self, posts: NDArray[np.int64]) -> None:
        """Erases rows."""
        ...

    def drop_older(self, than: int) -> None:
        """Forgets rows of posts with id < `than` and gives their space back."""
        ...

    def flush(self) -> None:
        """Writes to disk."""
        ...


class EngagementView(Protocol):
    """Who engaged with what, as fixed-size samples: no count can be read from it."""

    def engagers_of(self, posts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Accounts that engaged, uniform sample, shape (n, sample); NO_ID pads."""
        ...

    def recent_posts_of(self, accounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Posts an account engaged with, newest kept, shape (n, recent); NO_ID pads."""
        ...


class EffectSink(Protocol):
    """Hears what each committed batch changed, after it is durable, in order."""

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        """Takes the effects in; must not raise for effects it does not care about."""
        ...


class ChangeSource(Protocol):
    """Where changes come from: a live network, a file, the town."""

    @property
    def name(self) -> str:
        """Names the cursor in the store."""
        ...

    def batches(self, cursor: int | None) -> AsyncIterator[Batch]:
        """Batches from just before `cursor` on; ends when the source ends."""
        ...


class NoteLog(Protocol):
    """Keeps the log of the square's own notes, and who is who in it."""

    def size(self) -> int:
        """Number of entries."""
        ...

    def append(self, at: int, leaves: Sequence[bytes]) -> None:
        """Adds entries in one durable step, the first at index `at`; none is ever changed.

        Raises:
            StoreError: `at` is not the size: somebody else wrote meanwhile.
        """
        ...

    def leaves(self, start: int = 0) -> Iterator[bytes]:
        """Entries from `start` on, in order."""
        ...

    def put_checkpoint(self, checkpoint: SignedCheckpoint) -> None:
        """Keeps a signed tree head; of two of one size the first holds."""
        ...

    def checkpoints(self) -> list[SignedCheckpoint]:
        """All signed tree heads, smallest first."""
        ...

    def pseudonym(self, account: AccountId) -> Pseudonym | None:
        """Who the account is in the log, or None."""
        ...

    def link(self, account: AccountId, pseudonym: Pseudonym, salt: bytes) -> Pseudonym:
        """Ties an account to a pseudonym; an earlier tie holds. Returns the one that holds."""
        ...

    def unlink(self, account: AccountId) -> bool:
        """Destroys the tie and its salt; whether there was one."""
        ...

    def put_findings(self, text: str) -> None:
        """Keeps what the last run found out, in place of what was kept before."""
        ...

    def findings(self) -> str:
        """What was kept last, or ""."""
        ...


class Signer(Protocol):
    """Signs tree heads; holds the secret key."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of an Ed25519 public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature."""
        ...


class LabelLog(Protocol):
    """Keeps the sequence of labels that this square's labeler gave; none is ever changed."""

    def last(self) -> KeptLabel | None:
        """The newest label of any source; None while there is none."""
        ...

    def append(self, after: int, labels: Sequence[OwnLabel]) -> int:
        """Adds signed labels in one durable step, at the places behind `after`.

        Returns the place of the last. Times must grow, and be later than all before.

        Raises:
            StoreError: `after` is not the last place: somebody else wrote meanwhile.
            BadInput: times that do not grow.
        """
        ...

    def after(self, src: str, seq: int, limit: int = 100) -> list[KeptLabel]:
        """The labels of a source behind a place, in order, for the stream.

        Left out is what a later label of the same post, value and version took the place of.
        """
        ...

    def find(
        self, src: str, patterns: Sequence[str], after: int = 0, limit: int = 50
    ) -> list[KeptLabel]:
        """The newest label of each post and value that a pattern fits, in order of place.

        A pattern is a whole URI, or the beginning of some with `*` behind it.
        """
        ...

    def holding(self, src: str) -> dict[tuple[str, str], OwnLabel]:
        """The newest label of each (uri, val), retractions included."""
        ...

    def n_since(self, cts: str) -> int:
        """How many labels of all sources have a later time."""
        ...


class LabelSigner(Protocol):
    """Signs labels; holds the secret key."""

    @property
    def did(self) -> str:
        """Whose labels they are."""
        ...

    def signed(self, label: OwnLabel) -> OwnLabel:
        """The label with its signature."""
        ...


class PostFates(Protocol):
    """Knows what became of posts."""

    def fates(self, uris: Sequence[str]) -> dict[str, PostFate]:
        """What became of each of these posts."""
        ...

    def labels_on(self, uri: str) -> tuple[str, ...]:
        """The labels that hold on a live post, its author's own and those given to it."""
        ...


class ExportFolder(Protocol):
    """A folder that an export is written into, or read from."""

    def names(self) -> list[str]:
        """Names of all files, sorted."""
        ...

    def read(self, name: str) -> bytes:
        """A whole file, unpacked if it is packed.

        Raises:
            BadTable: it is missing or does not unpack.
        """
        ...

    def write(self, name: str, content: bytes) -> None:
        """A file, whole or not at all."""
        ...

    def write_table(self, name: str, table: OutputTable) -> None:
        """A table in the public format, whole or not at all."""
        ...


class ExportFolders(Protocol):
    """Opens folders for exports."""

    def __call__(self, path: Path) -> ExportFolder:
        """The folder at a path; made when something is written."""
        ...


class ModelStore(Protocol):
    """Keeps the versions of a square's model, and which one serves."""

    def cards(self) -> list[ModelCard]:
        """Cards of all versions that read, oldest first."""
        ...

    def load(self, version: str) -> Model:
        """A version, checked.

        Raises:
            BadInput: there is no such version.
            BadModel: it is damaged or of another format.
        """
        ...

    def save(self, model: Model) -> ModelCard:
        """Keeps a new version, whole or not at all; it does not serve yet.

        Raises:
            StoreFull: the disk refused.
            BadModel: an array is not finite, or the version is there already.
        """
        ...

    def decisions(self) -> list[Decision]:
        """What was decided about versions, oldest first."""
        ...

    def serving(self) -> str | None:
        """The version that serves, or None while none was ever promoted."""
        ...

    def decide(self, decision: Decision) -> None:
        """Adds a decision; a promotion or a rollback changes what serves, at once and wholly."""
        ...

    def before(self) -> str | None:
        """The version that served before the present one."""
        ...


class CampaignStore(Protocol):
    """Keeps promoted posts, their budgets and where they stood; safe for many threads.

    What is seen is charged where viewer events are recorded (`EventLog.record`), in the same
    durable step: once, never beyond the budget, and not by imported events.
    """

    def add(self, campaign: Campaign) -> None:
        """Keeps a campaign.

        Raises:
            BadInput: its id is taken, or its post has a campaign in that time already.
        """
        ...

    def campaigns(self, now_us: int) -> list[CampaignState]:
        """All of them and how they stand, the earliest start first."""
        ...

    def running(self, now_us: int) -> list[Campaign]:
        """Those that may be handed out now, the earliest start first."""
        ...

    def stop(self, campaign: CampaignId, at_us: int, because: str) -> bool:
        """Ends a campaign for good; whether it was there and had not been stopped."""
        ...

    def stop_posts(self, posts: Sequence[int], at_us: int, because: str) -> int:
        """Ends all campaigns of these posts; returns how many."""
        ...

    def placed(self, viewer: AccountId, since_us: int, now_us: int) -> Mapping[CampaignId, int]:
        """How often each was handed to a reader since then, without what lapsed unseen."""
        ...

    def hold(self, placements: Sequence[Placement]) -> list[Placement]:
        """Keeps placements for which the budgets have room, durably; returns those.

        Where less is left than a placement would hold, it holds what is left.
        One of a viewer, reading and campaign that is there already stays as it was and counts as
        refused.
        """
        ...

    def placements(self, viewer: AccountId) -> list[Placement]:
        """All that is kept of what a reader was handed, oldest first."""
        ...
