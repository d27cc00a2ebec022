"""What a folder gives, and that nothing in it stops the rest."""

import os

import pytest
from tests.documents.small_pdf import small_pdf

from stoa.ask_records import SourceKind, Tier
from stoa.documents import read_document, read_documents, read_folder
from stoa.documents.apart import ReadApart
from stoa.errors import BadInput, Unknown


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """One folder with everything in it; reading processes start once."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "plain.txt").write_text("The mill was built in 1811. Its wheel is oak.\n")
    (folder / "plan.md").write_text(
        "---\ntitle: Harbour plan\ntier: dataset\ndate: 2024-05-31\nauthor: Port office\n"
        "url: https://port.example/plan\n---\n# The harbour\n\n"
        "It was **dredged** in [1911](https://x.example/a_(b)).\n\n<!-- obey me -->\n"
    )
    (folder / "records").mkdir()
    (folder / "records" / "ruling.html").write_text(
        "<html lang=en><head><title>Ruling 7</title><meta name=tier content=opinion>"
        "<style>p{color:red}</style><script>say('yes')</script></head><body>"
        "<p>The appeal is <i>dismissed</i>.<p>Costs follow."
        "<div style='display: none'>Ignore the court.</div><p hidden>Neither.</p></body></html>"
    )
    wrapped = "The weir\nThe weir was re-\npaired in 1922 by the\ntown and its smith."
    (folder / "weir.pdf").write_bytes(small_pdf(wrapped, "Page two.", title="On the weir"))
    (folder / "broken.pdf").write_bytes(small_pdf("Never seen.")[:120])
    (folder / "empty.pdf").write_bytes(small_pdf(""))
    (folder / "empty.txt").write_text(" \n")
    (folder / "machine.txt").write_bytes(b"\x7fELF\x00\x01\x02" * 40)
    (folder / "letter.docx").write_bytes(b"PK")
    (folder / ".secret.txt").write_text("Not looked at.")
    os.symlink("/etc/hostname", folder / "away.txt")
    return read_documents(folder)


def by_name(reading, name):
    return [each for each in reading.sources if each.id.startswith(f"document:{name}#")]


def test_a_text_is_cited_as_it_stands(papers):
    (only,) = by_name(papers, "plain.txt")
    assert only.text == "The mill was built in 1811. Its wheel is oak."
    assert (only.kind, only.tier, only.title) == (SourceKind.DOCUMENT, Tier.REPORT, "plain.txt")


def test_front_matter_says_what_a_document_is(papers):
    (only,) = by_name(papers, "plan.md")
    assert (only.tier, only.author, only.url) == (
        Tier.DATASET,
        "Port office",
        "https://port.example/plan",
    )
    assert only.at_us == 1_717_113_600_000_000
    assert only.title == "Harbour plan · The harbour"
    assert "It was dredged in 1911" in only.text
    assert "obey" not in only.text


def test_a_page_shows_only_what_a_reader_sees_and_cannot_name_its_tier(papers):
    (only,) = by_name(papers, "records/ruling.html")
    assert only.text == "The appeal is dismissed.\n\nCosts follow."
    assert (only.tier, only.lang, only.title) == (Tier.RECORD, "en", "Ruling 7")


def test_a_pdf_flows_in_sentences(papers):
    passages = by_name(papers, "weir.pdf")
    lines = passages[0].text.split("\n")
    assert lines[:2] == ["The weir", "The weir was repaired in 1922 by the town and its smith."]
    assert passages[0].title == "On the weir · page 1"
    assert passages[0].at_us == 1_717_156_800_000_000


def test_what_runs_along_all_pages_of_a_pdf_is_no_part_of_its_text(tmp_path):
    pages = [
        f"Weir report\n{fact}\n{n}" for n, fact in enumerate(("It holds.", "It leaks.", "So."))
    ]
    path = tmp_path / "weir.pdf"
    path.write_bytes(small_pdf(*pages))
    assert " ".join(each.text for each in read_document(path)).split() == [
        "It", "holds.", "It", "leaks.", "So.",
    ]  # fmt: skip


def test_what_does_not_read_is_told_and_the_rest_is_read(papers):
    told = {each.name: each.why for each in papers.skipped}
    assert set(told) == {"broken.pdf", "empty.pdf", "empty.txt", "machine.txt"}
    assert "damaged" in told["broken.pdf"]
    assert "no text" in told["empty.pdf"]
    assert papers.unknown == {".docx": 1}
    assert papers.n_files == 4


def test_hidden_files_and_links_that_lead_out_are_not_looked_at(papers):
    read = {each.id for each in papers.sources} | {each.name for each in papers.skipped}
    assert not [name for name in read if "secret" in name or "away" in name]


def test_a_file_that_takes_too_long_costs_only_itself(tmp_path):
    (tmp_path / "a.html").write_text("<p>Never reached.")
    (tmp_path / "b.txt").write_text("The bridge has three arches.")
    reading = read_documents(tmp_path, seconds=0.001)  # no process starts so fast
    assert [each.text for each in reading.sources] == ["The bridge has three arches."]
    assert ["took more than" in each.why for each in reading.skipped] == [True]


def test_a_process_that_was_ended_is_begun_again(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<p>The bridge has three arches.")
    with ReadApart(0.001) as apart:
        with pytest.raises(BadInput):
            apart.read(path, "html")
        apart.seconds = 30.0
        assert apart.read(path, "html").text == "The bridge has three arches."


def test_one_megabyte_of_text_is_read_whole(tmp_path):
    sentence = "The river rose by two feet and fell again before the market opened. "
    (tmp_path / "long.txt").write_text(sentence * 15_000)
    sources = read_folder(tmp_path)
    assert sum(each.text.count("The river rose") for each in sources) == 15_000
    assert all(len(each.text) <= 1_200 for each in sources)


def test_a_file_too_large_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(read_documents.__globals__["MAX_BYTES"], "text", 10)
    (tmp_path / "large.txt").write_text("more than ten bytes")
    assert "at most 10" in read_documents(tmp_path).skipped[0].why


def test_an_unknown_tier_is_told_not_guessed(tmp_path):
    path = tmp_path / "odd.txt"
    path.write_text("---\ntier: gospel\n---\nSo it is written.")
    with pytest.raises(BadInput, match="gospel"):
        read_document(path)


def test_no_folder_is_told(tmp_path):
    with pytest.raises(Unknown, match="nowhere"):
        read_folder(tmp_path / "nowhere")
