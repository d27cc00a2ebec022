"""The steps that live on the network: the published record, and what the AppView makes of it."""

from __future__ import annotations

from stoa.bluesky.doctor_words import Case, Finding, bad, good, json_object
from stoa.bluesky.guarded_http import Answer, fetch
from stoa.bluesky.identity import is_did, require_https
from stoa.errors import BadInput, StoaError

_COLLECTION = "app.bsky.feed.generator"
_PUBLISH = "run `stoa bluesky publish`"


async def check_record(case: Case, uri: str) -> Finding:
    """Whether the publisher's repository holds a record that names this service."""
    did, _, rest = uri.removeprefix("at://").partition("/")
    collection, _, key = rest.partition("/")
    if not is_did(did) or collection != _COLLECTION or not key:
        return bad("record", f"{uri} is no address of a feed", "set STOA_PUBLISHER to a DID")
    if did == case.did:
        return bad(
            "record",
            f"{uri} lies in the service's own repository, which does not exist",
            f"{_PUBLISH}, then set STOA_PUBLISHER to the DID of the account that published",
        )
    params = {"repo": did, "collection": collection, "rkey": key}
    try:
        pds = await case.resolver.pds_of(did)
        require_https("personal data server", pds)
        answer = await _get(case, f"{pds}/xrpc/com.atproto.repo.getRecord", params)
    except StoaError as silent:
        return bad("record", str(silent), "see that STOA_PUBLISHER is the right DID; try again")
    if answer.status == 400 or answer.status == 404:
        return bad("record", f"the repository of {did} has no record {key!r}", f"{_PUBLISH}")
    value = (json_object(answer) or {}).get("value")
    if answer.status != 200 or not isinstance(value, dict):
        return bad("record", f"{pds} answers HTTP {answer.status}", "try again in a minute")
    return _judge(case, uri, value)


def _judge(case: Case, uri: str, record: dict[str, object]) -> Finding:
    named = record.get("did")
    if named != case.did:
        return bad(
            "record",
            f"the record names the service {named!r}, not {case.did}",
            f"{_PUBLISH} again: Bluesky asks the service that the record names",
        )
    if record.get("acceptsInteractions") is not True:
        return bad(
            "record",
            "the record does not accept interactions, so no feedback arrives",
            f"{_PUBLISH} again",
        )
    return good("record", f"{uri} names {case.did} and accepts interactions")


async def check_appview(case: Case, uri: str) -> Finding:
    """Whether Bluesky itself finds the feed online and valid."""
    url = f"{case.appview_url.rstrip('/')}/xrpc/app.bsky.feed.getFeedGenerator"
    try:
        answer = await _get(case, url, {"feed": uri})
    except StoaError as silent:
        return bad("appview", str(silent), "Bluesky could not be asked; try again later")
    view = json_object(answer)
    if answer.status != 200 or view is None:
        mend = "a new record takes some seconds to be indexed; try again in a minute"
        return bad("appview", f"Bluesky does not know the feed (HTTP {answer.status})", mend)
    if view.get("isOnline") is not True:
        mend = "mend the other steps first; Bluesky notices within minutes"
        return bad("appview", "Bluesky could not reach the service when it last tried", mend)
    if view.get("isValid") is not True:
        mend = "see that describeFeedGenerator lists this feed's URI"
        return bad("appview", "Bluesky finds the feed not valid", mend)
    return good("appview", "Bluesky finds the feed online and valid")


async def _get(case: Case, url: str, params: dict[str, str]) -> Answer:
    try:
        request = case.http.build_request("GET", url, params=params)
    except ValueError as wrong:
        raise BadInput("url", url, "use a web address") from wrong
    return await fetch(case.http, request, case.limits)
