"""`stoa ask --questions FILE.jsonl`: a line in, a line out, in order, as soon as it is answered."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from stoa.app.ask_json import brief_json
from stoa.app.asked import checked_question
from stoa.ask.service import Ask
from stoa.ask_records import Question
from stoa.cli.printing import print_json
from stoa.errors import BadInput, StoaError, Unknown
from stoa.language_models import for_question

_MAX_LINE = 1_000_000


def answer_file(service: Ask, path: Path, wishes: Question) -> int:
    """Answers every line of a file (`-` is standard input); returns the exit status.

    A line that does not hold gets a line that says so, and the rest go on: status 1.

    Raises:
        Unknown: there is no such file.
    """
    try:
        source = nullcontext(_stdin()) if str(path) == "-" else _opened(path)
    except OSError as problem:
        raise Unknown(f"cannot read {str(path)!r}: {problem.strerror}") from None
    with source as lines:
        return asyncio.run(_print_all(service, lines, wishes))


def _opened(path: Path) -> TextIO:
    """Bytes that are no UTF-8 become marks, so that one bad line costs only itself."""
    return path.open(encoding="utf-8-sig", errors="replace")


def _stdin() -> TextIO:
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
    return sys.stdin


async def _print_all(service: Ask, lines: Iterable[str], wishes: Question) -> int:
    status = 0
    async for answer in answers(service, lines, wishes):
        print_json(answer)
        sys.stdout.flush()
        status |= "error" in answer
    return status


async def answers(
    service: Ask, lines: Iterable[str], wishes: Question
) -> AsyncIterator[dict[str, Any]]:
    """One object for each line that is not blank, in order."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            text = question_of(line)
            model = None if service.model is None else for_question(service.model)
            answer = await replace(service, model=model).answer(replace(wishes, text=text))
        except StoaError as problem:
            yield _refused(number, problem)
            continue
        yield brief_json(answer)


def question_of(line: str) -> str:
    """The question of one line.

    Raises:
        BadInput: names the field that does not hold.

    >>> question_of('{"question": "Who built the mill?"}')
    'Who built the mill?'
    """
    if len(line) > _MAX_LINE:
        raise BadInput("line", len(line), f"write at most {_MAX_LINE:,} characters a line")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadInput("line", line[:80], f'write {{"question": "..."}}: {problem}') from None
    if not isinstance(said, dict):
        raise BadInput("line", line[:80], 'write an object, {"question": "..."}')
    return checked_question(said.get("question"))


def _refused(number: int, problem: StoaError) -> dict[str, Any]:
    """A line in the shape of an answer that says nothing, with what to mend."""
    error = {
        "line": number,
        "field": problem.field if isinstance(problem, BadInput) else "",
        "message": str(problem),
    }
    return {"answer": "", "confidence": 0.0, "abstained": True, "claims": [], "error": error}
