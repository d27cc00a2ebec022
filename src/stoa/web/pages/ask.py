"""`/ask`: a question, its checked answer, the exact words it rests on. Works without a script."""

from __future__ import annotations

import json
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.app.asked import MAX_QUESTION
from stoa.errors import BadInput, StoaError
from stoa.web.api.ask import begin, finished_answer, question_of
from stoa.web.ask_streams import Stream
from stoa.web.ask_wire import AskIn
from stoa.web.bodies import read_form
from stoa.web.desk import Desk
from stoa.web.pages.why import find_post, gatherer_of
from stoa.web.sessions import Flash
from stoa.web.views.answer import AnswerView, answer_view, ask_href
from stoa.web.views.text import one_line
from stoa.web.views.words import sentence

_EXPLAINED = 280


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands in the form."""

    question: str = ""
    mode: str = "regular"
    only_documents: bool = False
    thread: str = ""
    problem: str = ""


def ask_page(request: Request) -> Response:
    """The form; with `answer`, an answer given a moment ago; with `post`, a post to explain."""
    desk: Desk = request.app.state.desk
    wanted = request.query_params.get("answer", "")
    stream = desk.ask_streams.resume(f"{wanted}.0") if wanted else None
    asked = _asked_in_address(request)
    if stream is not None and stream[0].answer is not None:
        return _answered(desk, request, stream[0], asked)
    if wanted:
        gone = "That answer was let go. Ask again: the posts may have moved on since."
        asked = Asked(question=asked.question, mode=asked.mode, problem=gone)
    return _form(desk, request, asked)


async def ask_now(request: Request) -> Response:
    """Answers a question from the form, then shows the answer at an address of its own."""
    desk: Desk = request.app.state.desk
    fields = await read_form(request)
    reader = desk.check_csrf(request, fields.get("csrf", ""))
    asked = Asked(
        question=fields.get("question", ""),
        mode="fun" if fields.get("mode") == "fun" else "regular",
        only_documents=fields.get("only_documents") == "yes",
        thread=fields.get("thread", "")[:64],
    )
    wire = AskIn(
        question=asked.question,
        mode="fun" if asked.mode == "fun" else "regular",
        only_documents=asked.only_documents,
        thread=asked.thread or None,
    )
    try:
        stream = begin(desk, reader, question_of(wire, desk), wire.thread)
        await finished_answer(stream)
    except StoaError as problem:
        said = problem.mend if isinstance(problem, BadInput) else str(problem)
        return _form(desk, request, _with(asked, sentence(said)), status=400)
    more = {"mode": "fun"} if asked.mode == "fun" else {}
    return desk.go(request, ask_href(answer=stream.id, q=asked.question[:500], **more))


async def explain(request: Request) -> Response:
    """From a card: asks what is known about what a post says."""
    desk: Desk = request.app.state.desk
    fields = await read_form(request)
    desk.check_csrf(request, fields.get("csrf", ""))
    return await run_in_threadpool(_explain, desk, request, fields.get("post", ""))


def _explain(desk: Desk, request: Request, uri: str) -> Response:
    post = find_post(desk, uri, desk.reader(request))
    if not post.content.text.strip():
        return desk.go(request, "/", Flash(said="That post has no words to ask about."))
    return desk.go(request, ask_href(post=post.uri))


def _answered(desk: Desk, request: Request, stream: Stream, asked: Asked) -> Response:
    assert stream.answer is not None
    now = desk.ask_room.rechecked(stream.answer)
    context = {
        "answer": answer_view(now),
        "asked": Asked(
            mode=now.mode.value, only_documents=asked.only_documents, thread=thread_of(stream)
        ),
        "again_href": ask_href(q=asked.question or now.question),
        "taken_back": now != stream.answer,
        "most": MAX_QUESTION,
    }
    if request.query_params.get("fragment") == "1":
        return desk.fragment(request, "answer.html", **context)
    title = one_line(now.question, 60)
    return desk.render(request, "ask.html", title=title, about=None, **context)


def _form(desk: Desk, request: Request, asked: Asked, status: int = 200) -> Response:
    about = None
    uri = request.query_params.get("post", "")
    if uri:
        reader = desk.reader(request)
        post = find_post(desk, uri, reader)
        gatherer = gatherer_of(desk, reader)
        about = gatherer.small(post, gatherer.surroundings([int(post.id)]))
        words = one_line(post.content.text, _EXPLAINED)
        asked = Asked(question=f"What is known about this? “{words}”", mode=asked.mode)
    answer: AnswerView | None = None
    return desk.render(
        request,
        "ask.html",
        title="Ask",
        status=status,
        answer=answer,
        asked=asked,
        about=about,
        again_href="",
        taken_back=False,
        most=MAX_QUESTION,
    )


def _asked_in_address(request: Request) -> Asked:
    query = request.query_params
    return Asked(
        question=query.get("q", "")[:MAX_QUESTION],
        mode="fun" if query.get("mode") == "fun" else "regular",
        only_documents=query.get("only_documents") == "yes",
    )


def _with(asked: Asked, problem: str) -> Asked:
    return Asked(
        question=asked.question,
        mode=asked.mode,
        only_documents=asked.only_documents,
        thread=asked.thread,
        problem=problem,
    )


def thread_of(stream: Stream) -> str:
    """The talk that an answered stream belongs to."""
    told = json.loads(stream.events[-1].data) if stream.events else {}
    return str(told.get("thread", ""))
