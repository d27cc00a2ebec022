"""A Polis export is read whole, or refused with the place and the mend."""

import re

import pytest
from tests.tables.polis_export import write_export

from stoa.errors import BadTable
from stoa.tables.polis_files import NO_GROUP, read_polis


@pytest.mark.parametrize("packed", [False, True])
def test_every_vote_stands_by_voter_and_statement(tmp_path, packed):
    read = read_polis(write_export(tmp_path, packed=packed))
    assert read.topic == "Tea, or coffee"
    assert read.statement_id.tolist() == [0, 2, 5]
    assert read.statement.tolist() == ["Tea, always", "Spam\nof two lines", "Milk first"]
    assert read.is_shown.tolist() == [True, False, True]
    assert read.voter_id.tolist() == [3, 4, 9]
    assert read.group.tolist() == [0, NO_GROUP, 1]
    votes = zip(read.voter.tolist(), read.voted_on.tolist(), read.vote.tolist(), strict=True)
    assert list(votes) == [(0, 0, 1), (0, 2, 0), (1, 0, 1), (1, 1, 1), (1, 2, -1), (2, 0, -1)]


@pytest.mark.parametrize("name", ["summary.csv", "comments.csv", "participants-votes.csv"])
def test_a_missing_file_is_named(tmp_path, name):
    (write_export(tmp_path) / name).unlink()
    with pytest.raises(BadTable, match=re.escape(name)):
        read_polis(tmp_path)


def test_the_list_of_votes_may_be_missing(tmp_path):
    (write_export(tmp_path) / "votes.csv").unlink()
    assert len(read_polis(tmp_path).vote) == 6


def test_no_folder_is_told(tmp_path):
    with pytest.raises(BadTable, match="folder of one Polis export"):
        read_polis(tmp_path / "nowhere")


REFUSED = [
    ("participants_votes", ("1,1,-1", "1,2,-1"), "participants-votes.csv, line 3, column 2 is '2'"),
    ("participants_votes", ("3,0,0,2,1,0", "3,0,0,2,2,0"), "line 2, column n-agree is '2'"),
    ("participants_votes", ("3,0,0,2,1,0", "3,0,0,3,1,0"), "line 2, column n-votes is '3'"),
    ("participants_votes", ("4,,1", "3,,1"), "line 3, column participant is '3'"),
    ("participants_votes", ("4,,1", "x,,1"), "line 3, column participant is 'x'"),
    ("participants_votes", ("9,1,0", "9,-4,0"), "line 4, column group-id is '-4'"),
    ("participants_votes", ("9,1,0,1,0,1,-1,,", "9,1,0,1,0,1,-1,"), "line 4 is '8 cells'"),
    ("participants_votes", (",0,2,5", ",0,2,6"), "line 1, column 6 is '6'"),
    ("participants_votes", (",0,2,5", ",0,2,2"), "line 1, column 2 is '2'"),
    ("participants_votes", ("n-votes,n-agree", "n-agree,n-votes"), "begin the first line with"),
    ("participants_votes", ("participant,", "who,"), "line 1, column participant is 'missing'"),
    ("comments", ("1501,Mon,2", "1501,Mon,0"), "comments.csv, line 3, column comment-id is '0'"),
    ("comments", ("1502,Mon,5", "1502,Mon,5.0"), "line 5, column comment-id is '5.0'"),
    ("comments", ("0,1,0,Milk", "0,1,7,Milk"), "line 5, column moderated is '7'"),
    ("comments", ("1500,Mon", "-1,Mon"), "line 2, column timestamp is '-1'"),
    ("comments", (",datetime,", ",when,"), "line 1, column when is 'when'"),
    ("comments", ("Milk first", '"Milk'), "is no CSV"),
    ("summary", ("views,9", "views,many"), "summary.csv, line 3, column views is 'many'"),
    ("summary", ("views,9", "sights,9"), "line 3 is 'sights'"),
    ("summary", ("views,9", "topic,9"), "line 3, column topic is '9'"),
    ("summary", ('"Tea, or coffee"', "Tea, or coffee"), "line 1, column topic is '3 cells'"),
    ("summary", ('topic,"Tea, or coffee"', ""), "column topic is 'missing'"),
    ("votes", ("1502,Mon,2,4,1", "1502,Mon,2,4,2"), "votes.csv, line 4, column vote is '2'"),
    ("votes", ("1502,Mon,2,4,1", "1502,Mon,3,4,1"), "line 4, column comment-id is '3'"),
]


@pytest.mark.parametrize(("file", "change", "told"), REFUSED)
def test_what_does_not_read_is_refused_with_its_place(tmp_path, file, change, told):
    with pytest.raises(BadTable, match=re.escape(told)):
        read_polis(write_export(tmp_path, **{file: change}))


def test_a_list_of_votes_with_turned_sign_is_refused(tmp_path):
    turned = "0,3,-1\n1501,Mon,0,3,1\n1502,Mon,2,4,1\n1503,Mon,0,9,-1"
    other = "0,3,-1\n1501,Mon,0,3,-1\n1502,Mon,2,4,-1\n1503,Mon,0,9,1"
    with pytest.raises(BadTable, match="turn the sign"):
        read_polis(write_export(tmp_path, votes=(turned, other)))


def test_a_matrix_without_voters_is_refused(tmp_path):
    rows = "3,0,0,2,1,0,1,,0\n4,,1,3,2,1,1,1,-1\n9,1,0,1,0,1,-1,,\n"
    with pytest.raises(BadTable, match="at least one participant"):
        read_polis(write_export(tmp_path, participants_votes=(rows, "")))


def test_a_cut_gzip_file_is_refused(tmp_path):
    path = write_export(tmp_path, packed=True) / "comments.csv.gz"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(BadTable, match=re.escape("comments.csv.gz")):
        read_polis(tmp_path)
