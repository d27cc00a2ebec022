"""Paths of the small square's pages; without a browser, so that tests are collected anywhere."""

from __future__ import annotations

from urllib.parse import quote

from tests.web.small_square import uri


def post(who: str, n: int | str) -> str:
    return "/post/" + quote(uri(who, n), safe="")


def why(who: str, n: int | str) -> str:
    return "/why?post=" + quote(uri(who, n), safe="")
