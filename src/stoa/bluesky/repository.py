"""Lists the public records of one account, at the server that holds them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec

from stoa.bluesky.asking import Asker, Patience
from stoa.bluesky.guarded_http import FetchLimits, GuardedHttp
from stoa.bluesky.record_changes import RecordAddress, Unusable, change_of_record
from stoa.bluesky.syntax import parse_at_uri
from stoa.bluesky.timestamps import claimed_time_us
from stoa.bluesky.views import record_revision
from stoa.errors import BadInput, Unreachable
from stoa.ports import Clock
from stoa.records import Change

PAGE = 100  # what listRecords gives at once
LIMITS = FetchLimits(timeout_s=15.0, max_bytes=8 << 20)


class _Page(msgspec.Struct):
    records: list[msgspec.Raw]
    cursor: str | None = None


class _Record(msgspec.Struct):
    uri: str
    value: msgspec.Raw


class _Claim(msgspec.Struct):
    createdAt: Any = None


_page = msgspec.json.Decoder(_Page).decode
_record = msgspec.json.Decoder(_Record).decode
_claim = msgspec.json.Decoder(_Claim).decode


class Repositories:
    """Reads repositories over `com.atproto.repo.listRecords`."""

    def __init__(
        self,
        guarded: GuardedHttp,
        *,
        clock: Clock,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._guarded = guarded
        self._clock = clock
        self._patience = patience
        self._sleep = sleep

    async def records(
        self, pds: str, did: str, collection: str, limit: int
    ) -> AsyncIterator[list[Change]]:
        """Changes for the newest `limit` records of a collection, a page at a time.

        Records that cannot be read, or are not `did`'s own, are left out.

        Raises:
            Unreachable: the server gives no usable answer.
        """
        asker = Asker(
            f"the server of {did}", self._clock, patience=self._patience, sleep=self._sleep
        )
        cursor: str | None = None
        asked = 0
        while asked < limit:
            size = min(PAGE, limit - asked)
            asked += size  # counts what was asked for, so that short pages cannot go on for ever
            page = await self._page(asker, pds, did, collection, size, cursor)
            yield self._changes(page.records[:size], did, collection)
            if not page.records or page.cursor is None or page.cursor == cursor:
                return
            cursor = page.cursor

    async def _page(
        self, asker: Asker, pds: str, did: str, collection: str, size: int, cursor: str | None
    ) -> _Page:
        params = {"repo": did, "collection": collection, "limit": str(size)}
        if cursor is not None:
            params["cursor"] = cursor
        url = f"{pds.rstrip('/')}/xrpc/com.atproto.repo.listRecords"
        try:
            body = await asker.ask(lambda: self._guarded.get(url, params=params, limits=LIMITS))
        except BadInput as refused:  # the address is the account's choice, not the caller's
            raise Unreachable(f"the server of {did}: {refused}") from refused
        try:
            return _page(body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as wrong:
            raise Unreachable(f"the server of {did} answered nonsense: {wrong}") from wrong

    def _changes(self, records: list[msgspec.Raw], did: str, collection: str) -> list[Change]:
        changes: list[Change] = []
        now_us = self._clock.now_us()
        for raw in records:
            try:
                record = _record(raw)
                address = parse_at_uri(record.uri)
                if address is None or (address.repo, address.collection) != (did, collection):
                    continue  # a server may only speak for the accounts it holds
                at_us = claimed_time_us(_claim(record.value).createdAt, now_us)
                revision = record_revision(address.record_key, at_us, now_us)
                place = RecordAddress(did, collection, record.uri, revision, at_us)
                changes.append(change_of_record(place, record.value))
            except (msgspec.MsgspecError, UnicodeError, RecursionError, Unusable):
                continue
        return changes
