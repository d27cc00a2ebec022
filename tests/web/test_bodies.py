"""Bodies of requests: their size counts as it arrives, whatever the headers say; so does time."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request

from stoa.web import bodies
from stoa.web.bodies import EVENTS_BYTES, BodyTooLarge, BodyTooSlow, read_body


def request_of(parts: list[bytes], *, length: bytes | None = None, stalls: bool = False) -> Request:
    waiting = list(parts)

    async def receive() -> dict:
        if not waiting:
            if stalls:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

    headers = [] if length is None else [(b"content-length", length)]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


async def test_a_body_in_parts_is_joined():
    assert await read_body(request_of([b"ab", b"", b"cd"]), 4) == b"abcd"


@pytest.mark.parametrize("length", [None, b"2", b"0", b"\xb2", b"-5", b"nonsense", b"1" * 5_000])
async def test_a_body_over_the_limit_is_refused_whatever_its_header_says(length):
    with pytest.raises(BodyTooLarge, match="at most 4 bytes"):
        await read_body(request_of([b"abc", b"de", b"never read"], length=length), 4)


async def test_a_body_that_says_it_is_too_large_is_not_read():
    request = request_of([], length=b"5", stalls=True)
    with pytest.raises(BodyTooLarge):
        await read_body(request, 4)


async def test_a_body_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(bodies, "BODY_TIMEOUT_S", 0.01)
    with pytest.raises(BodyTooSlow):
        await read_body(request_of([b"a"], stalls=True), 4)


def test_a_chunked_body_over_a_mebibyte_is_refused(client):
    def parts():
        for _ in range(20):
            yield b" " * 100_000

    answer = client.post("/api/v1/events", content=parts())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert client.put("/api/v1/posts", content=parts()).status_code in (400, 413)


def test_an_answer_that_leaves_a_body_behind_closes_its_connection(client):
    """The server does; a client that is not told fails at its next request."""
    refused = client.post("/api/v1/events", content=b" " * (EVENTS_BYTES + 1))
    assert refused.status_code == 413
    assert refused.headers["connection"] == "close"
    foreign = client.post("/acts", content=b"a=b", headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert foreign.headers["connection"] == "close"
    for heard in (client.post("/api/v1/events", json={"events": []}), client.get("/healthz")):
        assert heard.status_code == 200
        assert "connection" not in heard.headers
