"""Generations of vectors on disk: each an index with the space that made it, one of which serves.

    serving.json      which one
    segments/         the first version's index
    spaces/VERSION/   a learned generation: `model/` and `segments/`

A learned generation carries its own copy of the weights, so that vectors and weights match
whatever becomes of the shelf. It is named in `serving.json` only when it is whole; everything
that is not named there is swept away.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from stoa.artifacts.model_files import read_model, write_model
from stoa.errors import BadModel, StoreFull
from stoa.index import SegmentIndex
from stoa.ingest.vectors import Space
from stoa.model_records import Model
from stoa.ports import TextEncoder
from stoa.space.generation import FIRST_VERSION
from stoa.space.post_tower import warm_posts
from stoa.space.space_model import SpaceModel
from stoa.space.viewer_tower import warm_viewers

_SERVING = "serving.json"


@dataclass(frozen=True, slots=True)
class Opened:
    """An index and the space that made it; no space for the first version's."""

    index: SegmentIndex
    space: Space | None


class Generations:
    """The generations of one encoder's vectors in one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, encoder: TextEncoder) -> Opened:
        """The last whole generation, without what a kill left half made.

        One whose weights are damaged, or made for another encoder, gives way to the first
        version's, whose vectors are then made again from the store.

        Raises:
            StoreError: the index cannot be opened.
        """
        version = self.serving()
        space: Space | None = None
        if version != FIRST_VERSION:
            try:
                space = space_of(read_model(self._path(version) / "model"), encoder)
            except BadModel:
                version = FIRST_VERSION
                self.choose(version)
        self.sweep(version)
        if space is None:
            return Opened(SegmentIndex(self._path(FIRST_VERSION) / "segments", encoder.dim), None)
        warm_space(space.model)
        return Opened(self._index(space), space)

    def make(self, model: Model, space: Space) -> SegmentIndex:
        """An empty index beside a copy of the weights; it does not serve yet.

        Raises:
            StoreError: there is no room.
        """
        self.drop(space.version)
        write_model(self._path(space.version) / "model", model)
        return self._index(space)

    def make_first(self, encoder: TextEncoder) -> SegmentIndex:
        """An empty index for the first version's vectors; it does not serve yet.

        Raises:
            StoreError: there is no room.
        """
        self.drop(FIRST_VERSION)
        return SegmentIndex(self._path(FIRST_VERSION) / "segments", encoder.dim)

    def drop(self, version: str) -> None:
        """Removes a generation that does not serve."""
        path = self._path(version)
        shutil.rmtree(path if version != FIRST_VERSION else path / "segments", ignore_errors=True)

    def serving(self) -> str:
        """The version whose vectors serve; the first version's while none was chosen."""
        try:
            found = json.loads((self.folder / _SERVING).read_bytes())["space"]
        except (OSError, ValueError, KeyError, TypeError):
            return FIRST_VERSION
        return found if isinstance(found, str) and self._path(found).is_dir() else FIRST_VERSION

    def choose(self, version: str) -> None:
        """Makes a whole generation the one that reopening serves, durably and at once.

        Raises:
            StoreFull: the disk refused; the one before stands.
        """
        beside = self.folder / f".{_SERVING}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(json.dumps({"space": version}).encode())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.folder / _SERVING)
        except OSError as problem:
            beside.unlink(missing_ok=True)
            raise StoreFull(f"{_SERVING} could not be written ({problem})") from problem

    def sweep(self, version: str) -> None:
        """Removes every generation but this one: vectors of removed posts must not stay there."""
        if version != FIRST_VERSION:
            self.drop(FIRST_VERSION)
        others = self.folder / "spaces"
        if others.is_dir():
            for path in others.iterdir():
                if path.name != version:
                    self.drop(path.name)

    def _index(self, space: Space) -> SegmentIndex:
        return SegmentIndex(self._path(space.version) / "segments", space.model.config.post.vector)

    def _path(self, version: str) -> Path:
        return self.folder / "spaces" / version if version != FIRST_VERSION else self.folder


def space_of(model: Model, encoder: TextEncoder) -> Space:
    """The space in a model file.

    Raises:
        BadModel: it is not what this version makes, or for the words of another encoder.
    """
    card = model.card
    space = SpaceModel.from_arrays(card.version, model.arrays, card.config)
    if card.encoder != encoder.name or space.config.post.text != encoder.dim:
        mend = f"this square encodes with {encoder.name}: train a space on it"
        raise BadModel(f"space {card.version}", f"made for encoder {card.encoder!r}", mend)
    return Space(card.version, space)


def warm_space(model: SpaceModel) -> None:
    """Compiles what serving needs, so that no reader waits for it."""
    warm_posts(model.params["post_tower"], model.config.post)
    warm_viewers(model.params["viewer_tower"], model.config.viewer)
