"""A day's totals for each resident, while the day goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.town.society.sitting import Passage
from stoa.town.society.truth import TrueDay


class Today:
    """A day's totals while it goes on."""

    def __init__(
        self, residents: int, present: NDArray[np.bool_], arrived: NDArray[np.bool_]
    ) -> None:
        self._present, self._arrived = present, arrived
        self._sums = {name: np.zeros(residents) for name in (
            "shown", "read", "regretted", "glad", "seconds", "unregretted_s",
        )}  # fmt: skip

    def add(self, passage: Passage) -> None:
        """Adds what passed; glances count as shown, not as seconds."""
        read = passage.read
        attention = passage.seconds * read
        for name, value in (
            ("shown", np.ones(len(passage))),
            ("read", read),
            ("regretted", read & passage.regretted),
            ("glad", read & passage.glad),
            ("seconds", attention),
            ("unregretted_s", attention * ~passage.regretted),
        ):
            self._sums[name] += np.bincount(
                passage.viewer, weights=value, minlength=len(self._present)
            )

    def day(self, number: int) -> TrueDay:
        """The day as it was."""
        sums = {name: total.astype(np.float32) for name, total in self._sums.items()}
        return TrueDay(day=number, arrived=self._arrived, present=self._present, **sums)
