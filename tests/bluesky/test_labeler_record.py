"""The labeler's record goes into its own account, and says what the network wants of it."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import FakeAccount, Reply, serving
from tests.bluesky.test_publish import CREDENTIALS, DID, NOW, PASSWORD, FakeNetwork, resolving

from stoa.bluesky.graphemes import count_graphemes
from stoa.bluesky.labeler_record import labeler_record, publish_labeler
from stoa.errors import BadInput, NotAllowed

COLLECTION = "app.bsky.labeler.service"


class LabelerNetwork(FakeNetwork):
    def _putRecord(self, request):
        body = request.json()
        assert (body["repo"], body["collection"], body["rkey"]) == (DID, COLLECTION, "self")
        self.records["self"] = body["record"]
        return Reply.of({"uri": f"at://{DID}/{COLLECTION}/self", "cid": "bafy1"})


@pytest.fixture
def network():
    return LabelerNetwork()


async def run(network, credentials=CREDENTIALS, expected_did=""):
    with serving(network.answer) as server:
        network.plc.add(FakeAccount(DID, pds=server.url))
        async with resolving(server) as resolver:
            return await publish_labeler(
                credentials,
                resolver=resolver,
                notes_host="notes.example.com",
                created_at=NOW,
                expected_did=expected_did,
            )


async def test_it_writes_the_record_and_closes_the_session(network):
    published = await run(network, expected_did=DID)
    assert published.uri == f"at://{DID}/{COLLECTION}/self"
    assert published.did == DID
    assert network.open_sessions == set()
    record = network.records["self"]
    assert record == labeler_record("notes.example.com", NOW)
    assert record["policies"]["labelValues"] == ["readers-added-context", "context-proposed"]
    settings = [d["defaultSetting"] for d in record["policies"]["labelValueDefinitions"]]
    assert settings == ["warn", "ignore"]
    assert PASSWORD not in repr(published)


async def test_the_record_is_valid_in_the_official_models(network):
    atproto = pytest.importorskip("atproto", reason="the peers group is not installed")
    await run(network)
    models = atproto.models
    record = models.get_or_create(
        network.records["self"], models.AppBskyLabelerService.Record, strict_string_format=True
    )
    assert record.policies.label_value_definitions[0].severity == "inform"
    assert record.subject_collections == ["app.bsky.feed.post"]


async def test_writing_again_keeps_its_age_and_what_the_operator_added(network):
    old = {"createdAt": "2025-01-01T00:00:00.000Z", "labels": {"values": []}, "policies": {}}
    network.records["self"] = old
    await run(network)
    record = network.records["self"]
    assert record["createdAt"] == old["createdAt"]
    assert record["labels"] == old["labels"]
    assert record["policies"]["labelValues"]


async def test_another_account_than_the_one_signed_for_is_refused_before_the_password(network):
    with pytest.raises(BadInput, match="STOA_LABELER_DID"):
        await run(network, expected_did="did:plc:" + "z" * 24)
    assert network.n_sessions == 0


async def test_a_wrong_password_is_told_without_it(network):
    with pytest.raises(NotAllowed) as refused:
        await run(network, replace(CREDENTIALS, password="wrong-password"))
    assert "wrong-password" not in str(refused.value)
    assert network.records == {}


def test_words_fit_the_schema():
    for definition in labeler_record("h" * 253, NOW)["policies"]["labelValueDefinitions"]:
        (words,) = definition["locales"]
        assert count_graphemes(words["name"]) <= 64
        assert len(words["description"]) <= 10_000
