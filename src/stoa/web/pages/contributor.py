"""`/notes/you`: how the reader stands as a contributor, and becoming one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from stoa.note_records import ENROLLMENT_NAMES
from stoa.notes.views import ContributorView
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk, twin
from stoa.web.pages.noter import noter, require_reader
from stoa.web.views.note_view import note_card
from stoa.web.views.note_words import STATE_WORDS
from stoa.web.views.words import counted
from stoa.web.wire import encode


def contributor(request: Request) -> Response:
    """The page."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    require_reader(reader)
    me = noter(desk, reader)
    reading = desk.square.notes.reading
    mine = reading.written_by(me.standing.pseudonym, 50) if me.standing else []
    return desk.render(
        request,
        "contributor.html",
        title="You and notes",
        json_href=twin("/notes/you", viewer=reader.name),
        me=me,
        state=STATE_WORDS.get(me.standing.state, "") if me.standing else "",
        facts=_facts(me.standing) if me.standing else [],
        percent=_percent(me.standing) if me.standing else 0,
        notes=[note_card(view, desk.now_us(), writer=me.pseudonym) for view in mine],
    )


def contributor_twin(request: Request) -> Response:
    """The same as JSON; `contributor` is null for somebody who is none."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    standing = noter(desk, reader).standing
    answer = {
        "viewer": reader.viewer,
        "contributor": None
        if standing is None
        else {
            "pseudonym": standing.pseudonym,
            "state": ENROLLMENT_NAMES[standing.state],
            "may_write": standing.may_write,
            "rating_impact": standing.rating_impact,
            "needed": standing.needed,
            "notes_written": standing.notes_written,
            "notes_helpful": standing.notes_helpful,
            "notes_not_helpful": standing.notes_not_helpful,
            "notes_left_today": standing.notes_left_today,
            "side_is_known": standing.side_is_known,
            "why": standing.why,
        },
    }
    return Response(encode(answer), media_type="application/json")


def _facts(standing: ContributorView) -> list[tuple[str, str]]:
    rows = [
        ("Rating impact", f"{standing.rating_impact:,}"),
        ("Notes written", f"{standing.notes_written:,}"),
        ("Found helpful", f"{standing.notes_helpful:,}"),
        ("Found not helpful", f"{standing.notes_not_helpful:,}"),
    ]
    if standing.may_write:
        rows.append(("Left to write today", counted(standing.notes_left_today, "note")))
    return rows


def _percent(standing: ContributorView) -> int:
    """How far the way to writing is gone."""
    if standing.may_write:
        return 100
    return max(0, min(100, round(100 * standing.rating_impact / max(1, standing.needed))))
