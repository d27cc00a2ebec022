"""Signed tree heads: the formats byte for byte, and that no byte of them is free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notes.signing import SeedSigner

from stoa.errors import BadInput
from stoa.notes.checkpoint import (
    VerifierKey,
    checkpoint_text,
    key_of,
    open_checkpoint,
    open_note,
    sign,
    sign_note,
)
from stoa.own_notes import Checkpoint

# From the documentation of Go's golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2p"
    "ZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

SIGNER = SeedSigner(b"\x07" * 32)
HEAD = Checkpoint("square.example/notes", 12, bytes(range(32)))
SIGNED = sign(HEAD, SIGNER)
KEY = key_of(HEAD.origin, SIGNER)


def test_a_note_of_gos_own_documentation_opens():
    key = VerifierKey.parse(GO_KEY)
    assert str(key) == GO_KEY
    assert open_note(GO_NOTE, key) == GO_TEXT


def test_the_text_of_a_checkpoint():
    assert checkpoint_text(HEAD) == (
        "square.example/notes\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    )


def test_signed_and_opened_again():
    assert SIGNED.size == 12
    assert open_checkpoint(SIGNED.text, KEY) == HEAD
    assert VerifierKey.parse(str(KEY)) == KEY


@given(st.integers(0, len(SIGNED.text) - 1), st.characters(max_codepoint=0x2FF))
def test_no_character_of_a_signed_checkpoint_is_free(at, letter):
    changed = SIGNED.text[:at] + letter + SIGNED.text[at + 1 :]
    if changed != SIGNED.text:
        with pytest.raises(BadInput):
            open_checkpoint(changed, KEY)


@given(st.integers(0, len(str(KEY)) - 1), st.characters(max_codepoint=0x2FF))
def test_no_character_of_a_key_is_free(at, letter):
    text = str(KEY)
    changed = text[:at] + letter + text[at + 1 :]
    if changed != text:
        with pytest.raises(BadInput):
            VerifierKey.parse(changed)


def test_a_checkpoint_of_another_key_or_log_is_refused():
    with pytest.raises(BadInput, match="another key"):
        open_checkpoint(SIGNED.text, key_of(HEAD.origin, SeedSigner(b"\x08" * 32)))
    with pytest.raises(BadInput, match="one line signed by"):
        open_checkpoint(SIGNED.text, key_of("other.example/notes", SIGNER))


@pytest.mark.parametrize("text", ["a\n", "square.example/notes\n012\nAA==\n", "x\n1\n\n"])
def test_what_is_signed_but_no_checkpoint_is_refused(text):
    with pytest.raises(BadInput):
        open_checkpoint(sign_note(text, HEAD.origin, SIGNER), KEY)


def test_a_name_has_neither_space_nor_plus():
    with pytest.raises(BadInput, match="without spaces"):
        key_of("a name", SIGNER)
