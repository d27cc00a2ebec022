"""Finding passages, and several finders as one."""

import numpy as np
import pytest

from stoa.ask.document_evidence import DocumentEvidence, JoinedEvidence
from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask_ports import EvidenceFinder, KnowsViewpoints
from stoa.ask_records import Source, SourceKind, Tier
from stoa.encoders.hashed import HashedEncoder
from stoa.lexical import TantivyIndex


def paper(n, text, title="", at_us=0):
    return Source(f"document:a.txt#{n}", SourceKind.DOCUMENT, text, Tier.RECORD, title, at_us=at_us)


MILL = paper(1, "It was built in 1811 by Ada Reed.", "The mill of Hallow")
WEIR = paper(2, "The weir of Hallow must be removed.", at_us=100)
FERRY = paper(3, "The ferry sank in the spring flood.", at_us=300)
PAPERS = [MILL, WEIR, FERRY]
POST = Source(
    "at://a/1", SourceKind.POST, "The weir of Hallow stays, I hear.", Tier.OPINION, author="a"
)
NOTE = Source(
    "note:1", SourceKind.NOTE, "The court ruled on the weir.", Tier.REPORT, about="at://a/1"
)


@pytest.fixture(params=["words", "words and vectors"])
def finder(request):
    encoder = None if request.param == "words" else HashedEncoder(dim=512)
    return DocumentEvidence(PAPERS, TantivyIndex(), encoder)


def ids(found):
    return [source.id[-1] for source, _ in found]


def test_a_passage_is_found_by_its_words_and_by_its_title(finder):
    assert isinstance(finder, EvidenceFinder)
    assert ids(finder.candidates("Who removed the weir?", 5))[0] == "2"
    assert ids(finder.candidates("When was the mill built?", 5))[0] == "1"
    assert finder.candidates("saffron", 5) == []


def test_scores_fall_and_k_is_the_most(finder):
    found = finder.candidates("the weir, the mill and the ferry of Hallow", 2)
    assert len(found) == 2
    assert found[0][1] >= found[1][1] > 0


def test_a_window_leaves_out_what_is_dated_outside_it_and_keeps_what_has_no_date(finder):
    query = "the weir, the mill and the ferry of Hallow"
    assert set(ids(finder.candidates(query, 5, since_us=200))) == {"1", "3"}
    assert set(ids(finder.candidates(query, 5, until_us=200))) == {"1", "2"}


def test_sources_are_told_by_id_in_the_order_asked(finder):
    assert finder.by_id([FERRY.id, "document:b.txt#1", MILL.id]) == [FERRY, MILL]
    assert finder.notes_on([MILL.id]) == []


def test_no_documents_are_no_error():
    assert DocumentEvidence([], TantivyIndex(), HashedEncoder()).candidates("weir", 3) == []


def test_finders_are_joined_by_place_the_first_ahead():
    papers = DocumentEvidence(PAPERS, TantivyIndex())
    square = MemoryEvidence.of([POST, NOTE])
    joined = JoinedEvidence((papers, square))
    found = joined.candidates("Must the weir of Hallow be removed?", 10)
    assert [source for source, _ in found][:2] == [WEIR, POST]
    assert joined.by_id([POST.id, WEIR.id, "at://gone"]) == [POST, WEIR]
    assert joined.notes_on([POST.id]) == [NOTE]


def test_viewpoints_come_from_whoever_knows():
    class Knowing(MemoryEvidence):
        def viewpoints(self, sources):
            return np.array([0.4 if source.author == "a" else np.nan for source in sources])

    joined = JoinedEvidence((DocumentEvidence(PAPERS, TantivyIndex()), Knowing.of([POST])))
    assert isinstance(joined, KnowsViewpoints)
    told = joined.viewpoints([POST, MILL])
    assert told[0] == 0.4
    assert np.isnan(told[1])
