"""Reads server-sent events from bytes that are cut anywhere."""

from __future__ import annotations

import re

from stoa.errors import Unreachable

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


class EventReader:
    r"""Turns chunks into the `data` of events (WHATWG HTML, section 9.2, the parts we need).

    >>> reader = EventReader()
    >>> reader.feed(b": hello\r\ndata: o") + reader.feed(b"ne\n\ndata: two\n\n")
    ['one', 'two']
    """

    def __init__(self, max_event_bytes: int = 256 * 1024) -> None:
        self._max = max_event_bytes
        self._line: list[bytes] = []
        self._data: list[bytes] = []
        self._n_bytes = 0  # of the event under way
        self._after_return = False
        self._first = True

    def feed(self, chunk: bytes) -> list[str]:
        """The data of every event that `chunk` ends.

        Raises:
            Unreachable: an event is too large, or is no UTF-8.
        """
        if not chunk:
            return []
        if self._after_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]  # the second half of a line's end that was cut in two
            self._after_return = False
            if not chunk:
                return []
        self._after_return = chunk.endswith(b"\r")
        *ended, rest = _LINE_END.split(chunk)
        done: list[str] = []
        for part in ended:
            self._add(part)
            done += self._end_line()
        self._add(rest)
        return done

    def end(self) -> list[str]:
        """What stands at the end of the stream without the empty line that should follow."""
        return self._end_line() + self._end_event()

    def _add(self, part: bytes) -> None:
        self._n_bytes += len(part)
        if self._n_bytes > self._max:
            raise Unreachable(f"an event of more than {self._max} bytes")
        if part:
            self._line.append(part)

    def _end_line(self) -> list[str]:
        line = b"".join(self._line)
        self._line = []
        if self._first:
            line = line.removeprefix(_BOM)
            self._first = False
        if not line:
            return self._end_event()
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        return []

    def _end_event(self) -> list[str]:
        data, self._data, self._n_bytes = self._data, [], 0
        if not data:
            return []
        try:
            return [b"\n".join(data).decode()]
        except UnicodeDecodeError as wrong:
            raise Unreachable("an event that is no UTF-8") from wrong
