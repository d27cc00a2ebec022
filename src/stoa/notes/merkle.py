"""The hash tree of RFC 6962: leaves, heads, and proofs that something is in, or was kept.

Pure. All functions take the leaf *hashes* in order; `Heights` holds the whole tree for many
proofs, `Frontier` only what appending needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The head of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one entry.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The heads of the full subtrees of a growing tree, largest first."""

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._heads: list[bytes] = []
        for hash_ in hashes:
            self.add(hash_)

    def add(self, hash_: bytes) -> None:
        """Appends a leaf by its hash."""
        size = self.size
        while size & 1:
            hash_ = node_hash(self._heads.pop(), hash_)
            size >>= 1
        self._heads.append(hash_)
        self.size += 1

    def root(self) -> bytes:
        """The head of the tree so far."""
        if not self._heads:
            return EMPTY
        head = self._heads[-1]
        for left in reversed(self._heads[:-1]):
            head = node_hash(left, head)
        return head


class Heights:
    """All full subtrees of a tree by height, for as many heads and proofs as are wanted."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self.size = len(hashes)
        level = list(hashes)
        self._levels = [level]
        while len(level) > 1:
            pairs = zip(level[::2], level[1::2], strict=False)
            level = [node_hash(left, right) for left, right in pairs]
            self._levels.append(level)

    @property
    def leaves(self) -> Sequence[bytes]:
        """The leaf hashes, in order."""
        return self._levels[0]

    def _head(self, start: int, stop: int) -> bytes:
        """The head of leaves start..stop, where start is a multiple of the part's full size."""
        width = stop - start
        height = width.bit_length() - 1
        if width == 1 << height and start % width == 0:
            return self._levels[height][start >> height]
        split = start + _split(width)
        return node_hash(self._head(start, split), self._head(split, stop))

    def root(self, size: int | None = None) -> bytes:
        """The head of the first `size` leaves, of all by default."""
        size = self.size if size is None else size
        return self._head(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """What proves that a leaf is in the tree of the first `size` leaves."""
        size = self.size if size is None else size
        assert 0 <= index < size <= self.size
        proof: list[bytes] = []
        start, stop = 0, size
        while stop - start > 1:
            split = start + _split(stop - start)
            if index < split:
                proof.append(self._head(split, stop))
                stop = split
            else:
                proof.append(self._head(start, split))
                start = split
        return proof[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """What proves that the tree of the first `old` leaves was kept in a larger one."""
        size = self.size if size is None else size
        assert 0 <= old <= size <= self.size
        return self._subproof(old, 0, size, whole=True) if 0 < old < size else []

    def _subproof(self, old: int, start: int, stop: int, *, whole: bool) -> list[bytes]:
        """SUBPROOF of RFC 6962 2.1.2, on the leaves start..stop; `old` is counted from start."""
        width = stop - start
        if old == width:
            return [] if whole else [self._head(start, stop)]
        split = _split(width)
        if old <= split:
            inner = self._subproof(old, start, start + split, whole=whole)
            return [*inner, self._head(start + split, stop)]
        inner = self._subproof(old - split, start + split, stop, whole=False)
        return [*inner, self._head(start, start + split)]


def _split(width: int) -> int:
    """The greatest power of two below a width of at least 2."""
    return 1 << ((width - 1).bit_length() - 1)


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf (by its hash) stands at an index of a tree."""
    if not 0 <= index < size:
        return False
    head = leaf
    for other, is_left in _path(index, size - 1, proof):
        head = node_hash(other, head) if is_left else node_hash(head, other)
    return len(proof) == _depth(index, size - 1) and head == root


def is_consistent(
    old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that a tree of `old` leaves was kept in one of `size`."""
    if not 0 <= old <= size:
        return False
    if old in (0, size):
        return not proof and old_root == (root if old else EMPTY)
    full = (old & -old).bit_length() - 1  # height of the last full subtree of the old tree
    steps = list(proof) if old != 1 << full else [old_root, *proof]
    place, last = (old - 1) >> full, (size - 1) >> full
    if len(steps) != 1 + _depth(place, last):
        return False
    was = now = steps[0]
    for other, is_left in _path(place, last, steps[1:]):
        was = node_hash(other, was) if is_left else was
        now = node_hash(other, now) if is_left else node_hash(now, other)
    return was == old_root and now == root


def _path(place: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Siblings on the way up from a place, and whether they stand to the left.

    `last` is the last place of the same height. Where there is no sibling the head rises as it is.
    """
    for other in proof:
        while not place & 1 and place == last and place:
            place, last = place >> 1, last >> 1
        yield other, bool(place & 1)
        place, last = place >> 1, last >> 1


def _depth(place: int, last: int) -> int:
    """How many siblings there are on the way up."""
    n = 0
    while last:
        n += place != last or place & 1
        place, last = place >> 1, last >> 1
    return n
