"""What pages served is written soon, all of it, and waits while the store refuses."""

from stoa.app.served_log import ServedLog
from stoa.errors import StoreFull
from stoa.records import AccountId, EventKind, PostId, ViewerEvent


class Log:
    """A store that can be full."""

    def __init__(self) -> None:
        self.kept: list[ViewerEvent] = []
        self.batches = 0
        self.full = False

    def record(self, events):
        if self.full:
            raise StoreFull("no room")
        self.kept += events
        self.batches += 1
        return len(events)


def served(n: int) -> ViewerEvent:
    return ViewerEvent(AccountId(1), EventKind.SERVED, PostId(n), n)


def test_everything_is_written_in_order_and_many_pages_at_once():
    log = Log()
    background = ServedLog(log)
    for n in range(50):
        assert background.record([served(2 * n), served(2 * n + 1)]) == 2
    background.close()
    assert [event.post for event in log.kept] == list(range(100))
    assert log.batches < 50


def test_settling_writes_what_waits():
    log = Log()
    background = ServedLog(log)
    background.record([served(1)])
    background.flush()
    assert [event.post for event in log.kept] == [1]
    background.close()


def test_while_the_store_refuses_events_wait():
    log = Log()
    log.full = True
    background = ServedLog(log)
    background.record([served(1)])
    background.flush()
    log.full = False
    background.record([served(2)])
    background.close()
    assert [event.post for event in log.kept] == [1, 2]


def test_after_closing_nothing_starts_again():
    log = Log()
    background = ServedLog(log)
    background.close()
    background.record([served(1)])
    background.flush()
    assert [event.post for event in log.kept] == [1]
