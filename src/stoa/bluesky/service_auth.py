"""Tells who is asking: verifies the token that a viewer's server signed for this service."""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Protocol, TypeVar

import msgspec

from stoa.bluesky.did_document import DidDocument
from stoa.bluesky.identity import is_did
from stoa.bluesky.multikey import SigningKey
from stoa.errors import BadInput, BadToken, Unreachable
from stoa.ports import Clock
from stoa.records import SECOND_US

_MAX_TOKEN_CHARACTERS = 4096
_SKEW_S = 30
_FARTHEST_EXPIRY_S = 3600
_ALGORITHMS = frozenset({"ES256K", "ES256"})
_OTHER_TYPES = frozenset({"at+jwt", "refresh+jwt", "dpop+jwt"})  # tokens meant for other doors
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_Shape = TypeVar("_Shape", bound=msgspec.Struct)


class KeySource(Protocol):
    """Where the signing key of an account comes from; `DidResolver` is one."""

    async def resolve(self, did: str) -> DidDocument:
        """The document of a DID, perhaps remembered."""
        ...

    async def refetch(self, did: str) -> DidDocument | None:
        """A newer document, or None when there is none to be had now."""
        ...


class _Header(msgspec.Struct):
    alg: str
    typ: str | None = None
    kid: str | None = None
    crit: object = None


class _Claims(msgspec.Struct):
    iss: str
    aud: str
    exp: float
    lxm: str
    iat: float | None = None
    nbf: float | None = None


class ServiceAuth:
    """Verifies service-auth tokens (AT Protocol, inter-service authentication).

    Args:
        audience: this service's DID, without fragment. Tokens may name it bare or with
            `#bsky_fg`.
        keys: where signing keys come from.
        clock: what time it is.
    """

    def __init__(self, audience: str, keys: KeySource, clock: Clock) -> None:
        self._audiences = frozenset({audience, f"{audience}#bsky_fg"})
        self._keys = keys
        self._clock = clock

    async def verify(self, authorization: str | None, lxm: str) -> str:
        """DID of the account that signed the token, checked cheapest first, network last.

        Args:
            authorization: the header's value, `Bearer <token>`.
            lxm: the method being called, which the token must name.

        Raises:
            BadToken: its `reason` is one of missing, malformed, too_long, algorithm, type,
                key_id, issuer, expired, not_yet, too_far, audience, method, unreachable,
                no_key, curve, signature.
        """
        signed, signature = _split(authorization)
        header = _decode(signed.split(".")[0], _Header)
        claims = _decode(signed.split(".")[1], _Claims)
        _check_header(header, claims)
        self._check_claims(claims, lxm)
        if len(signature) != 64:
            raise BadToken("signature", "the signature must be 64 raw bytes")
        await self._check_signature(header.alg, claims.iss, signature, signed.encode("ascii"))
        return claims.iss

    def _check_claims(self, claims: _Claims, lxm: str) -> None:
        if not is_did(claims.iss):
            raise BadToken("issuer", "iss must be a DID without fragment")
        now_s = self._clock.now_us() / SECOND_US
        if not math.isfinite(claims.exp) or claims.exp > now_s + _FARTHEST_EXPIRY_S:
            raise BadToken("too_far", "exp lies more than an hour ahead")
        if claims.exp < now_s - _SKEW_S:
            raise BadToken("expired", "the token has expired")
        for begin_s in (claims.iat, claims.nbf):
            if begin_s is not None and not begin_s <= now_s + _SKEW_S:
                raise BadToken("not_yet", "the token was made in the future")
        if claims.aud not in self._audiences:
            raise BadToken("audience", "the token was made for another service")
        if claims.lxm != lxm:
            raise BadToken("method", "the token was made for another method")

    async def _check_signature(
        self, algorithm: str, did: str, signature: bytes, message: bytes
    ) -> None:
        try:
            document = await self._keys.resolve(did)
        except (Unreachable, BadInput) as unknown:
            raise BadToken("unreachable", f"the key of {did} cannot be fetched") from unknown
        refused = _refusal(document.signing_key, algorithm, signature, message)
        if refused is None:
            return
        newer = await self._keys.refetch(did)  # keys rotate
        if newer is None or newer.signing_key == document.signing_key:
            raise refused
        refused = _refusal(newer.signing_key, algorithm, signature, message)
        if refused is not None:
            raise refused


def _refusal(
    key: SigningKey | None, algorithm: str, signature: bytes, message: bytes
) -> BadToken | None:
    if key is None:
        return BadToken("no_key", "the account's document has no usable #atproto key")
    if key.algorithm != algorithm:
        return BadToken("curve", f"the account's key is for {key.algorithm}, not {algorithm}")
    if not key.verifies(signature, message):
        return BadToken("signature", "the signature is not the account's")
    return None


def _split(authorization: str | None) -> tuple[str, bytes]:
    if not authorization:
        raise BadToken("missing", "no Authorization header")
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise BadToken("malformed", "the Authorization header must be 'Bearer <token>'")
    if len(token) > _MAX_TOKEN_CHARACTERS:
        raise BadToken("too_long", f"the token exceeds {_MAX_TOKEN_CHARACTERS} characters")
    if token.count(".") != 2:
        raise BadToken("malformed", "a token has three parts")
    signed, _, signature = token.rpartition(".")
    return signed, _from_base64url(signature)


def _from_base64url(text: str) -> bytes:
    if not _BASE64URL.fullmatch(text):
        raise BadToken("malformed", "a part is not base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as wrong:
        raise BadToken("malformed", "a part is not base64url without padding") from wrong
    # Only one spelling of the same bytes: the last character may carry unused bits.
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != text:
        raise BadToken("malformed", "a part is not in canonical base64url")
    return data


def _decode(part: str, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(_from_base64url(part), type=shape)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
        raise BadToken("malformed", f"a part of the token does not read: {wrong}") from wrong


def _check_header(header: _Header, claims: _Claims) -> None:
    if header.alg not in _ALGORITHMS:
        raise BadToken("algorithm", "alg must be ES256K or ES256")
    kind = (header.typ or "").lower().removeprefix("application/")
    if kind in _OTHER_TYPES:
        raise BadToken("type", f"a {kind} token does not open this door")
    if header.crit is not None:
        raise BadToken("malformed", "crit names extensions that are not known here")
    if header.kid not in (None, "#atproto", f"{claims.iss}#atproto"):
        raise BadToken("key_id", "kid must be #atproto")
