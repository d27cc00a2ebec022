"""What the doctor writes down, and what it examines with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx2
import msgspec

from stoa.bluesky.guarded_http import Answer, FetchLimits, GuardedHttp
from stoa.bluesky.identity import DidResolver
from stoa.errors import StoaError


@dataclass(frozen=True, slots=True)
class Finding:
    """One step of the chain: whether it holds, what was seen, and what to do if it does not."""

    step: str
    ok: bool
    what: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One service being examined, and the instruments."""

    host: str
    base_url: str
    guarded: GuardedHttp
    http: httpx2.AsyncClient
    resolver: DidResolver
    appview_url: str
    limits: FetchLimits
    stopwatch: Callable[[], float]

    @property
    def did(self) -> str:
        """The DID that the service must have."""
        return f"did:web:{self.host}"


def bad(step: str, what: str, mend: str) -> Finding:
    """A step that does not hold."""
    return Finding(step, False, what, mend)


def good(step: str, what: str) -> Finding:
    """A step that holds."""
    return Finding(step, True, what)


def json_object(answer: Answer) -> dict[str, object] | None:
    """The answer's JSON object, or None when it is something else."""
    try:
        return msgspec.json.decode(answer.body, type=dict[str, object])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None


async def ask(
    case: Case,
    path: str,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer | str:
    """The service's answer, or a sentence on why there was none."""
    try:
        return await case.guarded.get(
            case.base_url + path, params=params, headers=headers, limits=case.limits
        )
    except StoaError as silent:
        return str(silent)


def not_ok(step: str, path: str, answer: Answer | str) -> Finding | None:
    """What is wrong with an answer that should have been a 200, or None."""
    if isinstance(answer, str):
        return bad(step, answer, "see that the service runs and answers within seconds")
    if 300 <= answer.status < 400:
        to = answer.headers.get("location", "elsewhere")
        return bad(
            step,
            f"{path} redirects to {to}",
            "serve it on this very host: Bluesky follows no redirect",
        )
    if answer.status == 404:
        return bad(
            step,
            f"{path} is not found (404)",
            "let the proxy forward this path, /.well-known and /xrpc alike, to the square",
        )
    if answer.status in (502, 503, 504):
        return bad(
            step,
            f"{path} answers HTTP {answer.status}",
            "start the square, and point the proxy at its port",
        )
    if answer.status != 200:
        return bad(step, f"{path} answers HTTP {answer.status}", "see the square's log for why")
    return None
