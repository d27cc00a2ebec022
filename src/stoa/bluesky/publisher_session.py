"""One session with the server that holds the publisher's repository."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2
import msgspec

from stoa.bluesky.guarded_http import Answer, FetchLimits, fetch
from stoa.errors import BadInput, NotAllowed, StoaError, Unreachable

_LIMITS = FetchLimits(timeout_s=10.0, max_bytes=1 << 20)
_Json = dict[str, object]


async def call(http: httpx2.AsyncClient, request: httpx2.Request) -> _Json:
    """Sends an XRPC request and reads its JSON object.

    Raises:
        NotAllowed: 401 or 403.
        BadInput: 400, with the server's own words.
        Unreachable: no answer, another status, or no JSON object.
    """
    method = request.url.path.rpartition("/")[2]
    answer = await fetch(http, request, _LIMITS)
    error, message = _error(answer)
    if answer.status in (401, 403):
        raise NotAllowed(f"{method} was refused: {message or error}")
    if answer.status == 429:
        raise Unreachable(f"{method}: the server asks to wait; try again in five minutes")
    if answer.status == 400:
        raise BadInput(method, error, message or "see the server's documentation")
    if answer.status != 200:
        raise Unreachable(f"{method}: HTTP {answer.status} {error} where 200 was expected")
    return _object(answer, method)


async def open_session(
    http: httpx2.AsyncClient, pds: str, did: str, password: str
) -> PublisherSession:
    """Signs in with an app password.

    Raises:
        NotAllowed: the server refused it.
        Unreachable: no usable answer, or a session for another account.
    """
    request = http.build_request(
        "POST",
        f"{pds}/xrpc/com.atproto.server.createSession",
        json={"identifier": did, "password": password},
    )
    try:
        session = await call(http, request)
    except (NotAllowed, BadInput) as refused:
        raise NotAllowed(
            f"{pds} refused the password; make an app password in the app's settings"
            " (Privacy and security, App passwords) and give that one"
        ) from refused
    access, refresh = session.get("accessJwt"), session.get("refreshJwt")
    if session.get("did") != did or not isinstance(access, str):
        raise Unreachable(f"{pds} opened a session for another account than {did}")
    return PublisherSession(http, pds, did, access, refresh if isinstance(refresh, str) else None)


class PublisherSession:
    """The records of one account, while the session lasts."""

    def __init__(
        self, http: httpx2.AsyncClient, pds: str, did: str, access: str, refresh: str | None
    ) -> None:
        self.did = did
        self._http = http
        self._pds = pds
        self._access = access
        self._refresh = refresh

    async def get(self, collection: str, key: str) -> _Json:
        """The record, or an empty object when there is none."""
        request = self._request(
            "GET",
            "com.atproto.repo.getRecord",
            params={"repo": self.did, "collection": collection, "rkey": key},
        )
        try:
            value = (await call(self._http, request)).get("value")
        except BadInput:  # RecordNotFound
            return {}
        return value if isinstance(value, dict) else {}

    async def upload(self, data: bytes, mime: str) -> _Json:
        """Uploads bytes; returns the blob to put into a record."""
        request = self._request("POST", "com.atproto.repo.uploadBlob", picture=(data, mime))
        blob = (await call(self._http, request)).get("blob")
        if not isinstance(blob, dict):
            raise Unreachable("uploadBlob answered without a blob")
        return blob

    async def put(self, collection: str, key: str, record: Mapping[str, object]) -> tuple[str, str]:
        """Writes a record; returns its URI and CID."""
        body = {"repo": self.did, "collection": collection, "rkey": key, "record": record}
        request = self._request("POST", "com.atproto.repo.putRecord", json=body)
        answer = await call(self._http, request)
        uri, cid = answer.get("uri"), answer.get("cid")
        if uri != f"at://{self.did}/{collection}/{key}" or not isinstance(cid, str):
            raise Unreachable("putRecord answered without the record's address")
        return str(uri), cid

    async def delete(self, collection: str, key: str) -> None:
        """Deletes a record; one that is not there is no error."""
        body = {"repo": self.did, "collection": collection, "rkey": key}
        await call(self._http, self._request("POST", "com.atproto.repo.deleteRecord", json=body))

    async def close(self) -> None:
        """Ends the session, so that its tokens open nothing any more."""
        if self._refresh is None:
            return
        self._access, self._refresh = self._refresh, None
        try:
            request = self._request("POST", "com.atproto.server.deleteSession")
            await fetch(self._http, request, _LIMITS)
        except StoaError:
            return  # the token expires by itself

    def _request(
        self,
        verb: str,
        method: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
        picture: tuple[bytes, str] | None = None,
    ) -> httpx2.Request:
        headers = {"Authorization": f"Bearer {self._access}"}
        if picture is not None:
            headers["Content-Type"] = picture[1]
        return self._http.build_request(
            verb,
            f"{self._pds}/xrpc/{method}",
            headers=headers,
            params=params,
            json=json,
            content=picture[0] if picture is not None else None,
        )


def _object(answer: Answer, method: str) -> _Json:
    if not answer.body.strip():
        return {}
    try:
        return msgspec.json.decode(answer.body, type=_Json)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
        raise Unreachable(f"{method} answered something that is no JSON object") from wrong


def _error(answer: Answer) -> tuple[str, str]:
    if answer.status == 200:
        return "", ""
    try:
        body = _object(answer, "error")
    except Unreachable:
        return "", ""
    return str(body.get("error", ""))[:100], str(body.get("message", ""))[:300]
