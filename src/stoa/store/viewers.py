"""What belongs to readers, in SQLite: events, settings, history, and forgetting it all."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.records import (
    BY_THE_SQUARE,
    AccountId,
    EdgeKind,
    EventKind,
    HistoryEvent,
    PostId,
    ViewerEvent,
    as_ids,
)
from stoa.store import sql_rows as sql
from stoa.store.history import MEANINGFUL_DWELL_S, MEANINGFUL_EVENTS, merge_history
from stoa.store.lookup import marks

_MEANINGFUL = sorted(int(kind) for kind in MEANINGFUL_EVENTS)
_ON_SCREEN = sorted(int(kind) for kind in EventKind if kind not in BY_THE_SQUARE)
_PUBLIC_ACTS = {EdgeKind.LIKE: EventKind.LIKE, EdgeKind.REPOST: EventKind.REPOST}

_EVENT_COLUMNS = "viewer, kind, at_us, post, seconds, undoes, position, propensity, policy, surface"


def write_events(connection: sqlite3.Connection, events: Sequence[ViewerEvent]) -> int:
    """Keeps events, each once; returns how many were new.

    Events of accounts never seen, or erased since, are left out.
    """
    viewers = sorted({int(event.viewer) for event in events})
    erased_at_us = dict(
        sql.fetch(
            connection,
            f"SELECT id, erased_at_us FROM accounts WHERE id IN ({marks(viewers)})",
            viewers,
        )
    )
    lines = [
        (
            event.viewer,
            int(event.kind),
            event.at_us,
            event.post,
            event.seconds,
            None if event.undoes is None else int(event.undoes),
            event.position,
            event.propensity,
            event.policy,
            event.surface,
        )
        for event in events
        if event.viewer in erased_at_us
        and (erased_at_us[event.viewer] is None or event.at_us > erased_at_us[event.viewer])
    ]
    before = connection.total_changes
    connection.executemany(
        f"INSERT INTO viewer_events ({_EVENT_COLUMNS}) VALUES ({marks(_EVENT_COLUMNS.split(','))}) "
        "ON CONFLICT DO NOTHING",
        lines,
    )
    return connection.total_changes - before


def read_events(
    connection: sqlite3.Connection, viewer: int, kinds: Sequence[EventKind], limit: int
) -> list[ViewerEvent]:
    """Raw viewer events, newest first; of all kinds when none is given."""
    wanted = [int(kind) for kind in kinds or EventKind]
    lines = sql.fetch(
        connection,
        f"SELECT {_EVENT_COLUMNS} FROM viewer_events WHERE viewer = ? "
        f"AND kind IN ({marks(wanted)}) ORDER BY at_us DESC, kind, post LIMIT ?",
        (viewer, *wanted, limit),
    )
    return [
        ViewerEvent(
            viewer=AccountId(line[0]),
            kind=EventKind(line[1]),
            at_us=line[2],
            post=PostId(line[3]),
            seconds=line[4],
            undoes=None if line[5] is None else EventKind(line[5]),
            position=line[6],
            propensity=line[7],
            policy=line[8],
            surface=line[9],
        )
        for line in lines
    ]


def read_history(connection: sqlite3.Connection, viewer: int, limit: int) -> list[HistoryEvent]:
    """Public edges, own replies and quotes, and viewer events, newest first.

    Twice the limit is read of each, since echoes and undone acts drop out.
    """
    acts: list[HistoryEvent] = []
    # The plus keeps SQLite from the index by subject, through which it would read every like.
    for kind, post, at_us in sql.fetch(
        connection,
        "SELECT kind, subject, at_us FROM edges WHERE kind IN (1, 2) AND actor = ? "
        "AND +subject > 0 ORDER BY at_us DESC LIMIT ?",
        (viewer, 2 * limit),
    ):
        acts.append(HistoryEvent(_PUBLIC_ACTS[EdgeKind(kind)], PostId(post), at_us))
    for parent, quote, at_us in sql.fetch(
        connection,
        "SELECT parent, quote, at_us FROM posts WHERE author = ? AND author > 0 AND state = 1 "
        "AND (parent > 0 OR quote > 0) ORDER BY at_us DESC LIMIT ?",
        (viewer, 2 * limit),
    ):
        if parent:
            acts.append(HistoryEvent(EventKind.REPLY, PostId(parent), at_us))
        if quote:
            acts.append(HistoryEvent(EventKind.QUOTE, PostId(quote), at_us))
    for kind, post, at_us, seconds in sql.fetch(
        connection,
        f"SELECT kind, post, at_us, seconds FROM viewer_events WHERE viewer = ? "
        f"AND kind IN ({marks(_MEANINGFUL)}) AND (kind <> ? OR seconds >= ?) "
        "ORDER BY at_us DESC LIMIT ?",
        (viewer, *_MEANINGFUL, int(EventKind.DWELL), MEANINGFUL_DWELL_S, 2 * limit),
    ):
        acts.append(HistoryEvent(EventKind(kind), PostId(post), at_us, seconds))
    undone = {
        (EventKind(undoes), PostId(post)): at_us
        for undoes, post, at_us in sql.fetch(
            connection,
            "SELECT undoes, post, max(at_us) FROM viewer_events "
            "WHERE viewer = ? AND kind = ? AND undoes IS NOT NULL GROUP BY undoes, post",
            (viewer, int(EventKind.UNDO)),
        )
    }
    return merge_history(acts, undone, limit)


def read_event_posts(
    connection: sqlite3.Connection, viewer: int, since_us: int, *, served: bool
) -> NDArray[np.int64]:
    """Posts served to a viewer since then, or on the viewer's screen; ascending."""
    kinds = [int(EventKind.SERVED)] if served else _ON_SCREEN
    lines = sql.fetch(
        connection,
        f"SELECT DISTINCT post FROM viewer_events WHERE viewer = ? "
        f"AND kind IN ({marks(kinds)}) AND at_us >= ? ORDER BY post",
        (viewer, *kinds, since_us),
    )
    return as_ids([line[0] for line in lines])


def delete_viewer(connection: sqlite3.Connection, viewer: int) -> dict[str, int]:
    """Deletes what is kept about a reader; rows deleted, by table.

    Follows and blocks made in this square go too: their keys are whole URIs, not record keys of
    the reader's own public repository. So does the tie to the pseudonym of the reader's notes, with
    its salt: who wrote them can then not be told any more.
    """
    statements = {
        "viewer_events": "DELETE FROM viewer_events WHERE viewer = ?",
        "viewer_settings": "DELETE FROM viewer_settings WHERE viewer = ?",
        "edges": "DELETE FROM edges WHERE kind IN (0, 1, 2, 3, 4) AND actor = ? "
        "AND record_key >= '=' AND record_key < '>'",
        "note_links": "DELETE FROM note_links WHERE account = ?",
        "placements": "DELETE FROM placements WHERE viewer = ?",
        "kept_questions": "DELETE FROM kept_questions WHERE viewer = ?",
    }
    return {
        table: connection.execute(statement, (viewer,)).rowcount
        for table, statement in statements.items()
    }
