"""A society whose residents read from a real square: its events go in, its people read and act.

The square hears posts and public acts as Jetstream events on its standard input, and what
residents do through `/api/v1/events`. Nothing of the society's truth crosses over.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

from stoa.records import SECOND_US, EventKind, Media
from stoa.space.learning_log import Answer
from stoa.town.names import make_dids, make_names
from stoa.town.society import DayPlan, Round, Society

_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_POST = "app.bsky.feed.post"
_RECORDS = {EventKind.LIKE: "app.bsky.feed.like", EventKind.REPOST: "app.bsky.feed.repost"}
_ACTS = (
    EventKind.LIKE, EventKind.REPOST, EventKind.REPLY, EventKind.FOLLOW, EventKind.CLICK,
    EventKind.SHOW_LESS, EventKind.NOT_INTERESTED, EventKind.MUTE, EventKind.BLOCK,
    EventKind.REPORT,
)  # fmt: skip
_ANSWERS = {Answer.GLAD: "glad", Answer.NEITHER: "neither", Answer.REGRET: "wish_i_hadnt"}
_AT_ONCE = 2_000  # events of one request
_CLOCK = "did:plc:" + "clock".ljust(24, "a")


@dataclass
class LiveSquare:
    """A `stoa up` process that reads events from us; `cpu_s` is known once it has stopped."""

    folder: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    lines: list[str] = field(default_factory=list)
    url: str = ""
    cpu_s: float = 0.0

    @classmethod
    def open(
        cls, folder: Path, *, learn: bool, every_s: float, share: float, shipped: bool = False
    ) -> LiveSquare:
        ours = {k: v for k, v in os.environ.items() if not k.startswith("STOA_")}
        environment = ours | {
            "STOA_LEARN_EVERY_MINUTES": str(every_s / 60),
            "STOA_LEARN_SHARE": str(share),
            "STOA_SHIPPED_WEIGHTS": str(shipped).lower(),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "stoa.cli", "up", "--port", "0", "--from", "stdin",
             "--data", str(folder), "--learn", "on" if learn else "off"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=environment,
        )  # fmt: skip
        square = cls(folder, process, environment)
        square.listener = threading.Thread(target=square._listen, daemon=True)
        square.listener.start()
        square._wait(lambda: bool(square.url), "opened")
        square.client = httpx2.Client(base_url=square.url, timeout=60)
        return square

    def tell(self, events: list[dict[str, Any]], until_us: int) -> None:
        """Has the square live until a moment, with what happened by then."""
        assert self.process.stdin is not None
        tick = {"did": _CLOCK, "time_us": until_us, "kind": "account",
                "account": {"active": True, "did": _CLOCK, "seq": 1}}  # fmt: skip
        for event in [*sorted(events, key=lambda e: e["time_us"]), tick]:
            self.process.stdin.write(json.dumps(event).encode() + b"\n")
        self.process.stdin.flush()
        self._wait(lambda: self.json("/api/v1/square")["last_us"] >= until_us, "lived on")

    def json(self, path: str, **params: Any) -> Any:
        answer = self.client.get(path, params=params)
        assert answer.status_code == 200, (answer.status_code, answer.text[:400])
        return answer.json()

    def act(self, events: list[dict[str, Any]]) -> None:
        """Posts what residents did; the square must take all of it."""
        for start in range(0, len(events), _AT_ONCE):
            body = {"events": events[start : start + _AT_ONCE]}
            answer = self.client.post("/api/v1/events", json=body)
            assert answer.status_code == 200, answer.text[:400]
            assert not answer.json()["rejected"], answer.json()["rejected"][:3]

    def wait_for(self, words: str, path: str = "/square", seconds: float = 600) -> str:
        """The page, once it says this."""
        found: list[str] = []

        def says() -> bool:
            found.append(self.client.get(path).text)
            return words in found[-1]

        self._wait(says, f"said {words!r}", seconds, every_s=0.5)
        return found[-1]

    def hurry(self) -> None:
        """Lets the trainer run like us while nobody reads, where this machine allows it."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in children.read_text().split():
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, int(pid), os.getpriority(os.PRIO_PROCESS, 0))

    def stop(self) -> None:
        """Ends the square in good order, and its trainer with it."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.listener.join(5)
        for end in (self.process.stdin, self.process.stderr):
            assert end is not None
            end.close()
        self.cpu_s = used.ru_utime + used.ru_stime

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for raw in self.process.stderr:
            line = raw.decode().rstrip()
            self.lines.append(line)
            if found := re.search(r"open at (http://\S+)", line):
                self.url = found[1]

    def _wait(self, is_so: Any, what: str, seconds: float = 600, every_s: float = 0.02) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert self.process.poll() is None, self.lines[-20:]
            assert time.monotonic() < deadline, (f"never {what}", self.lines[-20:])
            time.sleep(every_s)


class LiveTown:
    """A society beside one square. `fork` gives the same people another square to read from."""

    def __init__(self, society: Society, square: LiveSquare) -> None:
        self.society, self.square = society, square
        config = society.config
        random = np.random.default_rng([config.seed, 91])
        self.dids = make_dids(config.accounts, random)
        self.handles, self.names = make_names(config.accounts, random)
        self._uris: list[str] = []
        self._row: dict[str, int] = {}
        self._acts_told = 0
        self._introduced = False

    def fork(self, square: LiveSquare) -> LiveTown:
        """The same town, whose square has heard all that this one's has."""
        other = LiveTown(self.society.fork(), square)
        other._uris, other._row = list(self._uris), dict(self._row)
        other._acts_told, other._introduced = self._acts_told, self._introduced
        return other

    def live_a_day(self, slots: int) -> None:
        """One day: everybody who sits down is served by the square, and what they do is told."""
        society = self.society
        plan = society.begin_day(society.day)
        for round_ in plan.rounds:
            society.pool(round_)
            self._tell(round_.at_us)
            if len(round_.sittings):
                self._sit(plan, round_, slots)
        society.end_day()
        self._tell(society.now_us)

    def _sit(self, plan: DayPlan, round_: Round, slots: int) -> None:
        viewers = plan.viewer[round_.sittings]
        slate = np.full((len(viewers), slots), -1, dtype=np.int32)
        asked = np.zeros(slate.shape, dtype=np.bool_)
        for i, viewer in enumerate(viewers.tolist()):
            items = self.square.json("/api/v1/feed", viewer=self.dids[viewer], limit=slots)["items"]
            slate[i, : len(items)] = [self._row[item["uri"]] for item in items]
            asked[i, : len(items)] = [item["ask"] for item in items]
        seen = self.society.show(round_.sittings, slate)
        # People answer when asked by chance (the society), and only where this square asks.
        where = {int(viewer): i for i, viewer in enumerate(viewers)}
        self.square.act([
            event
            for k in range(len(seen))
            for event in self._events(seen, k, asked[where[int(seen.viewer[k])], seen.position[k]])
        ])  # fmt: skip

    def _events(self, seen: Any, k: int, is_asked: bool) -> list[dict[str, Any]]:
        """What one showing comes to: that it was on screen, for how long, and what was done."""
        who = {"viewer": self.dids[seen.viewer[k]], "post": self._uris[seen.post[k]]}
        seconds = round(float(seen.seconds[k]), 2)
        at_ms = seen.at_us[k] / 1000
        done_ms = at_ms + 1000 * seconds
        told = [
            who | {"kind": "impression", "at": at_ms},
            who | {"kind": "dwell", "at": done_ms, "seconds": seconds},
        ]
        for kind in _ACTS:
            if seen.acts[k] >> int(kind) & 1:
                told.append(who | {"kind": kind.name.lower(), "at": done_ms})
        answer = _ANSWERS.get(Answer(int(seen.answer[k])))
        if is_asked and answer:
            told.append(who | {"kind": "regret_answer", "answer": answer, "at": done_ms})
        return told

    def _tell(self, until_us: int) -> None:
        """What was written and done in public since, and what residents took back."""
        log = self.society.log()
        events = [] if self._introduced else self._introductions()
        self._introduced = True
        posts = log.posts
        for row in range(len(self._uris), len(posts)):
            events.append(self._post(posts, row))
        acts, residents = log.acts, self.society.config.residents
        first_us = self.society.config.start_us + 3_600 * SECOND_US
        taken_back: list[dict[str, Any]] = []
        for k in range(self._acts_told, len(acts)):
            kind, account = int(acts.kind[k]), int(acts.account[k])
            at_us, post = int(acts.at_us[k]), int(acts.post[k])
            if account < residents:
                if kind == EventKind.FOLLOW and at_us <= first_us:
                    subject = self.dids[posts.author[post]]
                    events.append(_commit(self.dids[account], at_us, k, "app.bsky.graph.follow", {
                        "subject": subject, "createdAt": _iso(at_us)}))  # fmt: skip
                elif kind == EventKind.UNDO:
                    taken_back.append({"viewer": self.dids[account], "kind": "undo",
                                       "undoes": "like", "post": self._uris[post],
                                       "at": at_us / 1000})  # fmt: skip
            elif kind in _RECORDS:
                subject = {"uri": self._uris[post], "cid": "bafy"}
                events.append(_commit(self.dids[account], at_us, k, _RECORDS[EventKind(kind)], {
                    "subject": subject, "createdAt": _iso(at_us)}))  # fmt: skip
        self._acts_told = len(acts)
        self.square.tell(events, until_us)
        self.square.act(taken_back)

    def _introductions(self) -> list[dict[str, Any]]:
        at_us = int(self.society.log().posts.at_us[0]) - SECOND_US
        told: list[dict[str, Any]] = []
        for did, handle, name in zip(self.dids, self.handles, self.names, strict=True):
            told.append({"did": did, "time_us": at_us, "kind": "identity",
                         "identity": {"did": did, "handle": handle, "seq": 1}})  # fmt: skip
            profile = "app.bsky.actor.profile"
            told.append(_commit(did, at_us, 0, profile, {"displayName": name}, key="self"))
        return told

    def _post(self, posts: Any, row: int) -> dict[str, Any]:
        author, at_us = self.dids[posts.author[row]], int(posts.at_us[row])
        record: dict[str, Any] = {
            "text": self.society.text(row), "createdAt": _iso(at_us), "langs": ["en"],
        }  # fmt: skip
        if posts.parent[row] >= 0:
            record["reply"] = {
                end: {"uri": self._uris[at], "cid": "bafy"}
                for end, at in (("root", posts.root[row]), ("parent", posts.parent[row]))
            }
        if embed := _embed(int(posts.media[row]), int(posts.domain[row])):
            record["embed"] = embed
        made = _commit(author, at_us, row, _POST, record)
        self._uris.append(f"at://{author}/{_POST}/{made['commit']['rkey']}")
        self._row[self._uris[-1]] = row
        return made


def _embed(media: int, domain: int) -> dict[str, Any] | None:
    """What can be seen of a post beside its words; pictures that nobody can fetch."""
    if media & Media.VIDEO:
        return {"$type": "app.bsky.embed.video", "alt": ""}
    if media & Media.LINK:
        url = f"https://site{domain}.example/"
        external = {"uri": url, "title": f"site{domain}.example", "description": ""}
        return {"$type": "app.bsky.embed.external", "external": external}
    if media & Media.IMAGE:
        return {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": {}}]}
    return None


def _commit(
    did: str, at_us: int, number: int, collection: str, record: dict[str, Any], key: str = ""
) -> dict[str, Any]:
    return {
        "did": did, "time_us": at_us, "kind": "commit",
        "commit": {"rev": _tid(at_us, number), "operation": "create", "collection": collection,
                   "rkey": key or _tid(at_us, number), "record": {"$type": collection} | record},
    }  # fmt: skip


def _tid(at_us: int, number: int) -> str:
    """A record key as the network makes it from a time; `number` tells two of one time apart."""
    value = at_us << 10 | number % 1024
    return "".join(_DIGITS[value >> shift & 31] for shift in range(60, -1, -5))


def _iso(at_us: int) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_us // SECOND_US))
    return f"{whole}.{at_us % SECOND_US // 1000:03d}Z"
