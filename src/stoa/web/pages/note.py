"""`/notes/ID`: one note with its whole history, the picture of its ratings, and its proofs."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from stoa.notes.lookup import NoteFacts
from stoa.notes.views import NoteView
from stoa.own_notes import Level, NoteId
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk, Reader
from stoa.web.pages.noter import Noter, noter
from stoa.web.pages.notes_log import newest_head
from stoa.web.pages.why import gatherer_of
from stoa.web.views.card import SmallPost
from stoa.web.views.note_axis import axis_picture
from stoa.web.views.note_view import note_card, note_json
from stoa.web.views.note_words import LEVEL_WORDS, TAG_WORDS, choices, rule_words, tags_of
from stoa.web.wire import encode

_LEVELS = (Level.HELPFUL, Level.SOMEWHAT_HELPFUL, Level.NOT_HELPFUL)


@dataclass(frozen=True, slots=True)
class RatingForm:
    """How the form for a rating stands: the level chosen, the tags that fit, what is missing."""

    level: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    ticked: frozenset[str] = frozenset()
    problem: str = ""
    before: str = ""  # what this reader said last time


def note(request: Request) -> Response:
    """The page of a note; `level` opens the form for a rating."""
    desk: Desk = request.app.state.desk
    level = request.query_params.get("level", "")
    return note_page(desk, request, note_id(request), rating_form(level))


def note_page(
    desk: Desk, request: Request, note: int, form: RatingForm, status: int = 200
) -> Response:
    """The page with a form in some state.

    Raises:
        UnknownNote: no such note is here.
    """
    reader = desk.reader(request)
    me = noter(desk, reader)
    view = desk.square.notes.note(note)
    facts = desk.square.notes.reading.facts_of(view.id)
    small, is_mine = _about(desk, reader, me, view)
    card = note_card(view, desk.now_us(), on_mine=is_mine, writer=me.pseudonym)
    return desk.render(
        request,
        "note.html",
        title="A note",
        status=status,
        json_href=f"/api/v1/notes/{view.id}",
        note=card,
        post=small,
        me=me,
        form=form,
        before=_said_before(desk, me, view.id),
        levels=[(level.name, LEVEL_WORDS[level]) for level in _LEVELS],
        picture=axis_picture(facts.ratings),
        rule=rule_words(facts.rule) if facts.rule else "",
        numbers=_numbers(facts),
        entry=facts.entry,
        head=newest_head(desk),
    )


def note_twin(request: Request) -> Response:
    """The same as JSON."""
    desk: Desk = request.app.state.desk
    twin_reader(desk, request)
    view = desk.square.notes.note(note_id(request))
    facts = desk.square.notes.reading.facts_of(view.id)
    head = newest_head(desk)
    answer = {
        **note_json(view),
        "rule": facts.rule,
        "intercept": facts.intercept,
        "factor": facts.factor,
        "axis": [{"factor": f, "level": level.name} for f, level in facts.ratings],
        "proof": {
            "entry": facts.entry,
            "checkpoint": head.text if head else None,
            "vkey": str(desk.square.notes.key),
        },
    }
    return Response(encode(answer), media_type="application/json")


def note_id(request: Request) -> NoteId:
    """The number in the address; anything else is no page."""
    text = str(request.path_params["note"])
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise HTTPException(404)
    return NoteId(int(text))


def rating_form(level: str, ticked: frozenset[str] = frozenset(), problem: str = "") -> RatingForm:
    """The form for one level; an unknown level opens none."""
    if level not in Level.__members__:
        return RatingForm(problem=problem)
    fitting = choices(tags_of(Level[level]), TAG_WORDS)
    return RatingForm(level, tuple(fitting), ticked, problem)


def _said_before(desk: Desk, me: Noter, note: NoteId) -> str:
    if me.standing is None:
        return ""
    level = desk.square.notes.reading.rating_of(me.standing.pseudonym, note)
    return LEVEL_WORDS[level] if level is not None else ""


def _about(desk: Desk, reader: Reader, me: Noter, view: NoteView) -> tuple[SmallPost | None, bool]:
    """The post that a note is about, and whether the reader wrote it."""
    found = desk.square.store.post_id(view.post)
    gatherer = gatherer_of(desk, reader)
    around = gatherer.surroundings([int(found)] if found is not None else [])
    post = around.beside(found)
    if post is None or not gatherer.showable({post.id: post}):
        return None, False
    return gatherer.small(post, around), reader.name is not None and me.viewer == post.author


def _numbers(facts: NoteFacts) -> list[tuple[str, str]]:
    if facts.intercept is None:
        return []
    rows = [("Liking, sides taken out (intercept)", f"{facts.intercept:+.3f}")]
    if facts.factor is not None:
        rows.append(("How far it leans to a side (factor)", f"{facts.factor:+.3f}"))
    if facts.rule:
        rows.append(("Last rule inside the model", facts.rule))
    return rows
