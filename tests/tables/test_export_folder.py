"""Folders of exports: whole files, packed or not, and what does not read."""

import gzip

import numpy as np
import pytest

from stoa.errors import BadTable
from stoa.note_records import OutputTable
from stoa.tables.export_folder import DiskFolder

TABLE = OutputTable({"a": np.array([1, 2]), "b": np.array(["x", "y\tz"], dtype=object)})
TEXT = b'a\tb\n1\tx\n2\t"y\tz"\n'


@pytest.mark.parametrize("packed", [False, True])
def test_files_come_back(tmp_path, packed):
    folder = DiskFolder(tmp_path / "new" / "export", packed=packed)
    folder.write_table("table.tsv", TABLE)
    folder.write("log.jsonl", b"{}\n")
    folder.write("key.txt", b"key")
    assert folder.names() == ["key.txt", "log.jsonl", "table.tsv"]
    assert folder.read("table.tsv") == TEXT
    assert folder.read("log.jsonl") == b"{}\n"
    assert folder.read("key.txt") == b"key"
    on_disk = {path.name for path in folder.path.iterdir()}
    ending = ".gz" if packed else ""
    assert on_disk == {"key.txt", f"log.jsonl{ending}", f"table.tsv{ending}"}


def test_packing_takes_the_place_of_the_plain_file_and_back(tmp_path):
    for packed in (False, True, False):
        DiskFolder(tmp_path, packed=packed).write_table("table.tsv", TABLE)
        assert DiskFolder(tmp_path).read("table.tsv") == TEXT
        assert len(list(tmp_path.iterdir())) == 1


def test_what_does_not_read_is_named(tmp_path):
    folder = DiskFolder(tmp_path)
    with pytest.raises(BadTable, match=r"log\.jsonl"):
        folder.read("log.jsonl")
    (tmp_path / "log.jsonl.gz").write_bytes(gzip.compress(b"whole")[:-3])
    with pytest.raises(BadTable, match="does not read"):
        folder.read("log.jsonl")
    (tmp_path / "log.jsonl").write_bytes(b"")
    with pytest.raises(BadTable, match="twice"):
        folder.read("log.jsonl")
    with pytest.raises(BadTable, match="no such folder"):
        DiskFolder(tmp_path / "nowhere").names()
