"""A folder that was cut, changed or filled with rubbish is made anew; a kill loses nothing."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from stoa.errors import StoreBusy, StoreError
from stoa.lexical import FtsIndex, TantivyIndex


def filled(index, n=50):
    keys = np.arange(1, n + 1, dtype=np.int64)
    index.put(keys, [f"text number {key}" for key in keys], keys)
    index.commit()
    index.remove(np.array([3]))
    index.commit()
    return index


@pytest.mark.parametrize("which", ["fast", "idx", "store", "term", "del", "meta"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "missing"])
def test_a_damaged_folder_is_made_anew(tmp_path, which, damage):
    filled(TantivyIndex(tmp_path)).close()
    named = [p for p in tmp_path.iterdir() if p.suffix == f".{which}" or p.name == f"{which}.json"]
    path = named[0]
    content = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        content[0] ^= 0xFF
        path.write_bytes(content)
    index = TantivyIndex(tmp_path)
    assert len(index) == 0
    assert len(filled(index)) == 49
    index.close()


@pytest.mark.parametrize("content", [b"rubbish" * 1000, b"", b"SQLite format 3\0" + b"\0" * 4096])
def test_a_damaged_file_is_made_anew(tmp_path, content):
    path = tmp_path / "words.db"
    filled(FtsIndex(path)).close()
    path.write_bytes(content)
    index = FtsIndex(path)
    assert len(index) == 0
    assert len(filled(index)) == 49
    index.close()


@pytest.mark.parametrize("engine", ["TantivyIndex", "FtsIndex"])
def test_an_index_of_other_words_is_made_anew(tmp_path, engine, monkeypatch):
    made = {"TantivyIndex": TantivyIndex, "FtsIndex": FtsIndex}[engine]
    path = tmp_path / "words"
    filled(made(path)).close()
    monkeypatch.setattr("stoa.lexical.fts_index.WORDS_VERSION", 2)
    monkeypatch.setattr("stoa.lexical.tantivy_index._WORDS", "words2")
    index = made(path)
    assert len(index) == 0
    assert len(filled(index)) == 49
    index.close()


def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path):
    writer = filled(TantivyIndex(tmp_path))
    with pytest.raises(StoreBusy):
        TantivyIndex(tmp_path)
    reader = TantivyIndex(tmp_path, read_only=True)
    assert len(reader) == 49
    reader.put(np.array([1]), ["x"], np.array([1]))
    with pytest.raises(StoreError, match="read only"):
        reader.commit()
    reader.close()
    writer.close()


def test_there_must_be_something_to_read_only(tmp_path):
    with pytest.raises(StoreError, match="no word index"):
        TantivyIndex(tmp_path / "nowhere", read_only=True)


@pytest.mark.parametrize("engine", ["TantivyIndex", "FtsIndex"])
def test_a_kill_leaves_the_last_commit(tmp_path, engine):
    path = tmp_path / "words"
    script = f"""
import os, numpy as np
from pathlib import Path
from stoa.lexical import {engine}
index = {engine}(Path({str(path)!r}))
index.put(np.array([1, 2]), ["kept one", "kept two"], np.array([1, 2]))
index.commit()
index.put(np.array([3]), ["lost"], np.array([3]))
os.kill(os.getpid(), 9)
"""
    ended = subprocess.run([sys.executable, "-c", script], check=False)
    assert ended.returncode == -9
    index = {"TantivyIndex": TantivyIndex, "FtsIndex": FtsIndex}[engine](path)
    assert index.held().tolist() == [1, 2]
    index.put(np.array([4]), ["kept four"], np.array([4]))
    index.commit()
    assert sorted(index.search("kept", 9)[0].tolist()) == [1, 2, 4]
    index.close()
