"""Lets go of what is too old in the in-memory store."""

from __future__ import annotations

from stoa.records import POST_EDGES, AccountStatus, HistoryEvent, PostId
from stoa.store.ledger import Ledger
from stoa.store.memory_tables import MemoryTables
from stoa.store.merge import Merge
from stoa.store.rows import PostRow, PostState


def expire_posts(tables: MemoryTables, floor_us: int, kept: set[int]) -> list[PostId]:
    """Erases posts from before `floor_us`, save `kept`, and edges on them as old."""
    named = tables.viewed_posts()
    old = [row for row in tables.posts.values() if row.at_us < floor_us and row.id not in kept]
    gone = [PostId(row.id) for row in old if row.live]
    for row in old:
        if row.live:
            tables.touch_post(row)
            row.state, row.put, row.own_labels = PostState.REFERENCE, None, ()
            row.parent = row.root = row.quote = row.revision = 0
        _drop_old_edges(tables, row, floor_us)
    tables.settle()
    for row in old:
        if row.id not in named and not _is_named(tables, row):
            tables.drop_post(row.id)
    for edges in list(tables.edges.values()):
        for edge in list(edges.values()):
            if edge.kind in POST_EDGES and not edge.live and edge.at_us < floor_us:
                tables.drop_edge(edge)
    for gate in [gate for gate in tables.gates.values() if gate.at_us < floor_us]:
        tables.drop_gate(gate)
    return gone


def erase_hidden(tables: MemoryTables, older_than_us: int) -> list[PostId]:
    """Erases what accounts hidden since before then did; returns the posts that went."""
    gone: list[PostId] = []
    for row in list(tables.accounts.values()):
        long_hidden = row.status is AccountStatus.HIDDEN and row.status_us < older_than_us
        if long_hidden and row.erased_at_us < row.status_us:
            gone += [PostId(post.id) for post in tables.posts_of(row.id) if post.live]
            Merge(tables, Ledger()).erase(row.id, row.status_us)
            tables.settle()
    return gone


def _drop_old_edges(tables: MemoryTables, row: PostRow, floor_us: int) -> None:
    newest_us = row.at_us
    for kind in POST_EDGES:
        for edge in list(tables.edges_on.get((kind, row.id), {}).values()):
            if edge.at_us < floor_us:
                tables.drop_edge(edge)
            else:
                newest_us = max(newest_us, edge.at_us)
    row.at_us = newest_us


def _is_named(tables: MemoryTables, row: PostRow) -> bool:
    """Whether anything still points at a row that holds nothing."""
    if tables.by_parent.get(row.id) or tables.by_root.get(row.id):
        return True
    if any(tables.edges_on.get((kind, row.id)) for kind in POST_EDGES):
        return True
    return bool(tables.by_quote.get(row.id))


def posts_in(history: list[HistoryEvent]) -> set[int]:
    """Posts that a history names."""
    return {int(event.post) for event in history}
