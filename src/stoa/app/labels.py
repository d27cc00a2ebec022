"""Runs the square's labeler: hears when something may have changed, and tells who listens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from stoa.app.clocks import WallClock
from stoa.app.rooms import Rooms
from stoa.app.square import Square
from stoa.bluesky.label_key_file import KEY_FILE, open_label_key
from stoa.bluesky.labels import LabelKey
from stoa.bluesky.syntax import is_post_uri
from stoa.errors import StoaError, StoreError
from stoa.notes.labeler import LabelChange, Labeler, LabelerPorts
from stoa.ports import Clock, LabelLog
from stoa.records import AccountChanged, AccountErased, Effect, PostGone, PostPut

_LOOK_EVERY_S = 1.0
_REST = 20
"""Times as long as a look took that nothing is looked at: labels take a twentieth of a core."""

_AGAIN_S = 0.3  # until the next round while more labels are due
_ASK_S = 5.0  # how long a round waits for the AppView
_LOOK_ANYWAY_S = 600.0  # posts that nobody could vouch for are tried again

Versions = Callable[[Sequence[str]], Awaitable[dict[str, str]]]


async def _no_versions(uris: Sequence[str]) -> dict[str, str]:
    return {}


@dataclass(slots=True)
class PostWatch:
    """An effect sink: notes that a post was edited, went, or is here at last."""

    is_awaited: Callable[[str], bool]
    stirred: bool = True

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        """Looks whether an effect may end a label, or make room for one."""
        del now_us
        self.stirred = self.stirred or any(map(self._matters, effects))

    def _matters(self, effect: Effect) -> bool:
        if isinstance(effect, PostPut):
            return not effect.fresh or self.is_awaited(effect.post.uri)
        return isinstance(effect, PostGone | AccountErased | AccountChanged)


class Labels:
    """The labeler of one world, open: what it gave, and word of what it gives."""

    def __init__(
        self,
        rooms: Rooms,
        key: LabelKey,
        *,
        versions: Versions = _no_versions,
        say: Callable[[str], None] = lambda line: None,
        clock: Clock | None = None,
    ) -> None:
        self.did = key.did
        self.multikey = key.multikey
        self.log: LabelLog = rooms.store.labels
        self._notes_log = rooms.store.notes
        self._versions = versions
        self._say = say
        self._labeler = Labeler(
            LabelerPorts(
                log=rooms.store.labels,
                signer=key,
                fates=rooms.store,
                standings=rooms.notes.standings,
                is_post=is_post_uri,
                clock=clock or WallClock(),
            )
        )
        self._watch = PostWatch(self._labeler.awaits)
        self._listeners: set[asyncio.Event] = set()
        self.is_closing = False
        self._notes_size = -1
        self._next_look_s = 0.0
        self._look_took_s = 0.0
        rooms.intake.listen(self._watch)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever labels were given; the listener clears it."""
        event = asyncio.Event()
        self._listeners.add(event)
        try:
            yield event
        finally:
            self._listeners.discard(event)

    async def run(self) -> None:
        """Keeps labels in step until cancelled; then whoever listens is let go."""
        try:
            await self._keep_in_step()
        finally:
            self.is_closing = True
            self._wake()

    async def _keep_in_step(self) -> None:
        """A full disk only delays labels."""
        problem = ""
        while True:
            try:
                n_given = await self.settle()
                problem = ""
            except StoaError as fault:
                n_given, self._watch.stirred = 0, True
                if str(fault) != problem:
                    self._say(f"labels wait: {fault}")
                problem = str(fault)
            await asyncio.sleep(
                _AGAIN_S if n_given else max(_LOOK_EVERY_S, self._look_took_s * _REST)
            )

    async def settle(self) -> int:
        """One round: gives and takes back what is due and allowed now; returns how many.

        Raises:
            StoreError: the labels could not be kept; the next round tries again.
        """
        size = await asyncio.to_thread(self._notes_log.size)
        if not (self._watch.stirred or size != self._notes_size or self._is_time()):
            return 0
        self._watch.stirred = False
        began_s = time.monotonic()
        plan = await asyncio.to_thread(self._labeler.plan)
        self._look_took_s = time.monotonic() - began_s
        self._next_look_s = began_s + _LOOK_ANYWAY_S
        self._notes_size = size
        if not plan:
            return 0
        self._watch.stirred = True  # there may be more than one round takes
        gifts = [change for change in plan if not change.neg]
        n_given = await self._emit([change for change in plan if change.neg], {})
        return n_given + await self._emit(gifts, await self._versions_of(gifts))

    async def _emit(self, changes: Sequence[LabelChange], versions: dict[str, str]) -> int:
        n_given = await asyncio.to_thread(self._labeler.emit, changes, versions) if changes else 0
        if n_given:
            self._wake()
        return n_given

    def _wake(self) -> None:
        for event in self._listeners:
            event.set()

    def _is_time(self) -> bool:
        return time.monotonic() >= self._next_look_s

    async def _versions_of(self, changes: Sequence[LabelChange]) -> dict[str, str]:
        if not changes:
            return {}
        try:
            async with asyncio.timeout(_ASK_S):
                return await self._versions([change.uri for change in changes])
        except (StoaError, TimeoutError):
            return {}


def open_labels(
    square: Square, versions: Versions, say: Callable[[str], None] = lambda line: None
) -> Labels | None:
    """The labeler that the settings name; None without one, or in a simulated town.

    Raises:
        StoreError: the file of the key cannot be used.
    """
    did, rooms = square.settings.labeler_did, square.rooms
    if not did:
        return None
    if square.town is not None:
        say("the town is invented, so no labels are given")
        return None
    return Labels(rooms, label_key(did, rooms.folder), versions=versions, say=say)


def label_key(did: str, folder: Path | None) -> LabelKey:
    """The key that is kept with the data, made on first use; one for the moment without a folder.

    Raises:
        StoreError: the file of the key cannot be used.
    """
    if folder is None:
        return LabelKey(did, ec.generate_private_key(ec.SECP256K1()))
    if not folder.is_dir():
        raise StoreError(f"no square at {folder}: open one there first")
    return LabelKey(did, open_label_key(folder / KEY_FILE))
