"""Documents given to a square: kept whole, replaced, forgotten, bounded."""

import pytest

from stoa.ask_records import Tier
from stoa.documents import DocumentShelf
from stoa.errors import BadInput, StoreFull, Unknown


@pytest.fixture(params=["memory", "folder"])
def shelf(request, tmp_path):
    return DocumentShelf(tmp_path / "papers" if request.param == "folder" else None)


def test_what_was_said_about_a_document_outranks_its_own_word(shelf):
    text = b"---\ntier: opinion\ntitle: Hm\n---\nThe weir holds."
    shelved = shelf.put("weir.txt", text, {"tier": "record", "date": "1930-04-02", "author": ""})
    [source] = shelved.sources
    assert (source.tier, source.title, source.id) == (Tier.RECORD, "Hm", "document:weir.txt#1")
    assert source.at_us < 0


def test_every_change_raises_the_version(shelf):
    versions = [shelf.version]
    shelf.put("weir.txt", b"The weir holds.", {})
    versions.append(shelf.version)
    shelf.put("weir.txt", b"The weir leaks.", {})
    versions.append(shelf.version)
    assert [each.text for each in shelf.sources()] == ["The weir leaks."]
    shelf.remove("weir.txt")
    versions.append(shelf.version)
    assert versions == sorted(set(versions))
    assert shelf.sources() == []
    with pytest.raises(Unknown):
        shelf.remove("weir.txt")


def test_a_document_that_does_not_read_leaves_the_one_before(shelf):
    shelf.put("weir.txt", b"The weir holds.", {})
    with pytest.raises(BadInput):
        shelf.put("weir.txt", b"\x00\x01\x02\x00", {})
    assert [each.text for each in shelf.sources()] == ["The weir holds."]


def test_a_shelf_is_bounded(shelf, monkeypatch):
    monkeypatch.setattr("stoa.documents.shelf.MAX_DOCUMENTS", 1)
    shelf.put("weir.txt", b"The weir holds.", {})
    shelf.put("weir.txt", b"The weir leaks.", {})
    with pytest.raises(StoreFull):
        shelf.put("mill.txt", b"The mill turns.", {})
    monkeypatch.setattr("stoa.documents.shelf.MAX_SHELF_BYTES", 10)
    with pytest.raises(StoreFull):
        shelf.put("weir.txt", b"The weir leaks.", {})


@pytest.mark.parametrize(
    "name", ["../a.txt", "/a.txt", ".a.txt", "a/b.txt", "a\n.txt", "a", "a.exe"]
)
def test_a_name_is_no_path(shelf, name):
    with pytest.raises(BadInput, match="name"):
        shelf.put(name, b"x", {})


def test_a_folder_is_read_again_with_what_was_said(tmp_path):
    DocumentShelf(tmp_path).put("weir.txt", b"The weir holds.", {"tier": "record"})
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / ".weir.txt.json").chmod(0o600)
    broken, weir = DocumentShelf(tmp_path).documents()
    assert weir.sources[0].tier is Tier.RECORD
    assert (broken.sources, "damaged" in broken.problem) == ((), True)
    assert {path.name for path in tmp_path.iterdir()} == {
        "weir.txt", ".weir.txt.json", "broken.pdf",
    }  # fmt: skip


def test_a_file_whose_words_about_it_are_damaged_is_read_as_it_is(tmp_path):
    DocumentShelf(tmp_path).put("weir.txt", b"The weir holds.", {"tier": "record"})
    (tmp_path / ".weir.txt.json").write_text("{")
    [weir] = DocumentShelf(tmp_path).documents()
    assert weir.sources[0].tier is Tier.REPORT


def test_a_disk_that_refuses_is_told(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreFull, match="could not be kept"):
        DocumentShelf(tmp_path / "file" / "papers").put("weir.txt", b"The weir holds.", {})
