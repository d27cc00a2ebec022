"""Accounts whose posts are more than opinions, as the operator lists them."""

import pytest
from tests.app.test_asking import START_US, StandingClock, did, post, uri

from stoa.app.account_tiers import read_account_tiers
from stoa.app.ask_room import open_ask
from stoa.app.asking import square_evidence
from stoa.app.rooms import open_rooms
from stoa.ask_records import Question, Tier, Verdict
from stoa.errors import BadInput
from stoa.records import Batch, Identity
from stoa.settings import Settings

COUNCIL, RUMOUR = "The Orn bridge opened in 1911.", "The Orn bridge opened in 1913."


@pytest.fixture
def rooms():
    opened = open_rooms(None, StandingClock())
    opened.intake.take(Batch((post("council", 1, COUNCIL), post("bob", 2, RUMOUR))))
    yield opened
    opened.close()


def listed(tmp_path, text):
    file = tmp_path / "tiers.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_names_tiers_and_their_accounts(tmp_path):
    text = 'record = ["did:web:council.example"]\nfirst-hand = ["did:plc:ana", "ben"]\n'
    assert read_account_tiers(listed(tmp_path, text)) == {
        "did:web:council.example": Tier.RECORD,
        "did:plc:ana": Tier.FIRST_HAND,
        "ben": Tier.FIRST_HAND,
    }
    assert read_account_tiers(None) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('record = ["council.example"]', "DID"),
        ('record = ["@council"]', "DID"),
        ('opinion = ["did:plc:ana"]', "opinion anyway"),
        ('famous = ["did:plc:ana"]', "record"),
        ('record = "did:plc:ana"', "write lines"),
        ("record = [7]", "write lines"),
        ('record = ["did:plc:ana"]\nreport = ["did:plc:ana"]', "once"),
        ("record = [", "mend that file"),
    ],
)
def test_a_list_that_does_not_hold_is_refused(tmp_path, text, says):
    with pytest.raises(BadInput, match=says):
        read_account_tiers(listed(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match="mend that file"):
        read_account_tiers(tmp_path / "none.toml")


def test_only_a_listed_account_is_more_than_an_opinion(rooms):
    # The other takes the name and the handle of the listed one; its id it cannot take.
    rooms.intake.take(
        Batch(
            (
                Identity(did("council"), START_US, handle="council.example"),
                Identity(did("bob"), START_US, handle="council.example"),
            )
        )
    )
    finder = square_evidence(rooms, {did("council"): Tier.RECORD})
    found = {each.id: each.tier for each in finder.by_id([uri("council", 1), uri("bob", 2)])}
    assert found == {uri("council", 1): Tier.RECORD, uri("bob", 2): Tier.OPINION}
    plain = square_evidence(rooms).by_id([uri("council", 1)])
    assert [each.tier for each in plain] == [Tier.OPINION]


def test_passing_on_is_no_word_of_ones_own(rooms):
    passed = post("council", 3, "this!", quote_uri=uri("bob", 2))
    rooms.intake.take(Batch((passed,)))
    finder = square_evidence(rooms, {did("council"): Tier.RECORD})
    (found,) = finder.by_id([uri("council", 3)])
    assert found.tier is Tier.OPINION


async def test_a_listed_record_leads_and_refutes_and_an_unlisted_one_does_not(rooms, tmp_path):
    asked = Question("When did the Orn bridge open?")
    settings = Settings(account_tiers=listed(tmp_path, f'record = ["{did("council")}"]'))
    answer = await open_ask(rooms, settings).answer(asked)
    verdicts = {claim.text: claim.verdict for claim in answer.claims}
    assert answer.claims[0].text == COUNCIL
    assert verdicts[RUMOUR] is Verdict.REFUTED
    plain = await open_ask(rooms, Settings()).answer(asked)
    assert {claim.verdict for claim in plain.claims} == {Verdict.DISPUTED}
