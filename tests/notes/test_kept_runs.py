"""What a run keeps: bounded, whole or absent, refused when it is not what it says."""

import json
import shutil
from dataclasses import fields

import numpy as np
import pytest
from tests.notes.conftest import score
from tests.notes.two_sides import ALL

from stoa.app.notes_case import open_run, read_case
from stoa.errors import BadKept
from stoa.note_records import NotesData
from stoa.notes.recompute import recompute
from stoa.tables.columns import StoreWriter, open_store
from stoa.tables.snapshot import Snapshot, keep_snapshot


@pytest.fixture
def work(run, tmp_path):
    shutil.copytree(run.work, tmp_path / "work")
    return tmp_path / "work"


def columns(data: NotesData):
    for table in fields(NotesData):
        inside = getattr(data, table.name)
        for f in fields(inside):
            yield f"{table.name}.{f.name}", getattr(inside, f.name)


def test_a_snapshot_is_read_back_as_it_was(run, tmp_path):
    writer = StoreWriter(tmp_path, "run")
    keep_snapshot(writer, run.world.data)
    writer.finish({})
    snapshot = Snapshot(open_store(tmp_path, "run"))
    kept = dict(columns(snapshot.read()))
    for name, column in columns(run.world.data):
        assert kept[name].tolist() == column.tolist(), name
    row = 17
    ratings = run.world.data.ratings
    mine = snapshot.ratings_of(row)
    assert mine.rater.tolist() == ratings.rater[ratings.note == row].tolist()
    assert snapshot.row_of(int(run.world.data.notes.id[row])) == row


def test_a_kept_note_reads_no_column_whole(run):
    store = open_run(run.work)
    read_case(store, run.a_note(ALL))
    opened = store["ratings"]._open
    assert set(opened) == {"note", "rater", "at_ms", "level", "tags", "sampled"}
    assert not any(c.array.flags.owndata for c in opened.values())
    assert not any(c.array.flags.writeable for c in opened.values())


def test_every_note_comes_out_as_the_run_kept_it(run):
    store = open_run(run.work)
    for note in store["notes"]["id"].whole()[::6].tolist():
        found = recompute(read_case(store, note))
        assert found.agrees, note
        assert found.models
        for step in found.models:
            acted = sum(1 << i for i, rule in enumerate(step.rules) if rule.acted)
            assert acted == step.kept.active_rules
            for rule in step.rules:
                assert rule.acted == all(c.holds for c in rule.conditions), rule
        for rule in found.meta_rules:
            assert rule.acted == all(c.holds for c in rule.conditions), rule


def test_a_second_run_takes_the_place_of_the_first(run, work):
    before = sorted(p.name for p in work.glob("run-*"))
    done = score(run.files, work.parent / "out", "--work", work)
    assert done.returncode == 0, done.stderr
    after = sorted(p.name for p in work.glob("run-*"))
    assert len(before) == len(after) == 1
    assert before != after
    assert recompute(read_case(open_run(work), run.a_note(ALL))).agrees


def test_a_run_that_fails_leaves_the_one_before(tmp_path, run):
    writer = StoreWriter(tmp_path, "run")
    writer.table("a", {"x": np.arange(3)})
    writer.finish({"n": 1})
    broken = StoreWriter(tmp_path, "run")
    broken.table("a", {"x": np.arange(4)})
    broken.drop()
    assert open_store(tmp_path, "run")["a"]["x"].whole().tolist() == [0, 1, 2]
    assert len(list(tmp_path.iterdir())) == 2


def truncate(path):
    path.write_bytes(path.read_bytes()[:-3])


def flip_a_bit(path, place=-1):
    content = bytearray(path.read_bytes())
    content[place] ^= 4
    path.write_bytes(bytes(content))


def flip_in_the_middle(path):
    flip_a_bit(path, (128 + path.stat().st_size) // 2)


def change_card(path):
    card = json.loads(path.read_text())
    card["facts"]["times"]["now_ms"] += 1
    path.write_text(json.dumps(card))


def other_rules(path):
    from stoa.tables.columns import _checksum

    card = json.loads(path.read_text())
    card["facts"]["constants"] = "0" * 64
    card["sha256"] = _checksum(card)
    path.write_text(json.dumps(card))


@pytest.mark.parametrize(
    ("where", "damage", "named"),
    [
        ("run-*/ratings/rater.npy", truncate, "bytes of ratings/rater.npy"),
        ("run-*/ratings/rater.npy", lambda p: p.unlink(), "ratings/rater.npy"),
        ("run-*/raters.MFCoreScorer/factor.npy", lambda p: p.write_bytes(b""), "factor.npy"),
        ("run-*/ratings/rater.npy", flip_a_bit, "sum of ratings/rater.npy"),
        ("run-*/ratings/note.npy", flip_in_the_middle, "sum of ratings/note.npy"),
        ("run-*/notes/id.npy", flip_a_bit, "sum of notes/id.npy"),
        ("run-*/notes/summary.npy", flip_a_bit, "sum of notes/summary.npy"),
        ("run-*/raters.MFCoreScorer/factor.npy", flip_in_the_middle, "MFCoreScorer/factor.npy"),
        ("run-*/said.MFCoreScorer/tag_ratio.npy", flip_a_bit, "sum of said.MFCoreScorer/tag_ratio"),
        ("run-*/meta/status.npy", flip_a_bit, "sum of meta/status.npy"),
        ("run.json", change_card, "sha256 of run.json"),
        ("run.json", other_rules, "constants of run.json"),
        ("run.json", lambda p: p.write_text("{}"), "run.json"),
        ("run.json", lambda p: p.write_text("no"), "run.json"),
        ("run.json", lambda p: p.unlink(), "--work"),
    ],
)
def test_damage_is_named_with_its_mend(run, work, where, damage, named):
    (path,) = work.glob(where)
    damage(path)
    with pytest.raises(BadKept, match="score") as refused:
        read_case(open_run(work), run.a_note(ALL))
    assert named in str(refused.value)
