"""What viewers liked and hated, and how they watched it, from one tab-separated file.

The columns are KuaiRand's. Which video a row is about is never read, and how long the video lasts
only in steps of 13 %: in the published file most hated videos are hated once and every liked
one is liked often, so whatever names a video gives its label away, milliseconds included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.tables.blocks import SUFFIXES, line_blocks
from stoa.tables.csv_rows import CsvRow

FLAGS = ("is_click", "is_follow", "is_comment", "is_forward", "long_view", "is_profile_enter")
COUNTS = ("time_ms", "play_time_ms", "duration_ms", "comment_stay_time")
NAMES = ("user_id", *COUNTS, *FLAGS, "label")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRows:
    """Rows sorted by viewer and time, one for each like or hate; arrays (n,) where not said."""

    viewer: NDArray[np.int32]  # row of viewer_id
    at_h: NDArray[np.float64]  # hours since the epoch, UTC
    play_s: NDArray[np.float64]
    duration_s: NDArray[np.float64]  # in steps of 13 %; NaN where the file says 0
    comment_s: NDArray[np.float64]  # spent in the comments
    flags: NDArray[np.bool_]  # (n, 6) in the order of FLAGS
    is_hate: NDArray[np.bool_]  # the rest are likes
    viewer_id: NDArray[np.int64]  # (n_viewers,)

    def __len__(self) -> int:
        return len(self.viewer)

    def of_viewer(self) -> list[slice]:
        """Where the rows of each viewer stand."""
        end = np.cumsum(np.bincount(self.viewer, minlength=len(self.viewer_id)))
        return [slice(a, b) for a, b in zip([0, *end[:-1].tolist()], end.tolist(), strict=True)]


def read_feedback(place: Path) -> FeedbackRows:
    """All rows of a file, or of the one such file in a folder.

    Rows of one viewer at one time are put in an order of their own, for the published file
    has all likes before all hates.

    Raises:
        BadTable: no such file, several, or one that holds what it should not; names file, line,
            column, value and mend.
    """
    path = _found(place)
    user: list[int] = []
    counts: list[tuple[int, ...]] = []
    flags: list[tuple[bool, ...]] = []
    is_hate: list[bool] = []
    for row in _rows(path):
        user.append(row.whole("user_id", least=0))
        counts.append(tuple(row.whole(name, least=0) for name in COUNTS))
        flags.append(tuple(row.one_of(name, ("0", "1")) == "1" for name in FLAGS))
        is_hate.append(row.one_of("label", ("0", "1")) == "0")
    if not user:
        raise BadTable(path.name, "no row", "give at least one row below the names", line=2)
    viewer_id, viewer = np.unique(np.array(user, np.int64), return_inverse=True)
    count, flag = np.array(counts, np.int64), np.array(flags, np.bool_)
    order = np.lexsort((*flag.T, *count.T[1:], count[:, 0], viewer))
    count = count[order]
    return FeedbackRows(
        viewer=viewer.astype(np.int32)[order],
        at_h=count[:, 0] / 3.6e6,
        play_s=count[:, 1] / 1e3,
        duration_s=_stepped(count[:, 2]),
        comment_s=count[:, 3] / 1e3,
        flags=flag[order],
        is_hate=np.array(is_hate, np.bool_)[order],
        viewer_id=viewer_id,
    )


def _stepped(duration_ms: NDArray[np.int64]) -> NDArray[np.float64]:
    log = np.log(np.maximum(duration_ms, 1) / 1e3)
    stepped = np.exp(np.round(log * 8) / 8)
    return np.where(duration_ms > 0, stepped, np.nan)


def _found(place: Path) -> Path:
    if place.is_file():
        return place
    if not place.is_dir():
        mend = "no such folder; give the one that holds the table of feedback"
        raise BadTable(place.name, str(place), mend)
    found = sorted(path for path in place.iterdir() if path.name.endswith(SUFFIXES))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "no table"
        mend = f"put one file there that ends in {', '.join(SUFFIXES)}, or name the file"
        raise BadTable(place.name, names, mend)
    return found[0]


def _rows(path: Path) -> Iterator[CsvRow]:
    """Rows by the names in the first line; other columns may stand between."""
    column: dict[str, int] = {}
    for line, text in _lines(path):
        cells = text.split("\t")
        if not column:
            column = _columns(path.name, line, cells)
        elif len(cells) != len(column):
            mend = f"give {len(column)} cells with tabs between, as in the first line"
            raise BadTable(path.name, f"{len(cells)} cells", mend, line=line)
        else:
            yield CsvRow(path.name, line, column, cells)
    if not column:
        raise BadTable(path.name, "nothing", f"the first line must name {', '.join(NAMES)}")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for block in line_blocks(path, lambda _: None):
        for offset, text in enumerate(block.text.decode("utf-8").split("\n")[:-1]):
            if text.strip():
                yield block.first_line + offset, text.removesuffix("\r")


def _columns(file: str, line: int, names: Sequence[str]) -> dict[str, int]:
    column = {name: at for at, name in enumerate(names)}
    for name in NAMES:
        if name not in column:
            mend = f"the first line must name {', '.join(NAMES)}, with tabs between"
            raise BadTable(file, "missing", mend, line=line, column=name)
    if len(column) != len(names):
        twice = next(name for at, name in enumerate(names) if column[name] != at)
        raise BadTable(file, twice, "name each column once", line=line)
    return column
