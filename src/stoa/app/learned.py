"""Where a square's learned models lie."""

from __future__ import annotations

from pathlib import Path

from stoa.artifacts.model_shelf import ModelShelf

_FOLDER = "models"
_SPACES = "spaces"


def open_shelf(data: Path) -> ModelShelf:
    """The shelf of a square's data folder; nothing is made until something is saved."""
    return ModelShelf(data / _FOLDER)


def open_space_shelf(data: Path) -> ModelShelf:
    """The shelf of a square's learned spaces: the models that make vectors."""
    return ModelShelf(data / _SPACES)
