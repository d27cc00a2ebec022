"""The steps that the service itself answers: identity, description, pages, tokens, feedback."""

from __future__ import annotations

from stoa.bluesky.doctor_words import Case, Finding, ask, bad, good, json_object, not_ok
from stoa.bluesky.guarded_http import Answer
from stoa.errors import StoaError

_DID_PATH = "/.well-known/did.json"
_DESCRIBE = "/xrpc/app.bsky.feed.describeFeedGenerator"
_SKELETON = "/xrpc/app.bsky.feed.getFeedSkeleton"
_INTERACTIONS = "/xrpc/app.bsky.feed.sendInteractions"
_SLOW_S = 3.0  # Bluesky gives up at 10 s; a page that takes this long will fail under load
_FEW = 3
_OWN = "serve the square's own answer here; something else answers in its place"


async def check_did_document(case: Case) -> list[Finding]:
    """Whether the host says who it is, and where its feed generator is."""
    answer = await ask(case, _DID_PATH)
    wrong = not_ok("did", _DID_PATH, answer)
    if wrong is not None or isinstance(answer, str):
        return [wrong] if wrong else []
    document = json_object(answer)
    if document is None:
        return [bad("did", f"{_DID_PATH} is no JSON object", _OWN)]
    identity = document.get("id")
    if isinstance(identity, str) and identity.startswith("did:plc:"):
        mend = f"its id must be {case.did}; a did:plc belongs into STOA_PUBLISHER"
        return [bad("did", f"{_DID_PATH} has the id {identity}", mend)]
    if identity != case.did:
        mend = f"set STOA_HOSTNAME to {case.host} and start again"
        return [bad("did", f"{_DID_PATH} has the id {identity!r}, not {case.did}", mend)]
    return [good("did", f"{_DID_PATH} says {case.did}"), _service(case, document)]


def _service(case: Case, document: dict[str, object]) -> Finding:
    listed = document.get("service")
    services = (
        [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    )
    ids = ("#bsky_fg", f"{case.did}#bsky_fg")
    service = next((entry for entry in services if entry.get("id") in ids), None)
    if service is None:
        seen = ", ".join(str(entry.get("id")) for entry in services) or "none"
        return bad("service", f"no service #bsky_fg in the DID document ({seen})", _OWN)
    if service.get("type") != "BskyFeedGenerator":
        what = f"the service has the type {service.get('type')!r}, not BskyFeedGenerator"
        return bad("service", what, _OWN)
    endpoint = service.get("serviceEndpoint")
    if endpoint != f"https://{case.host}":
        mend = f"it must be exactly https://{case.host}, without path or final slash"
        return bad("service", f"the service's endpoint is {endpoint!r}", mend)
    return good("service", f"#bsky_fg leads to {endpoint}")


async def check_description(case: Case, feed_uri: str | None) -> tuple[Finding, str | None]:
    """Whether the service lists its feed; also the feed's URI, when there is one."""
    answer = await ask(case, _DESCRIBE)
    wrong = not_ok("describe", _DESCRIBE, answer)
    if wrong is not None or isinstance(answer, str):
        return wrong or bad("describe", str(answer), _OWN), feed_uri
    described = json_object(answer)
    if described is None:
        return bad("describe", f"{_DESCRIBE} is no JSON object", _OWN), feed_uri
    if "body" in described and "feeds" not in described:
        mend = "answer with the body itself, not wrapped in encoding and body"
        return bad("describe", "the description is wrapped", mend), feed_uri
    uris = _feed_uris(described)
    if described.get("did") != case.did:
        what = f"the description names {described.get('did')!r}, not {case.did}"
        return bad("describe", what, f"set STOA_HOSTNAME to {case.host}"), feed_uri or _first(uris)
    if not uris:
        return bad("describe", "the description lists no feed", "set STOA_PUBLISHER"), feed_uri
    if feed_uri is not None and feed_uri not in uris:
        mend = "set STOA_PUBLISHER and STOA_FEED_NAME to those of the published record"
        return bad("describe", f"the service offers {uris[0]}, not {feed_uri}", mend), feed_uri
    return good("describe", f"the service offers {feed_uri or uris[0]}"), feed_uri or uris[0]


def _feed_uris(described: dict[str, object]) -> list[str]:
    feeds = described.get("feeds")
    uris = [f.get("uri") for f in feeds if isinstance(f, dict)] if isinstance(feeds, list) else []
    return [uri for uri in uris if isinstance(uri, str)]


def _first(uris: list[str]) -> str | None:
    return uris[0] if uris else None


async def check_skeleton(case: Case, uri: str) -> list[Finding]:
    """Whether pages are what Bluesky expects of them."""
    began_s = case.stopwatch()
    first = await _page(case, uri, limit=_FEW)
    took_s = case.stopwatch() - began_s
    if isinstance(first, Finding):
        return [first]
    posts, cursor = first
    if not posts:
        mend = "let the square read some events first; see `stoa status`"
        return [bad("skeleton", "the feed is empty", mend)]
    findings = [
        bad("skeleton", f"a page takes {took_s:.1f} s", "Bluesky gives up at 10 s: see /metrics")
        if took_s > _SLOW_S
        else good("skeleton", f"a page of {len(posts)} posts for somebody logged out")
    ]
    findings.append(
        bad(
            "limit", f"{len(posts)} posts where {_FEW} were asked for", "obey `limit`: more is lost"
        )
        if len(posts) > _FEW
        else good("limit", "pages obey their limit")
    )
    findings.append(await _check_cursor(case, uri, posts, cursor))
    findings.append(await _check_unknown(case, uri))
    return findings


async def _page(
    case: Case, uri: str, *, limit: int, cursor: str | None = None
) -> tuple[list[str], str | None] | Finding:
    params = {"feed": uri, "limit": str(limit)} | ({"cursor": cursor} if cursor else {})
    answer = await ask(case, _SKELETON, params)
    if isinstance(answer, Answer) and answer.status in (401, 403):
        mend = "answer people who are logged out with a page that is not personal"
        return bad("skeleton", f"a page without token is refused ({answer.status})", mend)
    if isinstance(answer, Answer) and answer.status == 400:
        mend = "see that STOA_PUBLISHER and STOA_FEED_NAME are those of the published record"
        return bad("skeleton", f"the service refuses its own feed {uri}", mend)
    wrong = not_ok("skeleton", _SKELETON, answer)
    if wrong is not None or isinstance(answer, str):
        return wrong or bad("skeleton", str(answer), _OWN)
    page = json_object(answer) or {}
    posts, after = page.get("feed"), page.get("cursor")
    if not isinstance(posts, list):
        return bad("skeleton", "the page has no list `feed`", _OWN)
    uris = [entry.get("post") if isinstance(entry, dict) else None for entry in posts]
    if not all(isinstance(post, str) and post.startswith("at://") for post in uris):
        return bad("skeleton", "the page lists something that is no post", _OWN)
    return [str(post) for post in uris], after if isinstance(after, str) else None


async def _check_cursor(case: Case, uri: str, posts: list[str], cursor: str | None) -> Finding:
    if cursor is None:
        return good("cursor", "the feed ends after its first page")
    second = await _page(case, uri, limit=_FEW, cursor=cursor)
    if isinstance(second, Finding):
        return bad("cursor", f"the second page fails: {second.what}", second.mend)
    again, after = second
    if after == cursor:
        mend = "give another cursor with every page: an equal one ends the feed"
        return bad("cursor", "the cursor does not move", mend)
    repeated = set(posts) & set(again)
    if repeated:
        mend = "let the cursor say what was served"
        return bad("cursor", f"the second page repeats {min(repeated)}", mend)
    return good("cursor", "the second page goes on where the first ended")


async def _check_unknown(case: Case, uri: str) -> Finding:
    answer = await ask(case, _SKELETON, {"feed": f"{uri}-no-such-feed", "limit": "1"})
    if isinstance(answer, str):
        return bad("unknown_feed", answer, "see that the service runs")
    named = (json_object(answer) or {}).get("error")
    if answer.status == 400 and named == "UnknownFeed":
        return good("unknown_feed", "an unknown feed is refused by name")
    what = f"an unknown feed is answered with HTTP {answer.status} {named or ''}".rstrip()
    return bad("unknown_feed", what, 'answer 400 {"error":"UnknownFeed"}')


async def check_token(case: Case, uri: str) -> Finding:
    """Whether a token that does not verify still gets a page."""
    params = {"feed": uri, "limit": str(_FEW)}
    answer = await ask(case, _SKELETON, params, {"Authorization": "Bearer not.a.token"})
    if isinstance(answer, Answer) and answer.status == 200 and json_object(answer):
        return good("token", "a token that does not verify gets the page for everybody")
    what = answer if isinstance(answer, str) else f"a bad token is answered HTTP {answer.status}"
    mend = "answer with the page for everybody: some servers send tokens that cannot verify"
    return bad("token", what, mend)


async def check_interactions(case: Case, uri: str) -> Finding:
    """Whether feedback is taken in, and only with a token."""
    body = b'{"interactions":[]}'
    try:
        answer = await case.guarded.post(case.base_url + _INTERACTIONS, body, limits=case.limits)
    except StoaError as silent:
        return bad("interactions", str(silent), "see that the service runs")
    named = (json_object(answer) or {}).get("error")
    if answer.status == 401 and named == "AuthenticationRequired":
        return good("interactions", "feedback without token is refused")
    if answer.status == 401:
        mend = 'the square answers {"error":"AuthenticationRequired"}: let it answer, not the proxy'
        return bad("interactions", "something before the square asks for a password", mend)
    if answer.status == 200:
        mend = "verify the token: anybody could write into anybody's history"
        return bad("interactions", "feedback without token is accepted", mend)
    mend = "let the proxy forward POST /xrpc/* to the square"
    return bad("interactions", f"feedback is answered with HTTP {answer.status}", mend)
