"""`/api/v1/questions`: what a reader asked in the last 30 days, and forgetting it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from stoa.app.ask_json import answer_json
from stoa.app.kept_questions import KEPT_DAYS, Asked, asked_before
from stoa.errors import Unknown
from stoa.web.api.access import twin_reader
from stoa.web.ask_wire import Gone, KeptQuestionOut, KeptQuestionsOut
from stoa.web.desk import Desk, Reader
from stoa.web.views.words import iso
from stoa.web.wire import encode


def questions(request: Request) -> Response:
    """`GET /api/v1/questions`: a reader's own, newest first, answers as they stand now."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    days = KEPT_DAYS if desk.settings(reader).keep_questions else 0
    told = [
        KeptQuestionOut(
            id=one.id, at=iso(one.at_us), question=one.question, answer=answer_json(one.answer)
        )
        for one in kept_of(desk, reader)
    ]
    return _json(KeptQuestionsOut(days=days, questions=told))


def delete_questions(request: Request) -> Response:
    """`DELETE /api/v1/questions`: erases one (`?id=...`) or all of a reader's."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    id_ = request.query_params.get("id", "")
    erased = desk.square.store.questions.erase(desk.known_viewer(reader), id_)
    if id_ and not erased:
        raise Unknown(f"no question {id_!r} of yours is kept")
    return _json(Gone(erased=erased))


def kept_of(desk: Desk, reader: Reader) -> list[Asked]:
    """A reader's kept questions; none for nobody in particular."""
    if reader.name is None:
        return []
    log = desk.square.store.questions
    return asked_before(log, desk.ask_room.finder(), desk.known_viewer(reader), desk.now_us())


def _json(answer: object) -> Response:
    return Response(encode(answer), media_type="application/json")
