"""The weights that come with Stoa, for a square that has learned nothing of its own yet."""

from __future__ import annotations

from pathlib import Path

from stoa.artifacts.model_files import read_model
from stoa.artifacts.model_shelf import ModelShelf
from stoa.errors import BadModel
from stoa.model_records import Decision, Fate, Model

SHIPPED = Path(__file__).parent / "shipped"
"""Made by `python benchmarks/train.py --seed 0 --out ...`; a card and its weights, as any model."""

_PREFIX = "shipped-"
_MEND = "install Stoa again, or set STOA_SHIPPED_WEIGHTS=false to begin without them"
_REASON = "comes with Stoa, trained in simulated towns; it serves until this square has its own"


def is_shipped(version: str) -> bool:
    """Whether a version's name is one of weights that come with Stoa."""
    return version.startswith(_PREFIX)


def read_shipped(folder: Path = SHIPPED) -> Model:
    """The weights that ship, their hash and shapes checked.

    Raises:
        BadModel: they are missing, damaged or of another format; says how to do without.
    """
    try:
        model = read_model(folder)
    except BadModel as problem:
        raise BadModel("shipped weights", str(problem), _MEND) from problem
    if not is_shipped(model.card.version):
        raise BadModel("shipped weights", f"version {model.card.version}", _MEND)
    return model


def keep_shipped(shelf: ModelShelf, folder: Path = SHIPPED) -> str:
    """Puts the shipped weights on a shelf, if they are not there; they do not serve yet.

    Returns:
        The version's name.

    Raises:
        BadModel: they are damaged.
        StoreFull: there is no room for them; nothing is left of the attempt.
    """
    model = read_shipped(folder)
    if model.card.version not in {card.version for card in shelf.cards()}:
        shelf.save(model)
    return model.card.version


def adopt_shipped(
    shelf: ModelShelf, now_us: int, folder: Path = SHIPPED, *, fresh: bool = True
) -> bool:
    """Lets the shipped weights serve a fresh square, and one where older shipped ones serve.

    One that ranks by the first version or by a model of its own goes on so. From then on they are
    a version like any: told by `stoa models list` and on `/square`, gone on from by training,
    compared with by the gate, gone back to by `stoa models rollback`.

    Args:
        shelf: the square's.
        now_us: when it is decided.
        folder: with the weights.
        fresh: whether the square has read nothing yet.

    Returns:
        Whether they serve from now on.

    Raises:
        BadModel: they are damaged.
        StoreFull: there is no room for them; nothing is left of the attempt.
    """
    serving = shelf.serving()
    if not (fresh if serving is None else is_shipped(serving)):
        return False
    card = read_shipped(folder).card
    version = card.version
    if version == serving or any(one.version == version for one in shelf.decisions()):
        return False
    keep_shipped(shelf, folder)
    at_us = max(now_us, card.made_us)  # a file's clock may not have begun
    shelf.decide(Decision(at_us, version, Fate.PROMOTED, _REASON, "start"))
    return True
