"""Ratings in the order of user and time, genres as rows; a damaged file is refused."""

import pytest

from stoa.errors import BadTable
from stoa.tables.movie_files import read_movie_ratings

RATINGS = "userId,movieId,rating,timestamp\n7,20,4.5,300\n7,10,3.0,100\n2,20,1.0,50\n"
MOVIES = '10,Ten,Comedy|Drama\n20,"Twenty, again",Drama\n30,Never rated,(no genres listed)\n'


def write(folder, ratings=RATINGS, movies=MOVIES):
    (folder / "ratings.csv").write_text(ratings)
    (folder / "movies.csv").write_text(movies)


@pytest.mark.parametrize("header", ["", "movieId,title,genres\n"])
def test_ratings_and_genres_are_read(tmp_path, header):
    write(tmp_path, movies=header + MOVIES)
    found = read_movie_ratings(tmp_path)
    assert found.user.tolist() == [0, 1, 1]
    assert found.movie.tolist() == [1, 0, 1]
    assert found.rating.tolist() == [1.0, 3.0, 4.5]
    assert found.genres.tolist() == [[1, 2], [2, 0]]
    assert found.n_users == 2


@pytest.mark.parametrize(
    ("ratings", "movies", "named"),
    [
        (RATINGS + "7,ten,3.0,1\n", MOVIES, "line 5, column movieId"),
        (RATINGS, "10,Ten\n", "movies.csv, line 1"),
        (RATINGS, "x,Ten,Drama\n", "movies.csv, line 1"),
    ],
)
def test_what_does_not_read_is_named(tmp_path, ratings, movies, named):
    write(tmp_path, ratings, movies)
    with pytest.raises(BadTable, match=named):
        read_movie_ratings(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadTable, match=r"ratings\.csv"):
        read_movie_ratings(tmp_path)
