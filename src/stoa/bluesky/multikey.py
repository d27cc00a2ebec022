"""Reads the public keys of DID documents, on the two curves that the AT Protocol knows."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from stoa.errors import BadInput

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGIT = {character: value for value, character in enumerate(_ALPHABET)}
_MAX_KEY_CHARACTERS = 128  # an uncompressed point takes 90; decoding is quadratic in this
_SIGNATURE_BYTES = 64

# Multicodec prefixes (varints of 0xe7 and 0x1200), then the curve and its JOSE algorithm.
_MULTIKEYS: dict[bytes, tuple[str, ec.EllipticCurve]] = {
    b"\xe7\x01": ("ES256K", ec.SECP256K1()),
    b"\x80\x24": ("ES256", ec.SECP256R1()),
}
_LEGACY: dict[str, tuple[str, ec.EllipticCurve]] = {
    "EcdsaSecp256k1VerificationKey2019": ("ES256K", ec.SECP256K1()),
    "EcdsaSecp256r1VerificationKey2019": ("ES256", ec.SECP256R1()),
}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key and the one algorithm it may be used with ("ES256K" or "ES256")."""

    algorithm: str
    point: ec.EllipticCurvePublicKey

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (64 raw bytes, r then s) is this key's over SHA-256 of `message`.

        Either s is accepted (low or high), as the reference verifier does for tokens.
        """
        if len(signature) != _SIGNATURE_BYTES:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            self.point.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def base58_encode(data: bytes) -> str:
    """Text of `data` in the bitcoin alphabet.

    >>> base58_encode(b"hello")
    'Cn8eVZg'
    """
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, remainder = divmod(number, 58)
        digits = _ALPHABET[remainder] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def base58_decode(text: str) -> bytes:
    """Bytes that `text` says in the bitcoin alphabet.

    Raises:
        BadInput: a character outside the alphabet, or more than 128 characters.

    >>> base58_decode("Cn8eVZg")
    b'hello'
    """
    if len(text) > _MAX_KEY_CHARACTERS:
        raise BadInput("key", text, f"give at most {_MAX_KEY_CHARACTERS} characters of base58")
    number = 0
    for character in text:
        if character not in _DIGIT:
            raise BadInput("key", text, f"{character!r} is not a base58 character")
        number = number * 58 + _DIGIT[character]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def read_multikey(text: str) -> SigningKey:
    """Key of a `Multikey`: 'z', then base58btc of a two-byte prefix and a compressed point.

    Raises:
        BadInput: not base58btc, an unknown curve, or no point of that curve.
    """
    data = _from_multibase(text)
    if data[:2] not in _MULTIKEYS or len(data) != 35:
        raise BadInput("key", text, "use a compressed secp256k1 or P-256 key")
    algorithm, curve = _MULTIKEYS[data[:2]]
    return SigningKey(algorithm, _point(curve, data[2:], text))


def read_legacy_key(method: str, text: str) -> SigningKey:
    """Key of the two types used before `Multikey`: the bare point, with no prefix.

    Raises:
        BadInput: an unknown type, not base58btc, or no point of that curve.
    """
    if method not in _LEGACY:
        raise BadInput("type", method, "use Multikey")
    algorithm, curve = _LEGACY[method]
    return SigningKey(algorithm, _point(curve, _from_multibase(text), text))


def write_multikey(key: ec.EllipticCurvePublicKey) -> str:
    """The `publicKeyMultibase` of a key on one of the two curves."""
    for prefix, (_, curve) in _MULTIKEYS.items():
        if curve.name == key.curve.name:
            point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
            return "z" + base58_encode(prefix + point)
    raise BadInput("curve", key.curve.name, "use secp256k1 or P-256")


def _from_multibase(text: str) -> bytes:
    if not text.startswith("z"):
        raise BadInput("key", text, "use base58btc, which begins with 'z'")
    return base58_decode(text[1:])


def _point(curve: ec.EllipticCurve, data: bytes, shown: str) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, data)
    except ValueError as wrong:
        raise BadInput("key", shown, f"this is no point of {curve.name}") from wrong
