"""A real square in memory, and clients that reach it from near and from afar."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from tests.web.small_square import small_square, town_square

from stoa.app import Square
from stoa.web.application import build_application

LOCAL = "http://127.0.0.1:8080"
PUBLIC = "https://square.example"
KEY = "a-long-key-for-tests"


@pytest.fixture
def square() -> Square:
    return small_square(hostname="square.example", api_keys=(KEY,))


@pytest.fixture
def client(square: Square) -> TestClient:
    """A browser or program on this machine."""
    return near(square)


@pytest.fixture
def far(square: Square) -> TestClient:
    """Somebody on the internet, behind the operator's proxy."""
    return TestClient(
        build_application(square),
        base_url=PUBLIC,
        client=("127.0.0.1", 4_000),
        headers={"x-forwarded-for": "203.0.113.9"},
        follow_redirects=False,
    )


@pytest.fixture
def town() -> TestClient:
    return near(town_square())


def near(square: Square) -> TestClient:
    return TestClient(
        build_application(square),
        base_url=LOCAL,
        client=("127.0.0.1", 4_000),
        follow_redirects=False,
    )


def csrf(client: TestClient, path: str = "/who") -> str:
    """The token of this client's session, from a page, as a browser would have it."""
    found = re.search(r'name="csrf" content="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def act(client: TestClient, post: str, kind: str, **more: str):
    """A form of a card, sent as the browser sends it without the script."""
    return client.post("/acts", data={"csrf": csrf(client), "post": post, "kind": kind, **more})
