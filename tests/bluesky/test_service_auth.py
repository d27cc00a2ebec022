"""Who may be believed: every rule for service-auth tokens, on known vectors and fresh keys."""

import base64
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import FakeAccount, HandClock, base64url

from stoa.bluesky.did_document import DidDocument
from stoa.bluesky.multikey import (
    SigningKey,
    base58_decode,
    base58_encode,
    read_legacy_key,
    read_multikey,
    write_multikey,
)
from stoa.bluesky.service_auth import ServiceAuth
from stoa.errors import BadInput, BadToken, Unreachable

DID = "did:plc:" + "a" * 24
AUD = "did:web:feed.example.com"
SKELETON = "app.bsky.feed.getFeedSkeleton"
K256 = "zQ3shjyJXUaRJC2GC43mX8aPrUhoTdoiongXhZjsdTzPKYZUM"
P256 = "zDnaex62me84JZnkEzmeYRa8FCLNe7y1asoSwBMK26GBYpL7c"
CLAIMS = (
    "eyJpYXQiOjE3OTAwMDAwMDAsImlzcyI6ImRpZDpwbGM6YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhIiwiYXVkIjoi"
    "ZGlkOndlYjpmZWVkLmV4YW1wbGUuY29tIiwiZXhwIjoxNzkwMDAwMDYwLCJseG0iOiJhcHAuYnNreS5mZWVkLmdl"
    "dEZlZWRTa2VsZXRvbiIsImp0aSI6IjAwMTEyMjMzNDQ1NTY2Nzc4ODk5YWFiYmNjZGRlZWZmIn0"
)
TOKEN_K = (
    f"eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NksifQ.{CLAIMS}."
    "mnXoZomcqi4y40bC85J5Lm2CGCidcoHxhz_NI_3xfrAsfuvq4RGnXZtlivDEkACyhg3Mtd3PDTbaxVMZYRQxQQ"
)
TOKEN_P = (
    f"eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.{CLAIMS}."
    "Nkh6hGEad6ybq24BW-sUgm2FMx9DEZLOC-dLH7oUj8g_QaXwUwDQoaVQx0pGRnIKFciFlfurUr0uujyXrZbNXQ"
)
ANA = FakeAccount(DID)


class Keys:
    """Documents in a dict, and what a refetch would bring."""

    def __init__(self, now: str | SigningKey | None, later: SigningKey | None = None) -> None:
        key = read_multikey(now) if isinstance(now, str) else now
        self.document = DidDocument(DID, signing_key=key)
        self.later = later
        self.refetched = 0

    async def resolve(self, did: str) -> DidDocument:
        if did != DID:
            raise Unreachable(did)
        return self.document

    async def refetch(self, did: str) -> DidDocument | None:
        self.refetched += 1
        return self.later and replace(self.document, signing_key=self.later)


def auth(key: str | SigningKey | None, clock: HandClock | None = None) -> ServiceAuth:
    return ServiceAuth(AUD, Keys(key), clock or HandClock())


def ana_auth() -> ServiceAuth:
    return auth(write_multikey(ANA.key.public_key()))


async def reason(service: ServiceAuth, token: str, lxm: str = SKELETON) -> str:
    with pytest.raises(BadToken) as refused:
        await service.verify(f"Bearer {token}", lxm)
    return refused.value.reason


def fresh(**changes: object) -> str:
    given_ = {"aud": AUD, "lxm": SKELETON, "now_s": 1_790_000_000} | changes
    return ANA.token(**given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(("token", "key"), [(TOKEN_K, K256), (TOKEN_P, P256)])
async def test_known_tokens_of_both_curves_verify(token, key):
    assert await auth(key).verify(f"Bearer {token}", SKELETON) == DID


@pytest.mark.parametrize(("token", "key"), [(TOKEN_K, K256), (TOKEN_P, P256)])
async def test_any_changed_character_refuses_the_token(token, key):
    service = auth(key)
    for index, character in enumerate(token):
        changed = "A" if character != "A" else "B"
        await reason(service, token[:index] + changed + token[index + 1 :])


async def test_unused_bits_of_the_last_character_do_not_give_a_second_spelling():
    service = auth(K256)
    for last in "QRSTUVWXYZabcdef":
        if last != TOKEN_K[-1]:
            assert await reason(service, TOKEN_K[:-1] + last) == "malformed"


@pytest.mark.parametrize(
    ("token", "key", "clock_s", "audience", "lxm", "expected"),
    [
        (TOKEN_K, K256, 1_790_000_200, AUD, SKELETON, "expired"),
        (TOKEN_K, K256, 1_789_999_900, AUD, SKELETON, "not_yet"),
        (TOKEN_K, K256, 1_790_000_030, "did:web:other.example", SKELETON, "audience"),
        (TOKEN_K, K256, 1_790_000_030, AUD, "app.bsky.feed.sendInteractions", "method"),
        (TOKEN_K, P256, 1_790_000_030, AUD, SKELETON, "curve"),
        (TOKEN_P, K256, 1_790_000_030, AUD, SKELETON, "curve"),
        (TOKEN_K, None, 1_790_000_030, AUD, SKELETON, "no_key"),
    ],
)
async def test_known_tokens_fail_out_of_their_place(token, key, clock_s, audience, lxm, expected):
    service = ServiceAuth(audience, Keys(key), HandClock(clock_s * 1_000_000))
    assert await reason(service, token, lxm) == expected


async def test_der_signatures_are_refused():
    signed, _, signature = TOKEN_K.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    assert await reason(auth(K256), f"{signed}.{base64url(der)}") == "signature"


def test_the_public_interop_vector_verifies():
    key = read_multikey("zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc")
    message = base64.b64decode("oWVoZWxsb2V3b3JsZA==")
    signature = base64.b64decode(
        "5WpdIuEUUfVUYaozsi8G0B3cWO09cgZbIIwg1t2YKdUn/FEznOndsz/qgiYb89zwxYCbB71f7yQK5Lr7NasfoA=="
    )
    assert key.verifies(signature, message)
    assert not key.verifies(signature, message + b"!")
    assert not key.verifies(bytes(64), message)


@pytest.mark.parametrize("algorithm", ["ES256K", "ES256"])
@pytest.mark.parametrize("high_s", [True, False])
async def test_low_and_high_s_are_both_accepted(algorithm, high_s):
    account = replace(ANA, algorithm=algorithm)
    token = account.token(aud=AUD, lxm=SKELETON, now_s=1_790_000_000, high_s=high_s)
    service = auth(write_multikey(account.key.public_key()))
    assert await service.verify(f"Bearer {token}", SKELETON) == DID


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": f"{AUD}#bsky_fg"},
        {"iat": None},
        {"exp": 1_790_000_001},  # 29 s ago: within the skew
        {"iat": 1_790_000_059},
        {"header": {"kid": "#atproto"}},
        {"header": {"kid": f"{DID}#atproto"}},
        {"header": {"typ": None}},
        {"exp": 1_790_003_630},
        {"unknown_claim": [1, {"a": None}]},
    ],
)
async def test_tolerated_variants(changes):
    assert await ana_auth().verify(f"Bearer {fresh(**changes)}", SKELETON) == DID


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"aud": f"{AUD}#other"}, "audience"),
        ({"aud": [AUD]}, "malformed"),
        ({"aud": "did:web:api.bsky.app"}, "audience"),
        ({"lxm": None}, "malformed"),
        ({"lxm": "*"}, "method"),
        ({"exp": None}, "malformed"),
        ({"exp": 1_789_999_999}, "expired"),
        ({"exp": 1_790_003_631}, "too_far"),
        ({"exp": True}, "malformed"),
        ({"exp": "1790000060"}, "malformed"),
        ({"exp": 10**400}, "malformed"),
        ({"iat": 1_790_000_061}, "not_yet"),
        ({"nbf": 1_790_000_061}, "not_yet"),
        ({"iss": f"{DID}#atproto"}, "issuer"),
        ({"iss": f"{DID}#atproto_labeler"}, "issuer"),
        ({"iss": DID.upper()}, "issuer"),
        ({"iss": "did:web:10.0.0.1"}, "issuer"),
        ({"iss": "did:web:host.example:8443"}, "issuer"),
        ({"iss": "did:web:host.example:path"}, "issuer"),
        ({"iss": "did:key:zQ3sh"}, "issuer"),
        ({"iss": "did:plc:" + "b" * 24}, "unreachable"),
        ({"header": {"alg": "none"}}, "algorithm"),
        ({"header": {"alg": "HS256"}}, "algorithm"),
        ({"header": {"alg": "ES256"}}, "curve"),
        ({"header": {"alg": "ES512"}}, "algorithm"),
        ({"header": {"typ": "at+jwt"}}, "type"),
        ({"header": {"typ": "refresh+jwt"}}, "type"),
        ({"header": {"typ": "DPoP+JWT"}}, "type"),
        ({"header": {"kid": "#atproto_labeler"}}, "key_id"),
        ({"header": {"crit": ["exp"]}}, "malformed"),
        ({"filler": "x" * 4096}, "too_long"),
    ],
)
async def test_each_rule_refuses(changes, expected):
    assert await reason(ana_auth(), fresh(**changes)) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "missing"),
        ("", "missing"),
        ("Bearer", "malformed"),
        ("Bearer ", "malformed"),
        (f"Basic {TOKEN_K}", "malformed"),
        (TOKEN_K, "malformed"),
        ("Bearer a.b", "malformed"),
        ("Bearer a.b.c.d", "malformed"),
        ("Bearer ..", "malformed"),
        (f"Bearer {TOKEN_K}=", "malformed"),
        (f"Bearer {TOKEN_K} {TOKEN_K}", "malformed"),
        (f"Bearer {TOKEN_K.replace('_', '/')}", "malformed"),
        ("Bearer " + base64url(b"[" * 2000) + ".e30.AA", "malformed"),
        ("Bearer " + base64url(b"\xff\xfe") + ".e30.AA", "malformed"),
        ("Bearer é.é.é", "malformed"),
    ],
)
async def test_malformed_headers(header, expected):
    with pytest.raises(BadToken) as refused:
        await auth(K256).verify(header, SKELETON)
    assert refused.value.reason == expected


@given(st.text(max_size=80))
async def test_no_text_crashes_it(text):
    with pytest.raises(BadToken):
        await auth(K256).verify(f"Bearer {text}", SKELETON)


async def test_the_network_is_asked_last():
    class Nobody(Keys):
        async def resolve(self, did: str) -> DidDocument:
            raise AssertionError("asked the network for a token that could not be good")

    service = ServiceAuth(AUD, Nobody(None), HandClock())
    for changes in ({"aud": "did:web:x.example"}, {"lxm": "a.b.c"}, {"exp": 5}, {"iss": "nobody"}):
        await reason(service, fresh(**changes))


async def test_a_rotated_key_is_fetched_once_and_then_believed():
    new = SigningKey("ES256K", ANA.key.public_key())
    keys = Keys(K256, later=new)
    rotated = replace(ANA, seed=77)
    keys.later = SigningKey("ES256K", rotated.key.public_key())
    token = rotated.token(aud=AUD, lxm=SKELETON, now_s=1_790_000_000)
    assert await ServiceAuth(AUD, keys, HandClock()).verify(f"Bearer {token}", SKELETON) == DID
    assert keys.refetched == 1


async def test_a_key_of_the_other_curve_may_have_replaced_the_known_one():
    rotated = replace(ANA, algorithm="ES256")
    keys = Keys(K256, later=SigningKey("ES256", rotated.key.public_key()))
    token = rotated.token(aud=AUD, lxm=SKELETON, now_s=1_790_000_000)
    assert await ServiceAuth(AUD, keys, HandClock()).verify(f"Bearer {token}", SKELETON) == DID


async def test_a_refetch_that_brings_the_same_key_refuses():
    keys = Keys(K256, later=read_multikey(K256))
    assert await reason(ServiceAuth(AUD, keys, HandClock()), fresh(now_s=1_790_000_000)) == (
        "signature"
    )


def test_legacy_key_types_hold_the_bare_point():
    for algorithm, method in (
        ("ES256K", "EcdsaSecp256k1VerificationKey2019"),
        ("ES256", "EcdsaSecp256r1VerificationKey2019"),
    ):
        account = replace(ANA, algorithm=algorithm)
        numbers = account.key.public_key().public_numbers()
        point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        key = read_legacy_key(method, "z" + base58_encode(point))
        assert key.algorithm == algorithm
        assert key.verifies(account.sign(b"hello"), b"hello")


@pytest.mark.parametrize(
    "text", ["", "z", "Q3sh", "z0OIl", "z" + "2" * 500, "z" + "2" * 48, K256[:-1]]
)
def test_unusable_keys_are_refused(text):
    with pytest.raises(BadInput):
        read_multikey(text)


def test_an_unknown_legacy_type_is_refused():
    with pytest.raises(BadInput):
        read_legacy_key("Ed25519VerificationKey2018", K256)


@given(st.binary(max_size=80))
def test_base58_round_trips(data):
    assert base58_decode(base58_encode(data)) == data
