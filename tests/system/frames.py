"""Jetstream events made by hand: one author, one time, one act each."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zstandard

_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
SECOND_US = 1_000_000
POST = "app.bsky.feed.post"


def did(name: str) -> str:
    """The DID of an invented person, from letters."""
    return f"did:plc:{name:a<24}"


def tid(at_us: int, clock: int = 7) -> str:
    """A record key or revision, as the network makes it from a time."""
    value = at_us << 10 | clock
    return "".join(_DIGITS[value >> shift & 31] for shift in range(60, -1, -5))


def now_us() -> int:
    return time.time_ns() // 1000


def post_uri(author: str, at_us: int) -> str:
    return f"at://{did(author)}/{POST}/{tid(at_us)}"


def iso(at_us: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_us / SECOND_US)) + ".000Z"


def commit(
    author: str, at_us: int, collection: str, record: dict[str, Any] | None, key: str = ""
) -> dict[str, Any]:
    """A record written, or (None) deleted."""
    body: dict[str, Any] = {
        "rev": tid(at_us, 9),
        "operation": "delete" if record is None else "create",
        "collection": collection,
        "rkey": key or tid(at_us),
    }
    if record is not None:
        body["record"] = {"$type": collection} | record
    return {"did": did(author), "time_us": at_us, "kind": "commit", "commit": body}


def post(author: str, at_us: int, text: str, *, reply_to: str = "", **more: Any) -> dict[str, Any]:
    record: dict[str, Any] = {"text": text, "createdAt": iso(at_us), "langs": ["en"]} | more
    if reply_to:
        reference = {"uri": reply_to, "cid": "bafy"}
        record["reply"] = {"root": reference, "parent": reference}
    return commit(author, at_us, POST, record)


def removal(author: str, at_us: int, uri: str) -> dict[str, Any]:
    """The author takes a record back."""
    collection, key = uri.split("/")[-2:]
    return commit(author, at_us, collection, None, key)


def like(actor: str, at_us: int, uri: str) -> dict[str, Any]:
    subject = {"subject": {"uri": uri, "cid": "bafy"}, "createdAt": iso(at_us)}
    return commit(actor, at_us, "app.bsky.feed.like", subject)


def profile(account: str, at_us: int, name: str, *labels: str) -> dict[str, Any]:
    """How an account wants to be called, with what it says of itself."""
    record: dict[str, Any] = {"displayName": name}
    if labels:
        values = [{"val": label} for label in labels]
        record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
    return commit(account, at_us, "app.bsky.actor.profile", record, "self")


def account(name: str, at_us: int, status: str = "") -> dict[str, Any]:
    state = {"active": not status, "did": did(name), "seq": 1} | (
        {"status": status} if status else {}
    )
    return {"did": did(name), "time_us": at_us, "kind": "account", "account": state}


def chatter(n_posts: int, start_us: int, *, step_us: int = SECOND_US) -> list[dict[str, Any]]:
    """Many people, many subjects, no likes: enough to read pages of."""
    subjects = ("tides", "bread", "chess", "moss", "trains", "opera", "knots", "comets")
    people = ("ana", "ben", "cleo", "dev", "eva", "finn", "gus", "hana", "ivo", "june", "kim")
    return [
        post(
            people[n % len(people)],
            start_us + n * step_us,
            f"{subjects[n % len(subjects)]} note {n}: what I saw of {subjects[(n * 3 + 1) % 8]}",
        )
        for n in range(n_posts)
    ]


def as_lines(events: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def write(path: Path, content: bytes | Iterable[dict[str, Any]]) -> Path:
    """A file of events, compressed as its name says."""
    data = content if isinstance(content, bytes) else as_lines(content)
    if path.suffix == ".gz":
        data = gzip.compress(data)
    elif path.suffix == ".zst":
        data = zstandard.ZstdCompressor().compress(data)
    path.write_bytes(data)
    return path
