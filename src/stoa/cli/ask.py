"""`stoa ask`: a question in, an answer of checked claims out; many at once from a file."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from stoa.errors import BadInput


def ask(
    question: str = "",
    *,
    questions: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None,
    documents: Path | None = None,
    only_documents: bool = False,
    mode: Literal["regular", "fun"] = "regular",
    as_of: str | None = None,
    data: Path | None = None,
    json: bool = False,
) -> None:
    """Answers a question from the square's posts and notes, and from documents you give.

    Every statement of the answer names the exact words it rests on. Also beside a running square.

    Args:
        question: what you want to know.
        questions: a file with a line {"question": "..."} each; one JSON line an answer.
        documents: a folder (or a file) of text, Markdown, HTML and PDF to answer from.
        only_documents: leave the square's posts out.
        mode: the voice; fun changes the words around the claims, never a claim.
        as_of: use nothing later than this time, such as 2026-05-31 or 2026-05-31T12:00:00Z.
        data: folder of the square.
        json: print one JSON object.
    """
    from stoa.app.ask_json import answer_json
    from stoa.app.asked import checked_question
    from stoa.ask_records import Mode, Question
    from stoa.cli.ask_many import answer_file
    from stoa.cli.ask_opening import open_asked
    from stoa.cli.ask_printing import print_answer
    from stoa.cli.printing import print_json

    if bool(question.strip()) == bool(questions):
        raise BadInput("question", question, "give a question, or --questions FILE.jsonl")
    until_us = None if as_of is None else _moment(as_of)
    with open_asked(data, documents, only_documents=only_documents) as service:
        wishes = Question("", Mode(mode), until_us, only_documents=only_documents)
        if questions is not None:
            raise SystemExit(answer_file(service, questions, wishes))
        answer = asyncio.run(service.answer(replace(wishes, text=checked_question(question))))
    if json:
        print_json(answer_json(answer))
        return
    print_answer(answer, sys.stdout)


def _moment(words: str) -> int:
    from stoa.documents.standing import moment

    try:
        return moment(words)
    except BadInput as problem:
        raise BadInput("--as-of", words, problem.mend) from None
