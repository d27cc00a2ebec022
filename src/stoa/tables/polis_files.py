"""A Polis conversation from its export folder: who agreed with, or passed on, which statement.

`comments.csv`, `participants-votes.csv` and `summary.csv` are needed, `votes.csv` is checked where
it is there; each may be packed with gzip. In all of them 1 means agree and -1 disagree: older
exports of `votes.csv` had it the other way round, which is refused, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.tables.csv_rows import CsvRow, csv_lines, csv_rows, find_csv
from stoa.tables.rows import objects

NO_GROUP = -1
_ABOUT_VOTER = ("participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree")
_COMMENT = ("timestamp", "comment-id", "author-id", "agrees", "disagrees", "moderated")
_COMMENT_MAY = ("datetime", "is-meta", "is-seed", "group-informed-consensus")
_SUMMARY_COUNTS = ("views", "voters", "voters-in-conv", "commenters", "comments", "groups")
_SUMMARY_TEXTS = ("topic", "url", "conversation-description")
_VOTE = {"": None, "1": 1, "0": 0, "-1": -1}


@dataclass(frozen=True, slots=True)
class PolisConversation:
    """One conversation. Votes stand by (voter, statement); both are rows of the columns here."""

    topic: str
    statement_id: NDArray[np.int64]  # (n_statements,)
    statement: NDArray[np.object_]  # (n_statements,) what it says
    is_shown: NDArray[np.bool_]  # (n_statements,) not taken out by moderators
    voter_id: NDArray[np.int64]  # (n_voters,)
    group: NDArray[np.int64]  # (n_voters,) that Polis found, NO_GROUP for none
    voter: NDArray[np.int32]  # (n_votes,)
    voted_on: NDArray[np.int32]  # (n_votes,)
    vote: NDArray[np.int8]  # (n_votes,) 1 agree, 0 pass, -1 disagree


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    is_shown: bool


def read_polis(folder: Path) -> PolisConversation:
    """The conversation whose export stands in a folder.

    Raises:
        BadTable: a file is missing, damaged, or holds what it should not; names file, line,
            column, value and mend.
    """
    if not folder.is_dir():
        raise BadTable(folder.name, str(folder), "give the folder of one Polis export")
    topic = _read_summary(_needed(folder, "summary.csv"))
    statements = _read_comments(_needed(folder, "comments.csv"))
    path = _needed(folder, "participants-votes.csv")
    conversation = _read_matrix(path, topic, statements)
    votes = find_csv(folder, "votes.csv")
    if votes is not None:
        _check_votes(votes, conversation, statements)
    return conversation


def _needed(folder: Path, name: str) -> Path:
    path = find_csv(folder, name)
    if path is None:
        raise BadTable(folder.name, str(folder), f"put {name} or {name}.gz of the export there")
    return path


def _read_summary(path: Path) -> str:
    """The topic; every line holds a known name and its value."""
    values: dict[str, str] = {}
    for line, cells in csv_lines(path):
        if not cells:
            continue
        name = cells[0]
        if len(cells) != 2:
            mend = "give a name and a value, and quote values with commas"
            raise BadTable(path.name, f"{len(cells)} cells", mend, line=line, column=name)
        if name not in (*_SUMMARY_COUNTS, *_SUMMARY_TEXTS):
            known = ", ".join((*_SUMMARY_TEXTS, *_SUMMARY_COUNTS))
            raise BadTable(path.name, name, f"this reader knows {known}", line=line)
        if name in values:
            raise BadTable(path.name, cells[1], "give each name once", line=line, column=name)
        row = CsvRow(path.name, line, {name: 1}, cells)
        if name in _SUMMARY_COUNTS:
            row.whole(name, least=0)
        values[name] = cells[1]
    if "topic" not in values:
        raise BadTable(path.name, "missing", "give a line `topic,...`", column="topic")
    return values["topic"]


def _read_comments(path: Path) -> dict[int, _Statement]:
    """What each statement says, by its number."""
    statements: dict[int, _Statement] = {}
    for row in csv_rows(path, (*_COMMENT, "comment-body"), _COMMENT_MAY):
        for name in ("timestamp", "author-id", "agrees", "disagrees"):
            row.whole(name, least=0)
        for name in ("is-meta", "is-seed"):
            if name in row.column:
                row.one_of(name, ("true", "false"))
        if "group-informed-consensus" in row.column:
            row.number("group-informed-consensus")
        number = row.whole("comment-id", least=0)
        if number in statements:
            row.refuse("comment-id", "give each statement once")
        is_shown = row.one_of("moderated", ("1", "0", "-1")) != "-1"
        statements[number] = _Statement(row.text("comment-body"), is_shown)
    return statements


def _read_matrix(path: Path, topic: str, statements: dict[int, _Statement]) -> PolisConversation:
    """All votes, from one row a voter with one column a statement."""
    voters: list[tuple[int, int]] = []
    seen: set[int] = set()
    rows: list[NDArray[np.int8]] = []
    places: list[NDArray[np.int64]] = []
    ids: list[int] = []
    for row in csv_rows(path, _ABOUT_VOTER, others=True):
        ids = ids or _statement_ids(row, statements)
        number = row.whole("participant", least=0)
        if number in seen:
            row.refuse("participant", "give each participant one row")
        seen.add(number)
        row.whole("n-comments", least=0)
        voters.append((number, row.whole("group-id", least=0, empty=NO_GROUP)))
        place, vote = _cells(row, ids)
        _check_totals(row, vote)
        rows.append(vote)
        places.append(place)
    if not rows:
        mend = "give at least one participant with a vote"
        raise BadTable(path.name, "no row", mend, line=2, column="participant")
    n_votes = [len(row) for row in rows]
    return PolisConversation(
        topic=topic,
        statement_id=np.array(ids, dtype=np.int64),
        statement=objects([statements[i].text for i in ids]),
        is_shown=np.array([statements[i].is_shown for i in ids], dtype=np.bool_),
        voter_id=np.array([number for number, _ in voters], dtype=np.int64),
        group=np.array([group for _, group in voters], dtype=np.int64),
        voter=np.repeat(np.arange(len(rows), dtype=np.int32), n_votes),
        voted_on=np.concatenate(places).astype(np.int32),
        vote=np.concatenate(rows),
    )


def _statement_ids(row: CsvRow, statements: dict[int, _Statement]) -> list[int]:
    """Numbers of the statements in the order of their columns, all known from the comments."""
    names = list(row.column)
    if tuple(names[: len(_ABOUT_VOTER)]) != _ABOUT_VOTER:
        mend = f"begin the first line with {', '.join(_ABOUT_VOTER)}"
        raise BadTable(row.file, ",".join(names[:6]), mend, line=1)
    ids: list[int] = []
    for name in names[len(_ABOUT_VOTER) :]:
        known = name.isascii() and name.isdigit() and int(name) in statements
        if not known or str(int(name)) != name:
            mend = "name each further column after a comment-id of comments.csv"
            raise BadTable(row.file, name, mend, line=1, column=name)
        ids.append(int(name))
    if not ids:
        mend = "give one column for each statement after these six"
        raise BadTable(row.file, ",".join(names), mend, line=1)
    return ids


def _cells(row: CsvRow, ids: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Where a voter's votes stand, and what they are."""
    first = len(_ABOUT_VOTER)
    filled = [(at, cell) for at, cell in enumerate(row.cells[first:]) if cell]
    for at, cell in filled:
        if cell not in _VOTE:
            row.refuse(str(ids[at]), "give 1 for agree, -1 for disagree, 0 for pass, or nothing")
    place = np.array([at for at, _ in filled], dtype=np.int64)
    return place, np.array([_VOTE[cell] for _, cell in filled], dtype=np.int8)


def _check_totals(row: CsvRow, vote: NDArray[np.int8]) -> None:
    """Totals tell a damaged row, and a matrix whose sign is turned."""
    totals = {"n-votes": vote != 99, "n-agree": vote == 1, "n-disagree": vote == -1}
    for name, counted in totals.items():
        n = int(counted.sum())
        if row.whole(name, least=0) != n:
            row.refuse(name, f"the row's cells give {n}; 1 is agree, -1 is disagree, 0 is pass")


def _check_votes(
    path: Path, conversation: PolisConversation, statements: dict[int, _Statement]
) -> None:
    """Refuses a list of votes that does not read, or whose sign is not that of the matrix."""
    last: dict[tuple[int, int], int] = {}
    for row in _vote_rows(path):
        statement = row.whole("comment-id", least=0)
        if statement not in statements:
            row.refuse("comment-id", "name a statement of comments.csv")
        voter = row.whole("voter-id", least=0)
        vote = int(row.one_of("vote", ("1", "0", "-1")))
        last[statement, voter] = vote
    statement = conversation.statement_id[conversation.voted_on].tolist()
    voter = conversation.voter_id[conversation.voter].tolist()
    listed = np.array([last.get(key, 0) for key in zip(statement, voter, strict=True)])
    said = listed * conversation.vote
    if (said < 0).sum() > (said > 0).sum():
        mend = "most votes are the opposite of participants-votes.csv; turn the sign (1 is agree)"
        raise BadTable(path.name, "turned", mend, column="vote")


def _vote_rows(path: Path) -> Iterator[CsvRow]:
    names = ("timestamp", "comment-id", "voter-id", "vote")
    for row in csv_rows(path, names, ("datetime",)):
        row.whole("timestamp", least=0)
        yield row
