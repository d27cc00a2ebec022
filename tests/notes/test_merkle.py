"""The hash tree against the definitions of RFC 6962, at all sizes up to 64."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from stoa.notes.merkle import (
    EMPTY,
    Frontier,
    Heights,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
)

LEAVES = [leaf_hash(bytes([n])) for n in range(64)]
# The test vectors of the certificate transparency project.
KNOWN = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]
KNOWN_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def head(hashes):
    """MTH of RFC 6962 2.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(head(hashes[:split]), head(hashes[split:]))


def path(index, hashes):
    """PATH of RFC 6962 2.1.1, word for word."""
    if len(hashes) == 1:
        return []
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    if index < split:
        return [*path(index, hashes[:split]), head(hashes[split:])]
    return [*path(index - split, hashes[split:]), head(hashes[:split])]


def test_the_published_vectors():
    hashes = [leaf_hash(leaf) for leaf in KNOWN]
    assert Heights(hashes).root().hex() == KNOWN_ROOT
    assert Heights([]).root() == EMPTY


def test_heads_at_all_sizes():
    tree = Heights(LEAVES)
    for size in range(65):
        assert tree.root(size) == head(LEAVES[:size]) == Frontier(LEAVES[:size]).root()


def test_inclusion_at_all_sizes():
    tree = Heights(LEAVES)
    for size in range(1, 65):
        root = tree.root(size)
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert proof == path(index, LEAVES[:size])
            assert is_included(LEAVES[index], index, size, proof, root)


def test_a_proof_of_inclusion_holds_for_nothing_else():
    tree = Heights(LEAVES)
    for size in range(1, 33):
        root = tree.root(size)
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert not is_included(LEAVES[63], index, size, proof, root)
            assert not is_included(LEAVES[index], index, size, [*proof, root], root)
            assert not is_included(LEAVES[index], index, size, proof, EMPTY)
            for other in range(-1, size + 1):
                held = is_included(LEAVES[index], other, size, proof, root)
                assert held == (other == index)
            for at in range(len(proof)):
                wrong = [*proof[:at], LEAVES[63], *proof[at + 1 :]]
                assert not is_included(LEAVES[index], index, size, wrong, root)
                assert not is_included(LEAVES[index], index, size, proof[:at], root)


def test_consistency_at_all_sizes():
    tree = Heights(LEAVES)
    for size in range(65):
        for old in range(size + 1):
            proof = tree.consistency(old, size)
            assert is_consistent(old, tree.root(old), size, tree.root(size), proof)


def test_a_proof_of_consistency_holds_for_nothing_else():
    tree = Heights(LEAVES)
    for size in range(2, 33):
        for old in range(1, size):
            was, now = tree.root(old), tree.root(size)
            proof = tree.consistency(old, size)
            assert not is_consistent(old, now, size, now, proof)
            assert not is_consistent(old, was, size, was, proof)
            assert not is_consistent(old, was, size, now, [*proof, now])
            for at in range(len(proof)):
                wrong = [*proof[:at], LEAVES[63], *proof[at + 1 :]]
                assert not is_consistent(old, was, size, now, wrong)
                assert not is_consistent(old, was, size, now, proof[:at])


@given(st.integers(1, 200), st.data())
def test_whoever_changes_a_leaf_changes_the_head(size, data):
    hashes = [leaf_hash(n.to_bytes(2, "big")) for n in range(size)]
    at = data.draw(st.integers(0, size - 1))
    changed = [*hashes[:at], leaf_hash(b"other"), *hashes[at + 1 :]]
    root = Heights(hashes).root()
    assert Heights(changed).root() != root == Frontier(hashes).root()
    assert Frontier(hashes[:-1]).root() != root
    assert not is_included(changed[at], at, size, Heights(changed).inclusion(at), root)
