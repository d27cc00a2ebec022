"""What a version learned now is called, and what now is."""

from __future__ import annotations

import hashlib
import time

from stoa.records import DAY_US, SECOND_US
from stoa.space.learning_log import LearningLog
from stoa.store import SqliteStore


def newest_us(store: SqliteStore) -> int:
    """The square's now: the newest of what it holds. A file's or a town's time is not ours."""
    newest = max((int(c.at_us.max(initial=0)) for c in store.scan_posts()), default=0)
    events = (int(c.at_us.max(initial=0)) for c in store.scan_viewer_events(newest - DAY_US))
    return max(newest, max(events, default=0))


def version_name(now_us: int, log: LearningLog, seed: int) -> str:
    """A name that sorts by time and differs where the data or the moment of training do."""
    raw = f"{time.time_ns()} {len(log.acts)} {len(log.impressions)} {seed}".encode()
    at = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now_us / SECOND_US))
    return f"{at}-{hashlib.sha256(raw).hexdigest()[:6]}"
