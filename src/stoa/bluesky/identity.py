"""From a DID to its keys, its server and its name; and from a handle to its DID."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

import httpx2
import msgspec

from stoa.bluesky.did_document import DidDocument, read_document
from stoa.bluesky.guarded_http import Answer, FetchLimits, GuardedHttp, fetch, is_host_name
from stoa.bluesky.recent import RecentMap
from stoa.errors import BadInput, Unreachable
from stoa.ports import Clock
from stoa.records import SECOND_US

_PLC = re.compile(r"did:plc:[a-z2-7]{24}")
_LOCALHOST = re.compile(r"localhost(?:%3[Aa](\d{1,5}))?")
_MAX_DID_CHARACTERS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConfig:
    """Where identities are looked up and how long an answer holds."""

    plc_url: str = "https://plc.directory"
    appview_url: str = "https://public.api.bsky.app"
    allow_localhost: bool = False  # did:web:localhost, for development
    fresh_s: int = 3600
    stale_s: int = 86_400
    negative_s: int = 60
    refetch_s: int = 60  # least time between two fetches that a bad signature may cause
    max_documents: int = 20_000
    max_in_flight: int = 32
    limits: FetchLimits = field(default_factory=FetchLimits)

    def __post_init__(self) -> None:
        require_https("plc_url", self.plc_url)
        require_https("appview_url", self.appview_url)


def require_https(field: str, url: str) -> None:
    """Refuses a service address that is not https; plain http is for loopback alone.

    Raises:
        BadInput: naming `field`.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return
    if parts.scheme == "http" and _is_loopback(host):
        return
    raise BadInput(field, url, "give an https address (plain http only on this machine)")


def network_client(tls: ssl.SSLContext | None = None) -> httpx2.AsyncClient:
    """A client for the services named in the settings: no redirects, loopback without proxy.

    `tls` spares loading the machine's trusted roots again (some 20 ms).
    """
    return httpx2.AsyncClient(
        verify=tls or ssl.create_default_context(),
        follow_redirects=False,
        headers={"User-Agent": "stoa"},
        mounts={f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")},
    )


def is_did(text: str) -> bool:
    """Whether `text` is a DID of a method that the network uses, in its exact spelling.

    >>> [is_did(d) for d in ("did:plc:" + "a" * 24, "did:web:example.com", "did:key:z6M", "x")]
    [True, True, False, False]
    """
    if _PLC.fullmatch(text):
        return True
    host = text.removeprefix("did:web:")
    if host == text or len(text) > _MAX_DID_CHARACTERS:
        return False
    return is_host_name(host) or _LOCALHOST.fullmatch(host) is not None


@dataclass(slots=True)
class _Entry:
    """What is remembered of a DID; `why` says what went wrong with the last try."""

    document: DidDocument | None
    fetched_us: int  # when the document came
    tried_us: int  # when it was last asked for
    why: str = ""


class DidResolver:
    """Resolves did:plc and did:web, remembering answers for an hour (a day while unreachable).

    Runs in one event loop; `invalidate` may be called from any thread.
    """

    def __init__(
        self, config: IdentityConfig, http: httpx2.AsyncClient, guarded: GuardedHttp, clock: Clock
    ) -> None:
        self._config = config
        self._http = http
        self._guarded = guarded
        self._clock = clock
        self._known: RecentMap[str, _Entry] = RecentMap(config.max_documents)
        self._in_flight: dict[str, asyncio.Task[_Entry]] = {}

    async def resolve(self, did: str) -> DidDocument:
        """The document of a DID; an old one is given at once while a new one is fetched.

        Raises:
            BadInput: not a did:plc or did:web, or did:web with a path or port.
            Unreachable: the directory or host gave no document for it.
        """
        self._require_did(did)
        entry = self._known.get(did)
        if entry is not None:
            now_us = self._clock.now_us()
            age_us = now_us - entry.fetched_us
            just_failed = bool(entry.why) and (
                now_us - entry.tried_us < self._config.negative_s * SECOND_US
            )
            if entry.document is not None and age_us < self._config.stale_s * SECOND_US:
                if age_us >= self._config.fresh_s * SECOND_US and not just_failed:
                    self._refresh_behind(did)
                return entry.document
            if just_failed:
                raise Unreachable(entry.why)
        return _document(await self._fetched(did))

    async def refetch(self, did: str) -> DidDocument | None:
        """A newer document than the one known, or None when it was fetched moments ago.

        For keys that seem to have changed. The known document stays when none can be fetched.
        """
        self._require_did(did)
        entry = self._known.get(did)
        if entry is not None:
            since_us = self._clock.now_us() - entry.tried_us
            if since_us < self._config.refetch_s * SECOND_US:
                return None
        try:
            return (await self._fetched(did)).document
        except Unreachable:
            return None

    def invalidate(self, did: str) -> None:
        """Forgets what is known of a DID; for identity events of the network."""
        self._known.forget(did)

    async def pds_of(self, did: str) -> str:
        """Address of the server that holds the account's repository, without a final slash.

        Raises:
            BadInput, Unreachable: as `resolve`; Unreachable also when the document names none.
        """
        document = await self.resolve(did)
        if document.pds is None:
            raise Unreachable(f"the document of {did} names no personal data server")
        return document.pds

    async def handle_of(self, did: str) -> str | None:
        """The handle that the account claims; not proven to be its own.

        Raises:
            BadInput, Unreachable: as `resolve`.
        """
        return (await self.resolve(did)).handle

    async def resolve_handle(self, handle: str) -> str:
        """DID of a handle: asked of the AppView, else of the handle's own web host.

        Raises:
            BadInput: not a handle.
            Unreachable: neither knows it.
        """
        handle = handle.strip().removeprefix("@").lower()
        if not is_host_name(handle):
            raise BadInput("handle", handle, "give a handle such as ana.example.social")
        for ask in (self._handle_at_appview, self._handle_at_host):
            try:
                did = await ask(handle)
            except Unreachable:
                continue
            if is_did(did):
                return did
        raise Unreachable(f"nobody could be found under the handle {handle!r}; check its spelling")

    async def aclose(self) -> None:
        """Stops the fetches under way."""
        tasks = list(self._in_flight.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _require_did(self, did: str) -> None:
        local = did.startswith("did:web:localhost")
        if not is_did(did) or (local and not self._config.allow_localhost):
            raise BadInput("did", did, "give a did:plc, or the did:web of a bare host")

    def _refresh_behind(self, did: str) -> None:
        if len(self._in_flight) < self._config.max_in_flight:
            self._start(did)

    async def _fetched(self, did: str) -> _Entry:
        if did not in self._in_flight and len(self._in_flight) >= self._config.max_in_flight:
            raise Unreachable("too many identities are being looked up at once")
        return await asyncio.shield(self._start(did))

    def _start(self, did: str) -> asyncio.Task[_Entry]:
        task = self._in_flight.get(did)
        if task is None:
            task = self._in_flight[did] = asyncio.create_task(self._fetch(did))
            task.add_done_callback(lambda _: self._in_flight.pop(did, None))
        return task

    async def _fetch(self, did: str) -> _Entry:
        now_us = self._clock.now_us()
        try:
            entry = _Entry(read_document(did, await self._body(did)), now_us, now_us)
        except (BadInput, Unreachable) as failure:
            entry = _Entry(None, now_us, now_us, str(failure))
            known = self._known.get(did)
            if known is not None and known.document is not None:
                known.tried_us, known.why = now_us, entry.why  # the old one stays for its day
                return entry
        self._known.put(did, entry)
        return entry

    async def _body(self, did: str) -> bytes:
        if did.startswith("did:plc:"):
            url = f"{self._config.plc_url.rstrip('/')}/{quote(did, safe=':')}"
            return _ok(did, await self._trusted_get(url))
        host = did.removeprefix("did:web:")
        local = _LOCALHOST.fullmatch(host)
        port = f":{local[1]}" if local and local[1] else ""
        base = f"http://localhost{port}" if local else f"https://{host}"
        url = f"{base}/.well-known/did.json"
        return _ok(did, await self._guarded.get(url, limits=self._config.limits))

    async def _trusted_get(self, url: str) -> Answer:
        return await fetch(self._http, self._http.build_request("GET", url), self._config.limits)

    async def _handle_at_appview(self, handle: str) -> str:
        url = (
            f"{self._config.appview_url.rstrip('/')}"
            f"/xrpc/com.atproto.identity.resolveHandle?handle={quote(handle)}"
        )
        body = _ok(handle, await self._trusted_get(url))
        try:
            return msgspec.json.decode(body, type=_ResolvedHandle).did
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
            raise Unreachable(f"the AppView answered nonsense about {handle!r}") from wrong

    async def _handle_at_host(self, handle: str) -> str:
        url = f"https://{handle}/.well-known/atproto-did"
        body = _ok(handle, await self._guarded.get(url, limits=self._config.limits))
        return body.decode("ascii", "replace").strip()


class _ResolvedHandle(msgspec.Struct):
    did: str


def _document(entry: _Entry) -> DidDocument:
    if entry.document is None:
        raise Unreachable(entry.why)
    return entry.document


def _ok(what: str, answer: Answer) -> bytes:
    if answer.status != 200:
        raise Unreachable(f"{what}: HTTP {answer.status} where 200 was expected")
    return answer.body


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
