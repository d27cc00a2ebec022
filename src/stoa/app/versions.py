"""What a version learned now is called, and what now is."""

from __future__ import annotations

import hashlib
import time
from itertools import chain

import numpy as np

from stoa.app.learning_log import ReadableStore
from stoa.records import DAY_US, SECOND_US, EdgeKind
from stoa.space.learning_log import LearningLog


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


def version_name(now_us: int, log: LearningLog, seed: int) -> str:
    """A name that sorts by time and differs where the data or the moment of training do."""
    raw = f"{time.time_ns()} {len(log.acts)} {len(log.impressions)} {seed}".encode()
    at = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now_us / SECOND_US))
    return f"{at}-{hashlib.sha256(raw).hexdigest()[:6]}"
