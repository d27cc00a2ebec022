"""The doctor's look at a labeler: its key, its address, its record, and both of its doors."""

from __future__ import annotations

import asyncio
import base64
import ssl

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from stoa.bluesky.dag_cbor import dag_cbor
from stoa.bluesky.did_document import DidDocument, read_document
from stoa.bluesky.doctor_words import Case, Finding, ask, bad, good, json_object, not_ok
from stoa.bluesky.guarded_http import Address, Lookup, fetch
from stoa.bluesky.identity import require_https
from stoa.bluesky.labels import read_label, verifies
from stoa.errors import BadInput, StoaError
from stoa.own_labels import VALUES

_QUERY = "/xrpc/com.atproto.label.queryLabels"
_STREAM = "/xrpc/com.atproto.label.subscribeLabels"
_DID_PATH = "/.well-known/did.json"
_RECORD = "app.bsky.labeler.service"
_PUBLISH = "run `stoa bluesky labeler publish`"
_KEY = "run `stoa bluesky labeler key` where the square runs, and put what it prints there"
_FUTURE = 10**17  # past the end of any sequence
_FIRST_FRAME = dag_cbor({"op": -1})
_MAX_FRAME = 1 << 20


async def check_labeler(
    case: Case, did: str, lookup: Lookup, context: ssl.SSLContext | None
) -> list[Finding]:
    """Findings label_key, label_service, label_record, labels, label_stream.

    Args:
        case: the service under examination.
        did: whose labels it gives.
        lookup: finds the service's addresses.
        context: what is trusted; None speaks plainly.
    """
    document = await _document(case, did)
    if isinstance(document, Finding):
        return [document]
    return [
        _check_key(did, document),
        _check_service(case, did, document),
        await _check_record(case, did, document),
        await _check_query(case, did, document),
        await _check_stream(case, lookup, context),
    ]


async def _document(case: Case, did: str) -> DidDocument | Finding:
    try:
        if did != case.did:
            return await case.resolver.resolve(did)
        answer = await ask(case, _DID_PATH)
        wrong = not_ok("label_key", _DID_PATH, answer)
        if wrong is not None or isinstance(answer, str):
            return wrong or bad("label_key", str(answer), "see that the service runs")
        return read_document(did, answer.body)
    except StoaError as silent:
        return bad("label_key", str(silent), "see that STOA_LABELER_DID is the right DID")


def _check_key(did: str, document: DidDocument) -> Finding:
    if document.label_key is None:
        return bad("label_key", f"the document of {did} has no key #atproto_label", _KEY)
    if document.label_key.algorithm != "ES256K":
        return bad("label_key", "the key #atproto_label is not of secp256k1", _KEY)
    return good("label_key", f"{did} has a key for labels")


def _check_service(case: Case, did: str, document: DidDocument) -> Finding:
    wanted = f"https://{case.host}"
    if document.labeler is None:
        what = f"the document of {did} has no service #atproto_labeler of type AtprotoLabeler"
        return bad("label_service", what, f"its endpoint must be {wanted}; {_KEY}")
    if document.labeler != wanted:
        what = f"#atproto_labeler leads to {document.labeler}"
        return bad("label_service", what, f"it must be exactly {wanted}")
    return good("label_service", f"#atproto_labeler leads to {wanted}")


async def _check_record(case: Case, did: str, document: DidDocument) -> Finding:
    if document.pds is None:
        mend = "use an account of its own for the labeler: Bluesky reads its record there"
        return bad("label_record", f"{did} has no repository", mend)
    params = {"repo": did, "collection": _RECORD, "rkey": "self"}
    try:
        require_https("personal data server", document.pds)
        url = f"{document.pds}/xrpc/com.atproto.repo.getRecord"
        request = case.http.build_request("GET", url, params=params)
        answer = await fetch(case.http, request, case.limits)
    except (StoaError, ValueError) as silent:
        return bad("label_record", str(silent), "try again in a minute")
    record = (json_object(answer) or {}).get("value")
    if answer.status != 200 or not isinstance(record, dict):
        return bad("label_record", f"the repository of {did} has no labeler record", _PUBLISH)
    policies = record.get("policies")
    values = policies.get("labelValues") if isinstance(policies, dict) else None
    missing = [value for value in VALUES if not isinstance(values, list) or value not in values]
    if missing:
        return bad("label_record", f"the record does not name {missing[0]!r}", f"{_PUBLISH} again")
    return good("label_record", "the record names both labels")


async def _check_query(case: Case, did: str, document: DidDocument) -> Finding:
    answer = await ask(case, _QUERY, {"uriPatterns": "*", "sources": did, "limit": "25"})
    if not isinstance(answer, str) and answer.status == 501:
        mend = f"set STOA_LABELER_DID={did} where the square runs, and start it again"
        return bad("labels", "the square has no labeler", mend)
    wrong = not_ok("labels", _QUERY, answer)
    if wrong is not None or isinstance(answer, str):
        return wrong or bad("labels", str(answer), "see that the service runs")
    listed = (json_object(answer) or {}).get("labels")
    if not isinstance(listed, list):
        return bad("labels", "queryLabels answers without a list `labels`", "see the square's log")
    for value in listed:
        label = read_label(value)
        if label is None or label.src != did:
            what = f"queryLabels gives something that is no label of {did}"
            return bad("labels", what, f"set STOA_LABELER_DID={did} where the square runs")
        if document.label_key is not None and not verifies(label, document.label_key):
            what = f"the label on {label.uri} does not verify with the key in the document"
            return bad("labels", what, _KEY)
    return good("labels", f"queryLabels answers, and every label verifies ({len(listed)})")


async def _check_stream(case: Case, lookup: Lookup, context: ssl.SSLContext | None) -> Finding:
    """Asks for a place past the end: a healthy stream ends at once in a FutureCursor."""
    scheme = "wss" if context is not None else "ws"
    port = int(case.base_url.rpartition(":")[2])
    url = f"{scheme}://{case.host}:{port}{_STREAM}?cursor={_FUTURE}"
    mend = "let the proxy forward WebSocket upgrades under /xrpc to the square"
    try:
        address = await _address(case.host, port, lookup)
        async with asyncio.timeout(case.limits.timeout_s):
            async with connect(
                url,
                host=str(address),
                port=port,
                ssl=context,
                server_hostname=case.host if context is not None else None,
                max_size=_MAX_FRAME,
                proxy=None,
            ) as socket:
                frame = await socket.recv()
    except (OSError, TimeoutError, UnicodeError, WebSocketException, StoaError) as silent:
        return bad("label_stream", f"subscribeLabels does not open: {silent}", mend)
    if not isinstance(frame, bytes) or not frame.startswith(_FIRST_FRAME):
        shown = base64.b64encode(frame[:12]).decode() if isinstance(frame, bytes) else "text"
        return bad("label_stream", f"subscribeLabels answers {shown} to a future cursor", mend)
    return good("label_stream", "subscribeLabels opens, and refuses a future cursor by name")


async def _address(host: str, port: int, lookup: Lookup) -> Address | str:
    if host == "localhost":
        return "127.0.0.1"
    found = await lookup(host, port)
    if not found:
        raise BadInput("host", host, "give a name that resolves")
    return min(found, key=lambda address: address.version)
