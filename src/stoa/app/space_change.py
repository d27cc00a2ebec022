"""Changes the space that a square's vectors lie in, while its pages go on."""

from __future__ import annotations

import time
from collections.abc import Callable

from stoa.app.generations import Generations, space_of, warm_space
from stoa.app.rooms import Rooms
from stoa.index import MemoryIndex
from stoa.ingest.reencoding import Reencoding
from stoa.ingest.vectors import Space
from stoa.model_records import Model
from stoa.ports import VectorIndex
from stoa.space.generation import FIRST_VERSION

_BLOCK = 1_024
"""Posts encoded together: the largest shape that is compiled."""

_FEW = 512
"""So few changed posts may be encoded while the intake waits."""

_ROUNDS = 50
"""Of catching up, before the intake is made to wait for whatever is left."""

Going = Callable[[], bool]


def change_space(rooms: Rooms, model: Model | None, going: Going, share: float = 0.5) -> bool:
    """Encodes every post of the index anew, newest first, then changes over at once.

    Until then the former generation serves, and reopening after a kill finds it whole.

    Args:
        rooms: the world whose vectors are to lie in the space.
        model: the space; None goes back to the first version's vectors.
        going: asked now and then; False gives up and leaves everything as it was.
        share: most of one core to take.

    Returns:
        Whether the space serves now.

    Raises:
        BadModel: the model is not a space of this version for this square's encoder.
        StoreError: there is no room; the former generation goes on serving.
    """
    space = space_of(model, rooms.encoder) if model is not None else None
    version = space.version if space is not None else FIRST_VERSION
    before = rooms.vectors.seat.generation
    made = rooms.vectors.begin(_empty_index(rooms, model, space), space)
    try:
        if space is not None:
            warm_space(space.model)
        if not _encode_all(rooms, made, going, share):
            return False
        rooms.vectors.switch(made, lambda: _choose(rooms.generations, version))
    finally:
        if rooms.vectors.seat.generation is before:
            _give_up(rooms, version)
    rooms.feed.moved()
    if rooms.generations is not None:
        rooms.generations.sweep(version)
    return True


def _encode_all(rooms: Rooms, made: Reencoding, going: Going, share: float) -> bool:
    posts = rooms.index.held()[::-1]
    for _ in range(_ROUNDS):
        for start in range(0, len(posts), _BLOCK):
            if not going():
                return False
            began = time.perf_counter()
            made.encode(posts[start : start + _BLOCK])
            time.sleep((time.perf_counter() - began) * (1 / min(max(share, 0.01), 1.0) - 1))
        made.generation.index.flush()
        if made.n_waiting <= _FEW:
            break
        posts = made.take_waiting()[::-1]
    return going()


def _empty_index(rooms: Rooms, model: Model | None, space: Space | None) -> VectorIndex:
    generations = rooms.generations
    if model is None or space is None:
        encoder = rooms.encoder
        return generations.make_first(encoder) if generations else MemoryIndex(encoder.dim)
    if generations is None:
        return MemoryIndex(space.model.config.post.vector)
    return generations.make(model, space)


def _choose(generations: Generations | None, version: str) -> None:
    if generations is not None:
        generations.choose(version)


def _give_up(rooms: Rooms, version: str) -> None:
    rooms.vectors.abandon()
    if rooms.generations is not None:
        rooms.generations.drop(version)
