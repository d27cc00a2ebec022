"""The intake makes a batch durable before anybody hears of it, and hears nothing of replays."""

import pytest
from tests.ingest.square_in_memory import START_US, SmallSquare, StepClock

from stoa.errors import StoreError, StoreFull
from stoa.ingest import Intake
from stoa.records import Applied, Batch, PostGone, PostId, PutPost


class Listener:
    def __init__(self) -> None:
        self.heard = []

    def apply(self, effects, now_us):
        self.heard.append((list(effects), now_us))


def test_listeners_hear_effects_once_however_often_a_batch_is_replayed():
    square, listener = SmallSquare(), Listener()
    square.rooms.intake.listen(listener)
    uri = square.post("ana", "tide pools")
    post = square.rooms.store.posts([square.id(uri)])[square.id(uri)]
    change = PutPost(uri, "ana", post.revision, post.at_us, post.content)
    assert square.take(change, change) == Applied((), 0, 2)
    assert len(listener.heard) == 1
    assert square.rooms.intake.counts.applied == 1
    assert square.rooms.intake.counts.ignored == 2


def test_nobody_hears_of_a_batch_that_could_not_be_kept():
    class FullLog:
        def commit(self, batch):
            raise StoreFull("no room")

    listener = Listener()
    intake = Intake(FullLog(), [listener], StepClock())
    with pytest.raises(StoreFull):
        intake.take(Batch(()))
    assert listener.heard == []
    assert intake.counts.batches == 0


def test_what_the_store_let_go_by_itself_can_be_told():
    square, listener = SmallSquare(), Listener()
    square.rooms.intake.listen(listener)
    square.rooms.intake.tell([PostGone(PostId(5))])
    assert listener.heard == [([PostGone(PostId(5))], START_US)]


class Narrow(Listener):
    """A listener that finds no room so many times."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals

    def apply(self, effects, now_us):
        if self.refusals:
            self.refusals -= 1
            raise StoreFull("no room for vectors")
        super().apply(effects, now_us)


def test_a_listener_without_room_hears_in_order_once_there_is_some():
    square, narrow, wide = SmallSquare(), Narrow(2), Listener()
    square.rooms.intake.listen(narrow)
    square.rooms.intake.listen(wide)
    first = square.post("ana", "tide pools")  # durable, though one listener has no room for it
    square.rooms.intake.tell([PostGone(PostId(77))])
    with pytest.raises(StoreFull):
        square.post("ben", "of which nothing is kept")
    assert square.rooms.store.counts().posts == 1
    assert len(wide.heard) == 2
    assert narrow.heard == []
    second = square.post("ben", "there is room again")
    assert [effects for effects, _ in narrow.heard] == [effects for effects, _ in wide.heard]
    heard = [e.post.uri for effects, _ in narrow.heard for e in effects if hasattr(e, "post")]
    assert heard == [first, second]


def test_a_closed_intake_takes_nothing_more_in():
    square = SmallSquare()
    square.rooms.intake.close()
    with pytest.raises(StoreError, match="closing"):
        square.post("ana", "too late")
    assert square.rooms.store.counts().posts == 0
