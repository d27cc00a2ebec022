"""Whatever the order, the cuts and the repetitions: the same square, in every adapter."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.records import Batch
from stoa.store import MemoryStore, SqliteStore


def _law() -> ModuleType:
    """The module beside this one; tests are not a package."""
    path = Path(__file__).with_name("store_law.py")
    spec = importlib.util.spec_from_file_location("store_law", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["store_law"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


law = _law()


@contextmanager
def opened(adapter: str):
    if adapter == "memory":
        yield MemoryStore()
        return
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "square.db")
        try:
            yield store
        finally:
            store.close()


@st.composite
def deliveries(draw: st.DrawFn) -> list[list]:
    """Changes in any order, some more than once, cut into batches."""
    taken = draw(st.lists(law.changes, min_size=1, max_size=25))
    again = draw(st.lists(st.sampled_from(taken), max_size=8))
    order = draw(st.permutations(taken + again))
    cuts = sorted(draw(st.sets(st.integers(0, len(order)), max_size=3)))
    return [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]


def _check(adapter: str, batches: list[list], replay: list) -> None:
    with opened(adapter) as store:
        listener = law.Listener()
        for batch in batches:
            applied = store.commit(Batch(tuple(batch), source="stream", cursor=1))
            assert applied.applied + applied.ignored == len(batch)
            listener.hear(applied.effects)
        taken = [change for batch in batches for change in batch]
        assert law.told_by(store) == law.expected(taken)
        listener.agrees_with(store)
        before = store.counts()
        again = store.commit(Batch(tuple(replay), source="stream", cursor=1))
        assert (again.applied, again.effects) == (0, ())
        after = store.counts()
        assert (before.posts, before.replies, before.accounts, before.events) == (
            after.posts,
            after.replies,
            after.accounts,
            after.events,
        )


@pytest.mark.parametrize("adapter", ["memory", "sqlite"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=deliveries(), data=st.data())
def test_state_depends_on_the_set_of_changes_only(adapter, batches, data):
    taken = [change for batch in batches for change in batch]
    _check(adapter, batches, data.draw(st.permutations(taken)))


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("adapter", ["memory", "sqlite"])
@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=deliveries(), data=st.data())
def test_state_depends_on_the_set_of_changes_only_at_length(adapter, batches, data):
    taken = [change for batch in batches for change in batch]
    _check(adapter, batches, data.draw(st.permutations(taken)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=deliveries(), data=st.data())
def test_adapters_give_the_same_effects_and_ids(batches, data):
    del data
    with opened("memory") as memory, opened("sqlite") as disk:
        for batch in batches:
            asked = Batch(tuple(batch), source="stream", cursor=1)
            ours, theirs = memory.commit(asked), disk.commit(asked)
            assert ours.applied == theirs.applied
            assert sorted(map(repr, ours.effects)) == sorted(map(repr, theirs.effects))
        assert law.told_by(memory) == law.told_by(disk)
        assert memory.counts().accounts == disk.counts().accounts
