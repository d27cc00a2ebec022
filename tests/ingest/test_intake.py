"""The intake makes a batch durable before anybody hears of it, and hears nothing of replays."""

import pytest
from tests.ingest.square_in_memory import START_US, SmallSquare, StepClock

from stoa.errors import StoreFull
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
