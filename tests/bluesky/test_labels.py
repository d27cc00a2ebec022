"""Labels are the bytes that the network signs and sends, by its vector and by other encoders."""

import base64
import hashlib
import os
import stat
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from stoa.bluesky.label_key_file import open_label_key
from stoa.bluesky.labels import (
    LabelKey,
    error_frame,
    label_fields,
    label_json,
    labels_frame,
    read_label,
    signed_bytes,
    verifies,
)
from stoa.bluesky.multikey import SigningKey, read_multikey
from stoa.errors import StoreError
from stoa.own_labels import OwnLabel

SRC = "did:plc:" + "b" * 24
KEY = ec.derive_private_key(int("11" * 32, 16), ec.SECP256K1())
PUBLIC = SigningKey("ES256K", KEY.public_key())
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
CID = "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"

VECTOR = OwnLabel(
    src=SRC,
    uri="at://did:plc:" + "a" * 24 + "/app.bsky.feed.post/3mptbyoeyc22k",
    val="readers-added-context",
    cts="2026-09-20T10:00:00.000Z",
    sig=base64.b64decode(
        "kccX83IY4G+tX5rY63MWL5avrwTpnP4UILIj0EZETKVlYKIHXJv1QJnYhtYEEegn/wZIXtgFCp/MwGzq1WyYug=="
    ),
)

labels = st.builds(
    OwnLabel,
    src=st.just(SRC),
    uri=st.text("abcdefghij0123456789:/.", min_size=1, max_size=300),
    val=st.sampled_from(["readers-added-context", "context-proposed"]),
    cts=st.just("2026-09-20T10:00:00.000Z"),
    cid=st.sampled_from(["", CID]),
    neg=st.booleans(),
)


def test_the_check_vector():
    message = signed_bytes(VECTOR)
    assert message.hex().startswith("a5636374737818323032362d30392d3230")
    assert (
        hashlib.sha256(message).hexdigest()
        == "53546c011c57599c4e250df2925f601dab8a265fcc4d03370b28e2e9ff51a411"
    )
    assert verifies(VECTOR, PUBLIC)
    assert LabelKey(SRC, KEY).signed(VECTOR).sig != VECTOR.sig  # random, yet
    assert verifies(LabelKey(SRC, KEY).signed(VECTOR), PUBLIC)


@pytest.mark.parametrize(
    "change",
    [{"uri": VECTOR.uri + "x"}, {"val": "x"}, {"neg": True}, {"cid": CID}, {"sig": b""}],
)
def test_a_changed_label_does_not_verify(change):
    assert not verifies(replace(VECTOR, **change), PUBLIC)


def test_signatures_are_short_and_in_the_lower_half():
    signer = LabelKey(SRC, KEY)
    for n in range(20):
        label = signer.signed(replace(VECTOR, val=f"x{n}", sig=b""))
        s = int.from_bytes(label.sig[32:], "big")
        assert len(label.sig) == 64
        assert s <= ORDER // 2
        high = label.sig[:32] + (ORDER - s).to_bytes(32, "big")
        assert not verifies(replace(label, sig=high), PUBLIC)


def test_the_public_key_is_a_multikey():
    assert read_multikey(LabelKey(SRC, KEY).multikey).algorithm == "ES256K"
    assert LabelKey(SRC, KEY).multikey.startswith("zQ3sh")


def test_what_says_nothing_is_left_out():
    assert label_fields(VECTOR).keys() == {"ver", "src", "uri", "val", "cts"}
    whole = label_fields(replace(VECTOR, cid=CID, neg=True))
    assert (whole["cid"], whole["neg"], whole["ver"]) == (CID, True, 1)


@given(labels)
def test_an_independent_encoder_gives_the_same_bytes(label):
    libipld = pytest.importorskip("libipld", reason="the peers group is not installed")
    assert libipld.encode_dag_cbor(label_fields(label)) == signed_bytes(label)
    signed = replace(label, sig=b"\x05" * 64)
    header, body = libipld.decode_dag_cbor_multi(labels_frame(9, [signed, signed]))
    assert header == {"op": 1, "t": "#labels"}
    assert body == {"seq": 9, "labels": [label_fields(label) | {"sig": b"\x05" * 64}] * 2}


@given(labels)
def test_a_label_comes_back_from_its_json(label):
    signed = replace(label, sig=b"\x05" * 64)
    assert read_label(label_json(signed)) == signed
    assert "=" not in label_json(signed)["sig"]["$bytes"]


@pytest.mark.parametrize(
    "change",
    [{"src": 1}, {"uri": None}, {"sig": "x"}, {"sig": {"$bytes": "?"}}, {"neg": "yes"}, {"cid": 2}],
)
def test_what_is_no_label_is_none(change):
    assert read_label(label_json(VECTOR) | change) is None
    assert read_label([]) is None


def test_frames_of_the_specification():
    assert labels_frame(7, []).hex() == "a2617467236c6162656c73626f7001a26373657107666c6162656c7380"
    assert error_frame("FutureCursor", "x").startswith(bytes.fromhex("a1626f7020"))


def test_the_official_models_take_labels_and_frames():
    atproto = pytest.importorskip("atproto", reason="the peers group is not installed")
    from atproto_subscription import frames

    models = atproto.models
    signed = LabelKey(SRC, KEY).signed(replace(VECTOR, cid=CID, neg=True))
    label = models.get_or_create(
        label_fields(signed) | {"sig": signed.sig},
        models.ComAtprotoLabelDefs.Label,
        strict_string_format=True,
    )
    assert (label.val, label.neg, label.cid, label.sig) == (signed.val, True, CID, signed.sig)
    frame = frames.Frame.from_bytes(labels_frame(7, [signed]))
    assert isinstance(frame, frames.MessageFrame)
    message = models.get_or_create(frame.body, models.ComAtprotoLabelSubscribeLabels.Labels)
    assert (message.seq, message.labels[0].uri) == (7, signed.uri)
    wrong = frames.Frame.from_bytes(error_frame("FutureCursor", "the sequence ends at 3"))
    assert isinstance(wrong, frames.ErrorFrame)
    assert wrong.body.error == "FutureCursor"


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "labeler.key"
    before = os.umask(0)
    try:
        first = open_label_key(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_label_key(path).private_numbers() == first.private_numbers()
    assert [entry.name for entry in tmp_path.iterdir()] == ["labeler.key"]


def test_a_key_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "labeler.key"
    open_label_key(path)
    path.chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        open_label_key(path)


@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_what_is_no_such_key_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "labeler.key"
    if content is None:
        other = ed25519.Ed25519PrivateKey.generate()
        content = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(StoreError, match="key"):
        open_label_key(path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot use"):
        open_label_key(tmp_path / "file" / "labeler.key")
