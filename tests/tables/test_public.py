"""What the four files say, whatever their order, cut and packing."""

import gzip
import io
import zipfile

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tables.public_files import line, table

from stoa.errors import BadTable
from stoa.note_records import NO_GROUP, NO_TIME, OLD_FORM, Enrollment, Status, tag_bit
from stoa.tables import cells, rating_files
from stoa.tables.blocks import line_blocks
from stoa.tables.kept import fingerprint
from stoa.tables.layouts import ENROLLMENT, HISTORY, NOTES, RATINGS
from stoa.tables.public import read_public

BIG = 2**63 - 1


def test_note_ids_keep_all_their_digits(folder):
    folder.put("notes", table(NOTES, [line(NOTES, noteId=BIG - 1), line(NOTES, noteId=BIG)]))
    data, _ = folder.read()
    assert data.notes.id.tolist() == [1, BIG - 1, BIG]


def test_a_note_of_the_history_alone_is_deleted_and_one_of_the_notes_alone_is_new(folder):
    folder.put("history", table(HISTORY, [line(HISTORY, noteId=9)]))
    data, report = folder.read()
    assert data.notes.classification.tolist() == [1, 1, 0]
    assert data.notes.post.tolist() == [7, 7, -1]
    assert data.history.known.tolist() == [False, False, True]
    assert (report.n_new_notes, report.n_deleted_notes) == (2, 1)
    assert data.history.current_ms.tolist() == [NO_TIME] * 3


def test_the_history_is_read_with_whole_numbers_written_as_floats(folder):
    row = line(
        HISTORY,
        noteId=1,
        createdAtMillis="1720000000000.0",
        timestampMillisOfCurrentStatus="1784073600000.0",
        currentStatus="CURRENTLY_RATED_HELPFUL",
        currentModelingGroup="13.0",
        timestampMillisOfNmrDueToMinStableCrhTime="-1.0",
        currentDecidedBy="CoreModel (v1.1)",
        abovePcrhThresholdTime="1.784e12",
    )
    folder.put("history", table(HISTORY, [row]))
    past = folder.read()[0].history
    assert past.current_ms[0] == 1784073600000
    assert past.current[0] == Status.CURRENTLY_RATED_HELPFUL
    assert (past.group[0], past.multi_group[0]) == (13, NO_GROUP)
    assert past.window_ms[0] == -1
    assert past.decided_by.tolist() == ["CoreModel (v1.1)", ""]
    assert past.above_pcrh_ms[0] == 1784000000000


def test_a_history_of_23_columns_has_both_last_times_empty(folder):
    row = line(HISTORY, noteId=1, timestampMillisOfFirstNmrDueToMinStableCrhTime=5)
    short = b"\n".join(x.rpartition(b"\t")[0] for x in table(HISTORY, [row]).splitlines())
    folder.put("history", short)
    past = folder.read()[0].history
    assert past.first_window_ms[0] == past.above_pcrh_ms[0] == NO_TIME


def test_ratings_carry_level_tags_and_source(folder):
    tags = {"helpfulClear": 1, "notHelpfulNoteNotNeeded": 1}
    rows = [
        line(
            RATINGS, noteId=1, raterParticipantId="C", helpfulnessLevel="SOMEWHAT_HELPFUL", **tags
        ),
        line(RATINGS, noteId=1, ratingSourceBucketed="POPULATION_SAMPLED", helpfulOther=""),
        line(RATINGS, noteId=2, helpfulnessLevel="", helpful=1),
        line(
            RATINGS, noteId=2, helpfulnessLevel="", helpful=1, notHelpful=1, raterParticipantId="D"
        ),
        line(RATINGS, noteId=2, helpfulnessLevel="", raterParticipantId="E"),
        line(RATINGS, noteId=3),
    ]
    folder.put("ratings", table(RATINGS, rows))
    data, report = folder.read()
    r = data.ratings
    assert data.contributors.name.tolist() == ["A", "B", "C", "D", "E"]
    assert list(zip(r.note.tolist(), r.rater.tolist(), strict=True)) == [
        (0, 1),
        (0, 2),
        (1, 1),
        (1, 3),
    ]
    assert r.level.tolist() == [2, 1, 2, 0]
    both = tag_bit("helpfulClear") | tag_bit("notHelpfulNoteNotNeeded")
    assert r.tags.tolist() == [0, both, OLD_FORM, OLD_FORM]
    assert r.sampled.tolist() == [True, False, False, False]
    assert (report.n_ratings, report.n_unrated, report.n_ratings_unknown_note) == (6, 1, 1)
    assert (
        sum(column.itemsize for column in (r.note, r.rater, r.at_ms, r.level, r.tags, r.sampled))
        == 22
    )


def test_enrolment_fills_in_those_who_have_no_row(folder):
    row = line(ENROLLMENT, participantId="B", enrollmentState="atRisk", modelingGroup="0.0")
    folder.put("enrollment", table(ENROLLMENT, [row]))
    people = folder.read()[0].contributors
    assert people.enrolled.tolist() == [False, True]
    assert people.state.tolist() == [Enrollment.NEW_USER, Enrollment.AT_RISK]
    assert people.group.tolist() == [NO_GROUP, 0]
    assert people.changed_ms.tolist() == [NO_TIME, 1700000000000]
    assert people.earned_out_ms.tolist() == [1, 1]


def test_ids_that_are_all_numbers_are_ordered_as_numbers(folder):
    folder.put("notes", table(NOTES, [line(NOTES, noteId=1, noteAuthorParticipantId=10)]))
    folder.put("history", table(HISTORY, []))
    folder.put("ratings", table(RATINGS, [line(RATINGS, noteId=1, raterParticipantId=9)]))
    folder.put("enrollment", table(ENROLLMENT, [line(ENROLLMENT, participantId="010")]))
    assert folder.read()[0].contributors.name.tolist() == ["9", "10"]
    folder.put("enrollment", table(ENROLLMENT, [line(ENROLLMENT, participantId="x")]))
    assert folder.read()[0].contributors.name.tolist() == ["10", "9", "x"]


def test_exact_copies_are_counted_and_left_out(folder):
    for kind, layout in (("notes", NOTES), ("ratings", RATINGS), ("history", HISTORY)):
        folder.put(kind, table(layout, [line(layout, noteId=1)] * 3))
    folder.put("enrollment", table(ENROLLMENT, [line(ENROLLMENT)] * 3))
    data, report = folder.read()
    assert (len(data.notes), len(data.ratings), len(data.contributors)) == (1, 1, 2)
    assert report.n_duplicate_notes == report.n_duplicate_history == 2
    assert report.n_duplicate_ratings == report.n_duplicate_enrollment == 2


def test_summaries_may_be_quoted_with_tabs_newlines_and_quotes(folder):
    texts = ['"say ""no""\tor\nyes\n"', 'plain "inside" 5" tall', '"half" quoted', '"\t"', '""']
    rows = [line(NOTES, noteId=i + 1, summary=t) for i, t in enumerate(texts)]
    folder.put("notes", table(NOTES, rows))
    expected = ['say "no"\tor\nyes\n', 'plain "inside" 5" tall', "half quoted", "\t", ""]
    assert folder.read()[0].notes.summary.tolist() == expected


@pytest.mark.parametrize("size", [1, 7, 64, 300])
def test_blocks_are_whole_lines_however_they_are_cut(tmp_path, size):
    rows = [line(NOTES, noteId=i, summary=f'"a\n""{i}\tb"') for i in range(9)]
    path = tmp_path / "notes.tsv"
    path.write_bytes(table(NOTES, rows)[:-1].replace(b"\n1", b"\r\n1"))
    found = list(line_blocks(path, lambda _: None, size))
    assert b"".join(b.text for b in found) == table(NOTES, rows)
    for block in found:
        cells.Cells(block, NOTES, len(NOTES.columns))
    assert found[-1].first_line + found[-1].text.count(b"\n") == table(NOTES, rows).count(b"\n") + 1


def test_a_rating_on_an_unknown_note_leaves_the_others_their_raters(folder, monkeypatch):
    monkeypatch.setattr(rating_files, "BATCH_BYTES", 1)
    rows = [line(RATINGS, noteId=n, raterParticipantId=f"r{n}") for n in (5, 1, 6, 2)]
    folder.put("ratings", table(RATINGS, rows[:2]), table(RATINGS, rows[2:]))
    data, report = folder.read()
    assert [data.contributors.name[r] for r in data.ratings.rater] == ["r1", "r2"]
    assert report.n_ratings_unknown_note == 2
    folder.put("notes", table(NOTES, []))
    folder.put("history", table(HISTORY, []))
    data, report = folder.read()
    assert (len(data.notes), len(data.ratings), report.n_ratings_unknown_note) == (0, 0, 4)


@pytest.mark.parametrize("pack", ["plain", "gz", "zst", "zip", "crlf", "bom", "no last newline"])
def test_packing_changes_nothing(folder, pack):
    expected = fingerprint(folder.read()[0])
    for kind, paths in folder.files.items():
        text = paths[0].read_bytes()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("inner.tsv", text)
            out.writestr("readme.txt", "x")
        packed = {
            "plain": text,
            "gz": gzip.compress(text),
            "zst": pa.compress(text, "zstd", asbytes=True),
            "zip": archive.getvalue(),
            "crlf": text.replace(b"\n", b"\r\n"),
            "bom": b"\xef\xbb\xbf" + text,
            "no last newline": text[:-1],
        }[pack]
        folder.put(kind, packed)
    assert fingerprint(folder.read()[0]) == expected


def test_a_folder_stands_for_its_tables(folder):
    inside = folder.path / "shards"
    inside.mkdir()
    for i in (1, 2):
        (inside / f"ratings-{i}.tsv").write_bytes(table(RATINGS, [line(RATINGS, noteId=i)]))
    (inside / "readme.md").write_text("not a table")
    expected = fingerprint(folder.read()[0])
    folder.files["ratings"] = [inside]
    data, report = folder.read()
    assert fingerprint(data) == expected
    assert report.n_files == 5


RATED = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["B", "ba", "Ünü", "C" * 64]),
        st.sampled_from(["", "HELPFUL", "NOT_HELPFUL"]),
    ),
    unique_by=lambda r: r[:2],
    max_size=12,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(RATED, st.randoms(), st.integers(0, 12))
def test_order_of_rows_and_sharding_change_nothing(folder, rated, chance, cut):
    rows = [line(RATINGS, noteId=n, raterParticipantId=r, helpfulnessLevel=h) for n, r, h in rated]
    folder.put("ratings", table(RATINGS, rows))
    data, report = folder.read()
    chance.shuffle(rows)
    folder.put("ratings", table(RATINGS, rows[:cut]), table(RATINGS, rows[cut:]))
    again, report_again = folder.read()
    assert fingerprint(again) == fingerprint(data)
    assert report_again.n_ratings == report.n_ratings == len(rated)
    assert report.n_unrated + report.n_ratings_unknown_note + len(data.ratings) == len(rated)
    key = data.ratings.note.astype(np.int64) << 32 | data.ratings.rater
    assert (np.diff(key) > 0).all()


@settings(deadline=None)
@given(st.integers(-BIG, BIG), st.integers(-(2**53) + 1, 2**53 - 1))
def test_whole_numbers_are_read_exactly(number, small):
    rows = [line(HISTORY, noteId=number, timestampMillisOfStatusLock=small)]
    rows += [line(HISTORY, noteId=7, timestampMillisOfStatusLock=f"{small}.0")]
    rows += [line(HISTORY, noteId=-12)]
    block = cells.Block("history", 1, "".join(r + "\n" for r in rows).encode())
    found = cells.Cells(block, HISTORY, 24)
    assert found.integers("noteId").tolist() == [number, 7, -12]
    assert found.whole("timestampMillisOfStatusLock", NO_TIME).tolist() == [small, small, NO_TIME]


def test_the_oracle_is_read_whole(oracle):
    kinds = ("notes", "ratings", "noteStatusHistory", "userEnrollment")
    paths = [[oracle / "input" / f"{kind}-00000.tsv.gz"] for kind in kinds]
    heard: dict[str, list[float]] = {}
    data, report = read_public(
        *paths, progress=lambda kind, share: heard.setdefault(kind, []).append(share)
    )
    assert (report.n_notes, report.n_history, report.n_ratings) == (1478, 1497, 79745)
    assert (report.n_duplicate_ratings, report.n_new_notes, report.n_deleted_notes) == (15, 3, 22)
    assert len(data.notes) == 1500
    assert all(shares[-1] == 1.0 and shares == sorted(shares) for shares in heard.values())


def test_two_ratings_of_one_pair_that_differ_are_refused(folder):
    rows = [line(RATINGS, noteId=1), line(RATINGS, noteId=1, helpfulnessLevel="NOT_HELPFUL")]
    folder.put("ratings", table(RATINGS, rows))
    with pytest.raises(BadTable, match="column noteId is 1: participant B rated it twice"):
        folder.read()
