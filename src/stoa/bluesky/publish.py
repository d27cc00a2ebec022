"""Puts the feed's record into its publisher's repository, and takes it out again.

The app password is used for one session and closed with it: it is never stored, and shows in no
message, log or `repr`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from stoa.bluesky.graphemes import count_graphemes
from stoa.bluesky.identity import DidResolver, is_did, network_client, require_https
from stoa.bluesky.publisher_session import PublisherSession, call, open_session
from stoa.errors import BadInput, StoaError, Unreachable

COLLECTION = "app.bsky.feed.generator"
MAX_AVATAR_BYTES = 1_000_000
_RECORD_KEY = re.compile(r"[A-Za-z0-9._:~-]{1,512}")
_NAME_GRAPHEMES, _NAME_BYTES = 24, 240
_DESCRIPTION_GRAPHEMES, _DESCRIPTION_BYTES = 300, 3000
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_KEPT_FIELDS = ("avatar", "labels", "descriptionFacets", "createdAt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who publishes. The password is an app password and hides from `repr`."""

    handle: str  # or a DID
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How the feed presents itself in the app.

    Raises:
        BadInput: a part that the network would refuse, with the mend.
    """

    service_did: str
    record_key: str = "for-you"
    display_name: str = "For You (open)"
    description: str = ""
    avatar: bytes | None = None  # None keeps the one published before

    def __post_init__(self) -> None:
        if not is_did(self.service_did) or "localhost" in self.service_did:
            mend = "set the public host name; the service is did:web:<host>"
            raise BadInput("service_did", self.service_did, mend)
        if not _RECORD_KEY.fullmatch(self.record_key) or self.record_key in (".", ".."):
            raise BadInput("record_key", self.record_key, "use letters, digits and . _ : ~ -")
        _check_words("display_name", self.display_name, _NAME_GRAPHEMES, _NAME_BYTES)
        if not self.display_name.strip():
            raise BadInput("display_name", self.display_name, "give the feed a name")
        _check_words("description", self.description, _DESCRIPTION_GRAPHEMES, _DESCRIPTION_BYTES)
        if self.avatar is not None:
            picture_type(self.avatar)


@dataclass(frozen=True, slots=True)
class Published:
    """What was published, and what the AppView thinks of it (None: it did not say yet)."""

    uri: str
    cid: str
    page: str  # address in the app
    is_online: bool | None
    is_valid: bool | None


def picture_type(picture: bytes) -> str:
    """MIME type of an avatar.

    Raises:
        BadInput: empty, over 1,000,000 bytes, or neither PNG nor JPEG.
    """
    if len(picture) > MAX_AVATAR_BYTES:
        mend = f"use a picture of at most {MAX_AVATAR_BYTES:,} bytes"
        raise BadInput("avatar", f"{len(picture):,} bytes", mend)
    for magic, mime in _PICTURES.items():
        if picture.startswith(magic):
            return mime
    raise BadInput("avatar", picture[:8], "use a PNG or JPEG file")


async def publish(
    listing: Listing,
    credentials: Credentials,
    *,
    resolver: DidResolver,
    appview_url: str,
    created_at: str,
) -> Published:
    """Writes the feed's record; writing again changes it, and keeps its likes and its age.

    Args:
        listing: what to publish.
        credentials: an account's handle and one of its app passwords.
        resolver: finds the account's own server.
        appview_url: who is asked afterwards whether the feed is online.
        created_at: RFC 3339 time for a first publication, e.g. `2026-11-23T00:00:00.000Z`.

    Raises:
        BadInput: a handle or address that is none.
        NotAllowed: the server refused the password.
        Unreachable: a server did not answer as it should.
    """
    require_https("appview_url", appview_url)
    async with network_client() as http:
        repository = await sign_in(http, credentials, resolver)
        try:
            present = await repository.get(COLLECTION, listing.record_key)
            avatar = None
            if listing.avatar is not None:
                avatar = await repository.upload(listing.avatar, picture_type(listing.avatar))
            record = _record(listing, present, avatar, created_at)
            uri, cid = await repository.put(COLLECTION, listing.record_key, record)
        finally:
            await repository.close()
        online, valid = await _seen_by_appview(http, appview_url, uri)
    page = f"https://bsky.app/profile/{repository.did}/feed/{listing.record_key}"
    return Published(uri, cid, page, online, valid)


async def unpublish(
    credentials: Credentials, *, resolver: DidResolver, record_key: str = "for-you"
) -> str:
    """Takes the record out (its likes are lost with it); returns the URI it had.

    Raises:
        BadInput, NotAllowed, Unreachable: as `publish`.
    """
    if not _RECORD_KEY.fullmatch(record_key):
        raise BadInput("record_key", record_key, "use letters, digits and . _ : ~ -")
    async with network_client() as http:
        repository = await sign_in(http, credentials, resolver)
        try:
            await repository.delete(COLLECTION, record_key)
        finally:
            await repository.close()
    return f"at://{repository.did}/{COLLECTION}/{record_key}"


async def sign_in(
    http: httpx2.AsyncClient, credentials: Credentials, resolver: DidResolver
) -> PublisherSession:
    """Opens a session at the account's own server.

    Raises:
        BadInput, NotAllowed, Unreachable: as `publish`.
    """
    if not credentials.password.strip():
        raise BadInput("password", "", "give an app password")
    who = credentials.handle.strip()
    did = who if is_did(who) else await resolver.resolve_handle(who)
    pds = await resolver.pds_of(did)
    require_https("personal data server", pds)
    return await open_session(http, pds, did, credentials.password.strip())


def _record(
    listing: Listing,
    present: Mapping[str, object],
    avatar: Mapping[str, object] | None,
    created_at: str,
) -> dict[str, object]:
    record: dict[str, object] = {
        "$type": COLLECTION,
        "did": listing.service_did,
        "displayName": listing.display_name,
        "description": listing.description,
        "acceptsInteractions": True,
        "contentMode": "app.bsky.feed.defs#contentModeUnspecified",
        "createdAt": created_at,
    }
    kept = {name: present[name] for name in _KEPT_FIELDS if name in present}
    if present.get("description") != listing.description:
        kept.pop("descriptionFacets", None)  # their offsets belong to the old words
    record |= kept
    return record | {"avatar": avatar} if avatar is not None else record


async def _seen_by_appview(
    http: httpx2.AsyncClient, appview_url: str, uri: str
) -> tuple[bool | None, bool | None]:
    """Whether the AppView reaches the feed; a record published moments ago may be unknown."""
    url = f"{appview_url.rstrip('/')}/xrpc/app.bsky.feed.getFeedGenerator"
    try:
        answer = await call(http, http.build_request("GET", url, params={"feed": uri}))
    except (Unreachable, StoaError):
        return None, None
    online, valid = answer.get("isOnline"), answer.get("isValid")
    return (
        online if isinstance(online, bool) else None,
        valid if isinstance(valid, bool) else None,
    )


def _check_words(field_name: str, text: str, graphemes: int, size: int) -> None:
    counted = count_graphemes(text)
    if counted > graphemes or len(text.encode("utf-8", "replace")) > size:
        raise BadInput(
            field_name, text, f"use at most {graphemes} characters ({counted} were given)"
        )
