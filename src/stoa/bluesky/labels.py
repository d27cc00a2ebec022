"""Labels as the network knows them: what is signed, how it is signed, and how it is sent."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from stoa.bluesky.dag_cbor import dag_cbor
from stoa.bluesky.multikey import SigningKey, write_multikey
from stoa.own_labels import KeptLabel, OwnLabel

VERSION = 1
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1


class LabelKey:
    """Signs the labels of one DID with its secp256k1 key."""

    def __init__(self, did: str, key: ec.EllipticCurvePrivateKey) -> None:
        assert isinstance(key.curve, ec.SECP256K1), "labels are signed on secp256k1"
        self._did = did
        self._key = key

    @property
    def did(self) -> str:
        """Whose labels they are."""
        return self._did

    @property
    def multikey(self) -> str:
        """The public key as a DID document has it."""
        return write_multikey(self._key.public_key())

    def signed(self, label: OwnLabel) -> OwnLabel:
        """The label with its signature: r then s, 64 bytes, s in the lower half."""
        r, s = decode_dss_signature(self._key.sign(signed_bytes(label), ec.ECDSA(SHA256())))
        s = min(s, _ORDER - s)
        return replace(label, sig=r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def label_fields(label: OwnLabel) -> dict[str, object]:
    """The fields of the schema, without the signature; what says nothing is left out."""
    fields: dict[str, object] = {"ver": VERSION, "src": label.src, "uri": label.uri}
    if label.cid:
        fields["cid"] = label.cid
    fields["val"] = label.val
    if label.neg:
        fields["neg"] = True
    return fields | {"cts": label.cts}


def signed_bytes(label: OwnLabel) -> bytes:
    """DAG-CBOR of the fields: the bytes whose SHA-256 is signed.

    >>> signed_bytes(OwnLabel("did:web:a", "at://b/c/d", "x", "2026-09-09T23:06:40.123Z")).hex()[:8]
    'a5636374'
    """
    return dag_cbor(label_fields(label))


def verifies(label: OwnLabel, key: SigningKey) -> bool:
    """Whether a label's signature is that of a key over it, with s in the lower half."""
    is_low = int.from_bytes(label.sig[32:], "big") <= _ORDER // 2
    return is_low and key.verifies(label.sig, signed_bytes(label))


def label_json(label: OwnLabel) -> dict[str, object]:
    """A signed label for JSON."""
    signature = base64.b64encode(label.sig).decode().rstrip("=")
    return label_fields(label) | {"sig": {"$bytes": signature}}


def read_label(value: object) -> OwnLabel | None:
    """The label in a JSON object, or None where it is none that this square could have given."""
    if not isinstance(value, dict):
        return None
    names = ("src", "uri", "val", "cts", "cid")
    texts = [value.get(name, "" if name == "cid" else None) for name in names]
    neg, signature = value.get("neg", False), value.get("sig")
    data = signature.get("$bytes") if isinstance(signature, dict) else None
    if not all(isinstance(text, str) for text in (*texts, data)) or not isinstance(neg, bool):
        return None
    try:
        sig = base64.b64decode(str(data) + "=" * (-len(str(data)) % 4), validate=True)
    except ValueError:
        return None
    return OwnLabel(*map(str, texts), neg=neg, sig=sig)


def labels_frame(seq: int, labels: Sequence[OwnLabel]) -> bytes:
    """A message of the stream: two DAG-CBOR objects, header and body.

    >>> labels_frame(7, []).hex()
    'a2617467236c6162656c73626f7001a26373657107666c6162656c7380'
    """
    body = [label_fields(label) | {"sig": label.sig} for label in labels]
    return dag_cbor({"op": 1, "t": "#labels"}) + dag_cbor({"seq": seq, "labels": body})


def kept_frame(kept: KeptLabel) -> bytes:
    """The message that carries one label at its place."""
    return labels_frame(kept.seq, [kept.label])


def error_frame(error: str, message: str) -> bytes:
    """The last message of a stream that ends in an error.

    >>> error_frame("FutureCursor", "x")[:5].hex()
    'a1626f7020'
    """
    return dag_cbor({"op": -1}) + dag_cbor({"error": error, "message": message})
