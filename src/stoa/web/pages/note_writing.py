"""`/notes/write`: the form for a note on a post; what is missing is said beside its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput, NotAllowed
from stoa.note_records import CLASSIFICATION_NAMES, Classification
from stoa.notes import drafts
from stoa.notes.views import NoteView
from stoa.own_notes import MISLEADING_REASONS, NOT_MISLEADING_REASONS
from stoa.web.api.access import twin_reader
from stoa.web.bodies import read_lists
from stoa.web.desk import Desk, Reader
from stoa.web.errors import wants_json
from stoa.web.pages.noter import Noter, noter, require_reader, write_href
from stoa.web.pages.why import find_post, gatherer_of
from stoa.web.sessions import Flash
from stoa.web.views.note_view import note_card
from stoa.web.views.note_words import CLASS_WORDS, REASON_WORDS, choices
from stoa.web.views.words import sentence
from stoa.web.wire import encode

_REASONS = {
    Classification.MISLEADING: MISLEADING_REASONS,
    Classification.NOT_MISLEADING: NOT_MISLEADING_REASONS,
}
CLASSES = tuple(
    (name, CLASS_WORDS[kind], choices(_REASONS[kind], REASON_WORDS))
    for kind, name in CLASSIFICATION_NAMES.items()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody typed, and what is the matter with it, by field."""

    post: str
    classification: str = ""
    reasons: tuple[str, ...] = ()
    text: str = ""
    sources: str = ""  # one a line, as typed
    problems: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def links(self) -> list[str]:
        """The web addresses, one a line."""
        return [line.strip() for line in self.sources.splitlines() if line.strip()]


def write_note(request: Request) -> Response:
    """The empty form."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    draft = Draft(post=request.query_params.get("post", ""))
    return _form(desk, request, reader, draft)


def write_note_twin(request: Request) -> Response:
    """What a note may hold, and whether this viewer may write one on the post."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    post = find_post(desk, request.query_params.get("post", ""), reader)
    me = noter(desk, reader)
    mine = _mine_on(desk, me, post.uri)
    answer = {
        "post": post.uri,
        "may_write": me.may_write and mine is None,
        "your_note": str(mine.id) if mine else None,
        "classifications": {name: [r for r, _ in reasons] for name, _, reasons in CLASSES},
        "most_text": drafts.MOST_TEXT,
        "most_sources": drafts.MOST_SOURCES,
    }
    return Response(encode(answer), media_type="application/json")


async def keep_note(request: Request) -> Response:
    """Takes a note in, or shows the form again with what is missing."""
    desk: Desk = request.app.state.desk
    lists = await read_lists(request)
    reader = desk.check_csrf(request, lists.get("csrf", [""])[-1])
    return await run_in_threadpool(_keep, desk, request, reader, _typed(lists))


def _keep(desk: Desk, request: Request, reader: Reader, draft: Draft) -> Response:
    problems = problems_of(draft)
    if problems:
        if wants_json(request):
            name, mend = next(iter(problems.items()))
            raise BadInput(name, getattr(draft, name), mend)
        return _form(desk, request, reader, _with(draft, problems), 400)
    try:
        note = desk.square.notes.write(
            desk.viewer_id(reader),
            draft.post,
            draft.classification,
            draft.reasons,
            draft.text,
            draft.links,
        )
    except NotAllowed as problem:
        if wants_json(request):
            raise
        return _form(desk, request, reader, _with(draft, {"": sentence(str(problem))}), 403)
    said = "Your note is kept. It shows once people who usually disagree find it helpful."
    if wants_json(request):
        answer = {"ok": True, "said": said, "note": str(note)}
        return Response(encode(answer), media_type="application/json")
    return desk.go(request, f"/notes/{note}", Flash(said=said))


def problems_of(draft: Draft) -> dict[str, str]:
    """What is missing or does not fit, by field, each with its mend."""
    problems: dict[str, str] = {}

    def check(name: str, look: Callable[[], object]) -> None:
        try:
            look()
        except BadInput as problem:
            problems[name] = sentence(problem.mend)

    if draft.classification not in CLASSIFICATION_NAMES.values():
        problems["classification"] = "Say what you think of the post."
    elif not draft.reasons:
        problems["reasons"] = "Tick at least one reason."
    else:
        kind = drafts.checked_classification(draft.classification)
        check("reasons", lambda: drafts.checked_reasons(kind, draft.reasons))
    check("text", lambda: drafts.checked_text(draft.text))
    if not draft.text.strip():
        problems["text"] = "The note is still empty."
    check("sources", lambda: drafts.checked_sources(draft.links))
    return problems


def _form(
    desk: Desk, request: Request, reader: Reader, draft: Draft, status: int = 200
) -> Response:
    require_reader(reader)
    found = find_post(desk, draft.post, reader)
    me = noter(desk, reader)
    mine = _mine_on(desk, me, found.uri)
    gatherer = gatherer_of(desk, reader)
    around = gatherer.surroundings([int(found.id)])
    return desk.render(
        request,
        "note_writing.html",
        title="Write a note",
        status=status,
        json_href="/api/v1" + write_href(found.uri),
        post=gatherer.small(found, around),
        me=me,
        draft=draft,
        mine=note_card(mine, desk.now_us(), writer=me.pseudonym) if mine else None,
        classes=CLASSES,
        most_text=drafts.MOST_TEXT,
        most_sources=drafts.MOST_SOURCES,
    )


def _mine_on(desk: Desk, me: Noter, post: str) -> NoteView | None:
    views = desk.square.notes.notes_of(post) if me.standing else []
    return next((view for view in views if view.author == me.pseudonym), None)


def _typed(lists: dict[str, list[str]]) -> Draft:
    """The fields of the form; reasons of the answer that was not given are left out."""
    chosen = lists.get("classification", [""])[-1]
    fitting = next((dict(reasons) for name, _, reasons in CLASSES if name == chosen), {})
    others = {r for name, _, reasons in CLASSES if name != chosen for r, _ in reasons}
    ticked = lists.get("reasons", [])
    return Draft(
        post=lists.get("post", [""])[-1],
        classification=chosen,
        reasons=tuple(r for r in ticked if r in fitting or r not in others),
        text=lists.get("text", [""])[-1],
        sources=lists.get("sources", [""])[-1],
    )


def _with(draft: Draft, problems: dict[str, str]) -> Draft:
    return Draft(
        post=draft.post,
        classification=draft.classification,
        reasons=draft.reasons,
        text=draft.text,
        sources=draft.sources,
        problems=problems,
    )
