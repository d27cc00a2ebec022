"""Kills a process that writes an index, at a chosen line of the index's own code, and looks.

Run as a program: it forks a child for each line to die at (SIGKILL, no clean-up), which tells
over a pipe what it began and finished. Another child then opens the folder and holds it against
what was told. What cannot be is printed as JSON, a line each.

    python killed_index.py FOLDER FIRST STEP [SHARD SHARDS]
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

import stoa.index
from stoa.index import SegmentIndex
from stoa.index.manifest import named_files, read_manifest
from stoa.index.segments import SegmentConfig

DIM, N_POSTS, N_VERSIONS = 16, 150, 6
CONFIG = SegmentConfig(flat_rows=24, background=False)
CODE = str(Path(stoa.index.__file__).parent)


def unit_versions() -> np.ndarray:
    rows = np.random.default_rng(8).standard_normal((N_POSTS + 1, N_VERSIONS, DIM))
    return (rows / np.linalg.norm(rows, axis=2, keepdims=True)).astype(np.float32)


VERSIONS = unit_versions()


@dataclass(frozen=True)
class Act:
    """One call: `posts` are put in that version, or removed; `drop` forgets those before."""

    kind: str  # put | remove | drop | flush | seal
    posts: range = range(0)
    version: int = 0

    def do(self, index: SegmentIndex) -> None:
        posts = np.array(self.posts, dtype=np.int64)
        if self.kind == "put":
            index.put(posts, VERSIONS[posts, self.version])
        elif self.kind == "remove":
            index.remove(posts)
        elif self.kind == "drop":
            index.drop_older(self.posts.start)
        else:
            getattr(index, self.kind)()

    def change(self, state: dict[int, int]) -> dict[int, int]:
        """Posts held, each in its version, once this is done."""
        if self.kind == "put":
            return state | dict.fromkeys(self.posts, self.version)
        gone = set(self.posts) if self.kind == "remove" else set()
        least = self.posts.start if self.kind == "drop" else 0
        return {p: v for p, v in state.items() if p not in gone and p >= least}


STORY = (
    Act("put", range(1, 11)),
    Act("remove", range(2, 4)),
    Act("flush"),
    Act("put", range(11, 41)),  # over a full segment: sealed at once, lists are learned
    Act("put", range(5, 9), 1),  # rewritten, some sealed and some not
    Act("remove", range(9, 14)),
    Act("put", range(2, 4), 2),  # removed before: comes back
    Act("flush"),
    Act("put", range(41, 100), 1),  # two segments more: merged
    Act("remove", range(30, 60)),  # mostly dead: compacted by the next upkeep
    Act("seal"),
    Act("put", range(30, 35), 3),
    Act("remove", range(31, 32)),
    Act("drop", range(12, 13)),
    Act("put", range(100, N_POSTS + 1), 2),
    Act("remove", range(100, 102)),
    Act("flush"),
    Act("remove", range(60, 100)),
    Act("put", range(102, 104), 4),
    Act("flush"),
)


def states() -> list[dict[int, int]]:
    """What is held before each act, and after the last."""
    found: list[dict[int, int]] = [{}]
    for act in STORY:
        found.append(act.change(found[-1]))
    return found


class Death:
    """Counts lines of the index's code and dies at one of them; 0 lives on."""

    def __init__(self, line: int) -> None:
        self.line, self.n = line, 0

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        del event, arg
        return self._line if frame.f_code.co_filename.startswith(CODE) else None

    def _line(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        del frame, arg
        if event == "line":
            self.n += 1
            if self.n == self.line:
                os.kill(os.getpid(), signal.SIGKILL)
        return self._line


def live(folder: Path, death: Death, told: int) -> None:
    """Opens the index and does the story, telling each act's end."""
    sys.settrace(death)
    index = SegmentIndex(folder, DIM, CONFIG)
    for act in STORY:
        act.do(index)
        os.write(told, b".")
    sys.settrace(None)


def forked(work: Callable[[], None]) -> bool:
    """Runs something in a child; whether it came to its end by itself."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def acts_done_when_killed(folder: Path, line: int) -> int | None:
    """How many acts were finished; None when the story ended before that line."""
    listening, told = os.pipe()
    ended = forked(lambda: live(folder, Death(line), told))
    os.close(told)
    done = len(os.read(listening, 4096))
    os.close(listening)
    return None if ended else done


def faults(folder: Path, done: int) -> list[str]:
    """What of the reopened folder cannot be, when `done` acts were finished and one perhaps."""
    moments = states()
    sure, doubted = moments[done], moments[min(done + 1, len(STORY))]
    index = SegmentIndex(folder, DIM, CONFIG)
    held = read_all(index)
    found = [f"damage: {said}" for said in index.damage]
    found += [f"{p} came back" for p in held if p not in sure and p not in doubted]
    found += [
        f"{p} in version {v}, of {allowed_versions(p, done)}"
        for p, v in held.items()
        if v not in allowed_versions(p, done)
    ]
    missing, newest = set(index.missing.tolist()), index.newest()
    lost = (sure.keys() & doubted.keys()) - held.keys()
    found += [f"{p} is lost and not named" for p in lost if p not in missing and p <= newest]
    flushed = max((i for i in range(done) if STORY[i].kind == "flush"), default=-1) + 1
    kept = set.intersection(*(set(moment) for moment in moments[flushed : done + 2]))
    found += [f"{p} was flushed and is gone" for p in sorted(kept - held.keys())]
    found += disagreements(index, held)
    found += left_behind(folder, index, held)
    return found + not_mended(folder, index, moments[done], doubted, held)


def read_all(index: SegmentIndex) -> dict[int, int]:
    posts = np.arange(N_POSTS + 1)
    rows, found = index.vectors(posts)
    likeness = np.einsum("pvd,pd->pv", VERSIONS, rows)
    version = np.where(likeness.max(axis=1) > 0.97, likeness.argmax(axis=1), -1)
    return {int(p): int(version[p]) for p in posts[found]}


def allowed_versions(post: int, done: int) -> set[int]:
    """Versions put since the post was last taken out for certain; the act in doubt counts."""
    versions: set[int] = set()
    for number, act in enumerate(STORY[: done + 1]):
        if act.kind == "put" and post in act.posts:
            versions.add(act.version)
        elif post not in act.change({post: 0}) and number < done:
            versions.clear()
    return versions


def disagreements(index: SegmentIndex, held: dict[int, int]) -> list[str]:
    """Every way of asking must tell the same posts."""
    found = [f"{len(index)} counted, {len(held)} found"] if len(index) != len(held) else []
    if index.held().tolist() != sorted(held):
        found.append("held() tells others")
    posts = np.array(sorted(held), dtype=np.int64)
    versions = [held[p] for p in posts.tolist()]
    matched = index.match(VERSIONS[posts, versions], 2 * N_POSTS) if len(posts) else None
    if matched is not None and sorted(matched.post.tolist()) != posts.tolist():
        found.append("a search finds others")
    return found


def left_behind(folder: Path, index: SegmentIndex, held: dict[int, int]) -> list[str]:
    """Files nobody names, and bytes of vectors that are not held."""
    names = {path.name for path in folder.iterdir()} - named_files(read_manifest(folder, DIM))
    found = [f"left behind: {name}" for name in sorted(names)]
    on_disk = b"".join(path.read_bytes() for path in folder.iterdir())
    for post in range(1, N_POSTS + 1):
        codes = index._space.encode(VERSIONS[post])
        found += [
            f"{post} in version {version} is still on disk"
            for version, code in enumerate(codes)
            if held.get(post) != version and code.tobytes() in on_disk
        ]
    return found


def not_mended(
    folder: Path,
    index: SegmentIndex,
    sure: dict[int, int],
    doubted: dict[int, int],
    held: dict[int, int],
) -> list[str]:
    """What `newest` and `missing` ask for is put again; then the folder must be whole."""
    both = sure.keys() & doubted.keys()
    wanted = {p: v for p, v in (sure | doubted).items() if p in held or p in both}
    asked = {p for p in wanted if p > index.newest()} | set(index.missing.tolist())
    for post in sorted(asked & wanted.keys()):
        index.put(np.array([post]), VERSIONS[[post], wanted[post]])
    index.remove(np.array(sorted(asked - wanted.keys()), dtype=np.int64))
    index.flush()
    again = SegmentIndex(folder, DIM, CONFIG)
    now = read_all(again)
    found = [f"after mending: {said}" for said in again.damage]
    if again.missing.size or now.keys() != wanted.keys():
        found.append(f"after mending {len(now)} posts, {len(wanted)} wanted, {again.missing}")
    return found


def main(folder: Path, first: int, step: int, shard: int = 0, shards: int = 1) -> None:
    """Dies at each line from `first` on, `step` apart, until the story ends before it."""
    n_kills = 0
    line = first + shard * step
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        done = acts_done_when_killed(folder, line)
        if done is None:
            break
        n_kills += 1

        def look(line: int = line, done: int = done) -> None:
            for fault in faults(folder, done):
                print(json.dumps({"line": line, "done": done, "fault": fault}), flush=True)

        if not forked(look):
            print(json.dumps({"line": line, "done": done, "fault": "opening failed"}), flush=True)
        line += step * shards
    print(json.dumps({"kills": n_kills}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
