"""MovieLens: who rated which film how and when, and the genres of films.

`ratings.csv` (userId, movieId, rating, timestamp) and `movies.csv` (movieId, title, genres with
`|` between, with or without a first row of names), plain or packed with gzip.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.tables.csv_rows import csv_lines, csv_rows, find_csv

_COLUMNS = ("userId", "movieId", "rating", "timestamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovieRatings:
    """Ratings in the order of user and time; films and users are rows."""

    user: NDArray[np.int32]  # (n,)
    movie: NDArray[np.int32]  # (n,)
    rating: NDArray[np.float32]  # (n,) half stars, 0.5 to 5
    at_s: NDArray[np.int64]  # (n,)
    genres: NDArray[np.int32]  # (n_movies, k) genre rows from 1, 0 for none
    n_users: int


def read_movie_ratings(folder: Path) -> MovieRatings:
    """The ratings of a folder.

    Raises:
        BadTable: a file is missing, or a cell holds something else than it should.
    """
    rows = [
        (
            row.whole("userId", 0), row.whole("movieId", 0), row.number("rating"),
            row.whole("timestamp", 0),
        )
        for row in csv_rows(_file(folder, "ratings.csv"), _COLUMNS)
    ]  # fmt: skip
    genres = _read_genres(_file(folder, "movies.csv"))
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    order = np.lexsort((table[:, 1], table[:, 3], table[:, 0]))
    table = table[order]
    users, user = np.unique(table[:, 0].astype(np.int64), return_inverse=True)
    movies, movie = np.unique(table[:, 1].astype(np.int64), return_inverse=True)
    names = sorted({name for found in genres.values() for name in found})
    number = {name: i + 1 for i, name in enumerate(names)}
    most = max((len(genres.get(int(m), ())) for m in movies), default=0)
    known = np.zeros((len(movies), most), dtype=np.int32)
    for row, name in enumerate(movies):
        found = [number[genre] for genre in genres.get(int(name), ())]
        known[row, : len(found)] = found
    return MovieRatings(
        user=user.astype(np.int32),
        movie=movie.astype(np.int32),
        rating=table[:, 2].astype(np.float32),
        at_s=table[:, 3].astype(np.int64),
        genres=known,
        n_users=len(users),
    )


def _file(folder: Path, name: str) -> Path:
    path = find_csv(folder, name)
    if path is None:
        raise BadTable(name, str(folder), "give a folder that holds it, plain or as .gz")
    return path


def _read_genres(path: Path) -> dict[int, tuple[str, ...]]:
    """Genres of each film by its id; the publishers' file has a first row of names, others none."""
    found: dict[int, tuple[str, ...]] = {}
    for line, cells in csv_lines(path):
        if line == 1 and cells[:1] == ["movieId"]:
            continue
        if len(cells) != 3 or not (cells[0].isascii() and cells[0].isdigit()):
            mend = "give rows of movieId, title, genres"
            raise BadTable(path.name, ",".join(cells)[:60], mend, line=line)
        names = tuple(name for name in cells[2].split("|") if name and name[0] != "(")
        found[int(cells[0])] = names
    return found
