"""What a version learned now is called, what now is, and the log up to it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np

from stoa.app.learning_log import OwnLog, ReadableStore, read_log
from stoa.app.rooms import STORE_FILE
from stoa.ports import TextEncoder
from stoa.records import DAY_US, SECOND_US, EdgeKind
from stoa.space.learning_log import LearningLog
from stoa.store import SqliteStore


def newest_us(store: ReadableStore, clock_us: int) -> int:
    """The square's now: the newest of what it holds. A file's or a town's time is not ours.

    Where most posts are of the past, what lies more than a day ahead was stamped while a clock
    had jumped: taken for now, it would leave nothing within the days to learn from.
    """
    limit_us = clock_us + DAY_US
    times = np.concatenate([*(c.at_us for c in store.scan_posts()), np.zeros(0, np.int64)])
    past = times[times <= limit_us]
    ours = 2 * len(past) >= len(times)  # else all of it is of a time ahead of ours: a town's
    newest = int((past if ours else times).max(initial=0))
    later = [store.scan_viewer_events(newest - DAY_US)]
    later += [store.scan_edges(kind) for kind in (EdgeKind.LIKE, EdgeKind.REPOST)]
    for columns in chain.from_iterable(later):
        at_us = columns.at_us[columns.at_us <= limit_us] if ours else columns.at_us
        newest = max(newest, int(at_us.max(initial=0)))
    return newest


def square_now_us(data: Path) -> int:
    """Now, by the square in a folder; by this machine where there is no square yet."""
    now_us = time.time_ns() // 1_000
    if not (data / STORE_FILE).exists():
        return now_us
    store = SqliteStore(data / STORE_FILE, read_only=True)
    try:
        return newest_us(store, now_us) or now_us
    finally:
        store.close()


def newest_log(
    data: Path,
    encoder: TextEncoder,
    *,
    days: float,
    most_posts: int,
    wanted: Callable[[int], bool] = lambda now_us: True,
) -> tuple[int, OwnLog | None]:
    """The square's now, and its log of the last days; no log where it is not wanted at that now.

    Args:
        data: the square's folder, also while the square runs on it.
        encoder: of the square.
        days: acts and impressions from before are left out.
        most_posts: so many of the newest posts.
        wanted: asked with the square's now, before anything is read.
    """
    store = SqliteStore(data / STORE_FILE, read_only=True)
    try:
        now_us = newest_us(store, time.time_ns() // 1_000)
        if not wanted(now_us):
            return now_us, None
        since_us = now_us - int(days * DAY_US)
        return now_us, read_log(store, encoder, now_us, since_us=since_us, most_posts=most_posts)
    finally:
        store.close()


def version_name(now_us: int, log: LearningLog, seed: int) -> str:
    """A name that sorts by time and differs where the data or the moment of training do."""
    raw = f"{time.time_ns()} {len(log.acts)} {len(log.impressions)} {seed}".encode()
    at = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now_us / SECOND_US))
    return f"{at}-{hashlib.sha256(raw).hexdigest()[:6]}"
