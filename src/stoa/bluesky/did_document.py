"""Reads what Stoa needs out of a DID document: who, which key, which server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from stoa.bluesky.multikey import SigningKey, read_legacy_key, read_multikey
from stoa.errors import BadInput

_MAX_ENTRIES = 100
_Shape = TypeVar("_Shape", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class DidDocument:
    """What an identity says of itself. Only `did` is proven; `handle` is a claim."""

    did: str
    handle: str | None = None
    pds: str | None = None
    signing_key: SigningKey | None = None
    labeler: str | None = None
    label_key: SigningKey | None = None


class _Method(msgspec.Struct):
    id: str = ""
    type: str = ""
    publicKeyMultibase: str = ""


class _Service(msgspec.Struct):
    id: str = ""
    type: str = ""
    serviceEndpoint: object = None


class _Document(msgspec.Struct):
    id: str
    alsoKnownAs: list[object] = []
    verificationMethod: list[object] = []
    service: list[object] = []


def read_document(did: str, body: bytes) -> DidDocument:
    """The parts of a document that is really `did`'s; what cannot be read of them is None.

    Raises:
        BadInput: not a JSON object, or the document of another DID.
    """
    try:
        raw = msgspec.json.decode(body, type=_Document)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
        raise BadInput("did document", body[:80], f"serve a DID document: {wrong}") from wrong
    if raw.id != did:
        raise BadInput("id", raw.id, f"the document at this address must be that of {did}")
    return DidDocument(
        did=did,
        handle=_handle(raw.alsoKnownAs),
        pds=_endpoint(did, raw.service, "atproto_pds", "AtprotoPersonalDataServer"),
        signing_key=_key(did, raw.verificationMethod, "atproto"),
        labeler=_endpoint(did, raw.service, "atproto_labeler", "AtprotoLabeler"),
        label_key=_key(did, raw.verificationMethod, "atproto_label"),
    )


def _handle(names: list[object]) -> str | None:
    for name in names[:_MAX_ENTRIES]:
        if isinstance(name, str) and name.startswith("at://"):
            return name.removeprefix("at://").lower()
    return None


def _key(did: str, methods: list[object], name: str) -> SigningKey | None:
    for entry in methods[:_MAX_ENTRIES]:
        method = _as(entry, _Method)
        if method is None or method.id not in (f"#{name}", f"{did}#{name}"):
            continue
        try:
            if method.type == "Multikey":
                return read_multikey(method.publicKeyMultibase)
            return read_legacy_key(method.type, method.publicKeyMultibase)
        except BadInput:
            return None
    return None


def _endpoint(did: str, services: list[object], name: str, kind: str) -> str | None:
    for entry in services[:_MAX_ENTRIES]:
        service = _as(entry, _Service)
        if service is None or service.id not in (f"#{name}", f"{did}#{name}"):
            continue
        url = service.serviceEndpoint
        if service.type != kind or not isinstance(url, str):
            return None
        return url.rstrip("/") if _is_web_address(url) else None
    return None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= 2048


def _as(entry: object, kind: type[_Shape]) -> _Shape | None:
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError:
        return None
