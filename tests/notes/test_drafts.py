"""What people hand in: bounded, cleaned, and refused with field, value and mend."""

import pytest

from stoa.errors import BadInput
from stoa.note_records import Classification
from stoa.notes import drafts
from stoa.own_notes import Level


def test_a_text_keeps_its_lines_and_nothing_around_them():
    assert drafts.checked_text("\r\n a\r\nb\rc ") == "a\nb\nc"
    assert drafts.checked_text("x" * 2_000) == "x" * 2_000
    assert drafts.checked_text("שלום, Ωmega 🙂") == "שלום, Ωmega 🙂"


@pytest.mark.parametrize(
    "text", ["", "  \n ", "x" * 2_001, "x" * 10_000, None, 7, "a\tb", "a\0", "\ud800", "a\u202eb"]
)
def test_texts_that_do_not_fit(text):
    with pytest.raises(BadInput, match=r"^text is"):
        drafts.checked_text(text)


def test_sources_are_kept_once_in_their_order():
    found = drafts.checked_sources([" https://b.org/x?y#z ", "http://a.org", "https://b.org/x?y#z"])
    assert found == ("https://b.org/x?y#z", "http://a.org")
    assert drafts.checked_sources([]) == ()


@pytest.mark.parametrize(
    "source",
    [
        "",
        "example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https://a b.org",
        "https://user:pass@example.org",
        "https://example.org:port",
        "https://[::1",
        "https://example.org/\u202e",
        "https://example.org/" + "x" * 2_000,
        None,
    ],
)
def test_sources_that_do_not_fit(source):
    with pytest.raises(BadInput, match=r"^sources is"):
        drafts.checked_sources([source])


@pytest.mark.parametrize("sources", ["https://example.org", None, ["https://a.org"] * 11])
def test_lists_of_sources_that_do_not_fit(sources):
    with pytest.raises(BadInput, match=r"^sources is"):
        drafts.checked_sources(sources)


def test_names_are_put_in_their_order():
    reasons = ["misleadingSatire", "misleadingOther", "misleadingSatire"]
    found = drafts.checked_reasons(Classification.MISLEADING, reasons)
    assert found == ("misleadingOther", "misleadingSatire")
    assert drafts.checked_classification("NOT_MISLEADING") is Classification.NOT_MISLEADING
    assert drafts.checked_level("SOMEWHAT_HELPFUL") is Level.SOMEWHAT_HELPFUL


def test_names_that_do_not_fit():
    with pytest.raises(BadInput, match=r"^classification is 'DELETED': give one of MISINFORMED"):
        drafts.checked_classification("DELETED")
    with pytest.raises(BadInput, match=r"^reasons is 'misleadingOther': here fit notMisl"):
        drafts.checked_reasons(Classification.NOT_MISLEADING, ["misleadingOther"])
    with pytest.raises(BadInput, match=r"^level is 2: give one of NOT_HELPFUL"):
        drafts.checked_level(2)
    with pytest.raises(BadInput, match=r"^tags is 'helpfulClear': here fit notHelpfulOther"):
        drafts.checked_tags(Level.NOT_HELPFUL, ["helpfulClear"])
    with pytest.raises(BadInput, match=r"^tags is 'helpfulClear': give a list"):
        drafts.checked_tags(Level.HELPFUL, "helpfulClear")


@pytest.mark.parametrize("uri", ["", None, "at://" + "x" * 1_000, "at://\n"])
def test_uris_that_do_not_fit(uri):
    with pytest.raises(BadInput, match=r"^post is"):
        drafts.checked_uri(uri)
