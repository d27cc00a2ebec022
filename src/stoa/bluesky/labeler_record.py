"""The record that makes an account a labeler: what its labels are called and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stoa.bluesky.identity import DidResolver, is_did, network_client
from stoa.bluesky.publish import Credentials, sign_in
from stoa.bluesky.syntax import POST
from stoa.errors import BadInput
from stoa.own_labels import CONTEXT_PROPOSED, READERS_ADDED_CONTEXT, VALUES

COLLECTION, RECORD_KEY = "app.bsky.labeler.service", "self"
_KEPT_FIELDS = ("createdAt", "labels")


@dataclass(frozen=True, slots=True)
class PublishedLabeler:
    """What was published."""

    did: str
    uri: str
    cid: str
    page: str  # address in the app, where readers subscribe


def labeler_record(notes_host: str, created_at: str) -> dict[str, object]:
    """The record; `notes_host` is where the notes themselves are read."""
    shown = (
        "People who usually disagree found a note on this post helpful. "
        f"Read it, and what it rests on, at {notes_host}."
    )
    proposed = (
        "Somebody wrote a note on this post, and it awaits ratings. "
        f"Read and rate it at {notes_host}."
    )
    return {
        "$type": COLLECTION,
        "policies": {
            "labelValues": list(VALUES),
            "labelValueDefinitions": [
                _definition(READERS_ADDED_CONTEXT, "warn", "Readers added context", shown),
                _definition(CONTEXT_PROPOSED, "ignore", "Note proposed", proposed),
            ],
        },
        "subjectTypes": ["record"],
        "subjectCollections": [POST],
        "reasonTypes": ["com.atproto.moderation.defs#reasonOther"],
        "createdAt": created_at,
    }


def _definition(value: str, setting: str, name: str, description: str) -> dict[str, object]:
    return {
        "identifier": value,
        "severity": "inform",
        "blurs": "none",
        "defaultSetting": setting,
        "adultOnly": False,
        "locales": [{"lang": "en", "name": name, "description": description}],
    }


async def publish_labeler(
    credentials: Credentials,
    *,
    resolver: DidResolver,
    notes_host: str,
    created_at: str,
    expected_did: str = "",
) -> PublishedLabeler:
    """Writes the record into the labeler account's repository; again changes it.

    Args:
        credentials: the labeler account's handle and one of its app passwords.
        resolver: finds the account's own server.
        notes_host: host name where notes are read; it stands in the descriptions.
        created_at: RFC 3339 time for a first publication.
        expected_did: whose labels this square signs, when that is known.

    Raises:
        BadInput: the account is another than the one whose labels are signed here.
        NotAllowed: the server refused the password.
        Unreachable: a server did not answer as it should.
    """
    who = credentials.handle.strip()
    did = who if is_did(who) else await resolver.resolve_handle(who)
    if expected_did and did != expected_did:
        mend = f"it is {did}, and this square signs as {expected_did}: mend STOA_LABELER_DID"
        raise BadInput("handle", who, mend)
    async with network_client() as http:
        repository = await sign_in(http, credentials, resolver)
        try:
            present = await repository.get(COLLECTION, RECORD_KEY)
            record = labeler_record(notes_host, created_at) | _kept(present)
            uri, cid = await repository.put(COLLECTION, RECORD_KEY, record)
        finally:
            await repository.close()
    return PublishedLabeler(did, uri, cid, f"https://bsky.app/profile/{did}")


def _kept(present: Mapping[str, object]) -> dict[str, object]:
    return {name: present[name] for name in _KEPT_FIELDS if name in present}
