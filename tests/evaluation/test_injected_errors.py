import json
import random
import subprocess
import sys

import pytest

from stoa.app.verifying import shipped_verifier
from stoa.ask_records import Claim, Verdict
from stoa.evaluation.draft_documents import documents
from stoa.evaluation.error_kinds import ErrorKind, injected
from stoa.evaluation.injected_errors import (
    DraftStudyConfig,
    Share,
    keep_all,
    keep_none,
    made_drafts,
    states_error,
    study_drafts,
)

SMALL = DraftStudyConfig(n_drafts=24, part="dev", n_town=8)


@pytest.mark.parametrize("part", ["dev", "final"])
def test_spans_of_the_documents_stand_and_claims_are_no_copies(part):
    for document in documents(part):
        assert document.claims
        for claim in document.claims:
            assert all(span.holds_in(document.source) for span in claim.cites)
            assert claim.text not in document.source.text


def test_no_document_is_in_both_parts():
    dev = {each.source.id for each in documents("dev")}
    assert not dev & {each.source.id for each in documents("final")}
    assert len(documents("final")) >= 10


def test_an_error_changes_its_sentence_and_each_kind_finds_a_place():
    places = dict.fromkeys(ErrorKind, 0)
    for document in documents("dev"):
        for claim in document.claims:
            for kind in ErrorKind:
                made = injected(
                    claim.text, kind, document.source.text, ["Karl Benn"], random.Random(1)
                )
                if made is not None:
                    places[kind] += 1
    assert min(places.values()) >= 10


def test_the_trivial_ways_score_what_they_must():
    drafts = made_drafts(SMALL)
    wrong = [(draft, line) for draft in drafts for line in draft.lines if line.kind]
    assert all(states_error(line, keep_all(draft)) for draft, line in wrong)
    assert not any(states_error(line, keep_none(draft)) for draft, line in wrong)
    assert len({line.kind for _, line in wrong}) == 4


def test_an_error_kept_in_a_longer_claim_still_counts():
    draft = next(each for each in made_drafts(SMALL) if any(line.kind for line in each.lines))
    line = next(line for line in draft.lines if line.kind)
    said = Claim(f"@a says: {line.sentence.text}", line.sentence.cites, Verdict.ATTRIBUTED)
    assert states_error(line, [said])


def test_the_loop_removes_errors_and_keeps_what_the_verifier_alone_would_drop():
    report = study_drafts(shipped_verifier(), SMALL)
    loop, alone = report["loop"], report["verifier alone"]
    assert loop["errors_removed"].share >= 0.9
    assert loop["true_lost"].share <= 0.05 < alone["true_lost"].share
    assert loop["true_in_own_words"].share >= 0.6


def test_the_same_seed_makes_the_same_drafts():
    assert made_drafts(SMALL) == made_drafts(SMALL)


def test_wilson_intervals_hold_their_share():
    one = Share.of(0, 20)
    assert one.low == 0
    assert 0.1 < one.high < 0.2  # Wilson 1927: 0.161
    assert Share.of(19, 20).low < 0.95 < Share.of(19, 20).high


@pytest.mark.slow
def test_the_command_prints_one_object():
    command = [sys.executable, "-m", "stoa.cli", "ask", "evaluate", "drafts", "--n", "10"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    assert report["drafts"] == 10
    assert {"loop", "keep all", "keep none", "quote all", "verifier alone"} <= report.keys()
