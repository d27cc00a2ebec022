"""Reads files that may be traps in a process of their own, and ends it when one takes too long."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO

from stoa.documents.hypertext import Page
from stoa.documents.passages import Heading
from stoa.errors import BadInput

SECONDS = 30.0


class ReadApart:
    """A reading process, begun with the first file and again after one that had to be ended."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> ReadApart:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def read(self, path: Path, kind: str) -> Page:
        """A file of kind "pdf", "html" or "markdown".

        Raises:
            BadInput: it does not read, or not within the time.
        """
        told = json.loads(self._ask(json.dumps({"path": str(path), "kind": kind}), path.name))
        if "problem" in told:
            raise BadInput("file", path.name, told["problem"])
        headings = tuple(Heading(start, words) for start, words in told["headings"])
        return Page(told["text"], headings, told["about"])

    def _ask(self, line: str, name: str) -> str:
        process = self._process or self._begin()
        assert process.stdin is not None
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            found = self._lines.get(timeout=self.seconds)
        except queue.Empty:
            self._end()
            mend = f"it took more than {self.seconds:.0f} s to read"
            raise BadInput("file", name, mend) from None
        except OSError:
            found = ""
        if not found:
            self._end()
            raise BadInput("file", name, "it ended the process that read it")
        return found

    def _begin(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "stoa.documents.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
        )
        assert process.stdout is not None
        self._process, self._lines = process, queue.Queue()
        threading.Thread(target=_pass_on, args=(process.stdout, self._lines), daemon=True).start()
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what was not written has no reader any more
                    stream.close()


def _pass_on(stream: IO[str], lines: queue.Queue[str]) -> None:
    """Hands on every line, and an empty one at the end."""
    with contextlib.suppress(ValueError):  # closed under us
        for line in stream:
            lines.put(line)
    lines.put("")
