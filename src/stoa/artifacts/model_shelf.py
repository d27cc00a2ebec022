"""All versions of a square's model, which one serves, and how that came about."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from json import JSONDecodeError, dumps, loads
from pathlib import Path

from stoa.artifacts.model_files import CARD, read_card, read_model, write_model
from stoa.errors import BadInput, BadModel, StoreBusy, StoreFull
from stoa.model_records import NO_MODEL, Decision, Fate, Model, ModelCard

_STATE = "serving.json"
_LOCK = "trainer.lock"
_KEPT_DECISIONS = 1_000
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


class ModelShelf:
    """A `ModelStore` in a folder. Any number may read while one trainer and one operator write.

    What serves is one small file that is replaced as a whole, so that a kill at any moment leaves
    the old choice or the new one; models are folders that appear by a rename.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def cards(self) -> list[ModelCard]:
        """Cards of all versions that read, oldest first."""
        cards: list[ModelCard] = []
        for name in self._names():
            try:
                cards.append(read_card(self.folder / name))
            except BadModel:  # `load` tells whoever asks for it
                continue
        return sorted(cards, key=lambda card: (card.made_us, card.version))

    def load(self, version: str) -> Model:
        """A version, checked.

        Raises:
            BadInput: there is no such version.
            BadModel: it is damaged or of another format.
        """
        return read_model(self._known(version))

    def card(self, version: str) -> ModelCard:
        """The card of a version; its arrays are not read.

        Raises:
            BadInput: there is no such version.
            BadModel: the card does not read or is of another format.
        """
        return read_card(self._known(version))

    def save(self, model: Model) -> ModelCard:
        """Keeps a new version; it does not serve yet.

        Raises:
            StoreFull: the disk refused; nothing is left of the attempt.
            BadModel: an array is not finite, or the version is there already.
        """
        version = model.card.version
        if not _NAME.fullmatch(version) or version == NO_MODEL:
            raise BadInput("version", version, "use letters, digits, dots and dashes")
        return write_model(self.folder / version, model)

    def decisions(self) -> list[Decision]:
        """What was decided, oldest first."""
        try:
            found = loads((self.folder / _STATE).read_bytes())
            return [
                Decision(
                    int(line["at_us"]), str(line["version"]), Fate(line["fate"]),
                    str(line["reason"]), str(line.get("by", "")),
                )
                for line in found["decisions"]
            ]  # fmt: skip
        except FileNotFoundError:
            return []
        except (OSError, JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
            # The file is replaced as a whole; somebody else wrote this one. Start over.
            return []

    def serving(self) -> str | None:
        """The version that serves, or None while none was ever promoted."""
        for decision in reversed(self.decisions()):
            if decision.fate is not Fate.REFUSED:
                return decision.version
        return None

    def decide(self, decision: Decision) -> None:
        """Adds a decision; a promotion or a rollback changes what serves, at once and wholly.

        Raises:
            BadInput: the version is not kept.
            BadModel: the version that is to serve does not load.
            StoreFull: the disk refused; what served goes on serving.
        """
        if decision.fate is not Fate.REFUSED and decision.version != NO_MODEL:
            self.load(decision.version)
        kept = [*self.decisions(), decision][-_KEPT_DECISIONS:]
        raw = dumps({"decisions": [asdict(line) for line in kept]}, indent=1).encode()
        self._replace(_STATE, raw)

    def before(self) -> str | None:
        """The version that served before the present one, as rollback would choose it."""
        chain: list[str] = []
        for decision in self.decisions():
            if decision.fate is Fate.PROMOTED:
                chain.append(decision.version)
            elif decision.fate is Fate.ROLLED_BACK:
                while chain and chain[-1] != decision.version:
                    chain.pop()
        return chain[-2] if len(chain) > 1 else None

    def drop(self, keep: int) -> Sequence[str]:
        """Removes the oldest versions but `keep`; never what serves, nor what did before it."""
        safe = {self.serving(), self.before()}
        names = [card.version for card in self.cards()]
        old = [name for name in names[: max(0, len(names) - keep)] if name not in safe]
        for name in old:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for left in self.folder.glob(".*.new"):
            shutil.rmtree(left, ignore_errors=True)
        return old

    @contextmanager
    def trainer(self) -> Iterator[None]:
        """Holds the one place for a trainer; a killed trainer's place is free at once.

        Raises:
            StoreBusy: another process trains on this shelf.
        """
        import fcntl

        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("a+b") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as taken:
                raise StoreBusy(
                    f"another process trains on {self.folder}; wait until it is done"
                ) from taken
            yield

    def _known(self, version: str) -> Path:
        if version not in self._names():
            known = ", ".join(card.version for card in self.cards()[-5:]) or "none is kept"
            raise BadInput("version", version, f"use one of `stoa models list`: {known}")
        return self.folder / version

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(
            path.name
            for path in self.folder.iterdir()
            if not path.name.startswith(".") and (path / CARD).exists()
        )

    def _replace(self, name: str, raw: bytes) -> None:
        beside = self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.folder / name)
        except OSError as problem:
            beside.unlink(missing_ok=True)
            raise StoreFull(f"{name} could not be written ({problem})") from problem
