"""Messages and their links read as rows, and what does not read is named with its line."""

import gzip
import json

import pytest

from stoa.errors import BadTable
from stoa.tables.thread_files import read_threads

MESSAGES = [
    ("a", 0, "[12:18] <ann> who broke the build?"),
    ("a", 1, "[12:19] <bob> ann: not me"),
    ("a", 2, "[12:19] * cid looks away"),
    ("b", 0, "=== dee joined"),
    ("b", 1, "[00:01] <dee> hello"),
]
LINKS = [("a", 0, 0), ("a", 0, 1), ("a", 2, 1), ("b", 0, 1)]


def write(folder, messages=MESSAGES, links=LINKS, pack=False):
    text = "".join(json.dumps({"doc": d, "i": i, "text": t}) + "\n" for d, i, t in messages)
    tied = "".join("\t".join(map(str, link)) + "\n" for link in links)
    for name, body in (("dev_messages.jsonl", text), ("dev_links.tsv", tied)):
        if pack:
            (folder / f"{name}.gz").write_bytes(gzip.compress(body.encode()))
        else:
            (folder / name).write_text(body)


@pytest.mark.parametrize("pack", [False, True])
def test_messages_links_and_names_are_read(tmp_path, pack):
    write(tmp_path, pack=pack)
    found = read_threads(tmp_path, "dev")
    assert found.text[1] == "<bob> ann: not me"
    assert found.nick == ["ann", "bob", "cid", "dee", "dee"]
    assert found.start.tolist() == [0, 0, 0, 3, 3]
    pairs = list(zip(found.answered.tolist(), found.answering.tolist(), strict=True))
    assert sorted(pairs) == [(0, 1), (1, 2), (3, 4)]


def test_only_so_many_documents_are_read(tmp_path):
    write(tmp_path)
    found = read_threads(tmp_path, "dev", most_documents=1)
    assert len(found.text) == 3
    assert found.answering.max() < 3


@pytest.mark.parametrize(
    ("messages", "links", "named"),
    [
        (MESSAGES, [("a", 0, 99)], "dev_links.tsv, line 1"),
        (MESSAGES, [("a", 0, 1), ("a", "x", 1)], "dev_links.tsv, line 2"),
        ([("a", "0", "hi")], [], "dev_messages.jsonl, line 1"),
    ],
)
def test_what_does_not_read_is_named(tmp_path, messages, links, named):
    write(tmp_path, messages, links)
    with pytest.raises(BadTable, match=named):
        read_threads(tmp_path, "dev")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadTable, match=r"dev_messages\.jsonl"):
        read_threads(tmp_path, "dev")
