"""`/left-out`: every rule that dropped something from the reader's last page, with examples."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput
from stoa.feed.outcome import LeftOutRule
from stoa.web.api.access import twin_reader
from stoa.web.bodies import read_form
from stoa.web.desk import Desk, Reader, twin
from stoa.web.sessions import Flash
from stoa.web.views.card import SmallPost
from stoa.web.views.gather import Gatherer
from stoa.web.views.rules import SHOWN_ONCE, fixed_words, untold
from stoa.web.views.words import counted
from stoa.web.wire import encode

_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule as the page prints it."""

    name: str
    reason: str
    count_words: str
    switchable: bool
    off: bool
    fixed_words: str
    examples: tuple[SmallPost, ...]
    examples_words: str


def left_out(request: Request) -> Response:
    """Rules with counts and examples, most dropping first."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    rules = _rules(desk, reader)
    gatherer = Gatherer(desk.square, desk.settings(reader), desk.now_us(), desk.viewer_id(reader))
    shown = [int(post) for rule in rules for post in rule.examples[:_EXAMPLES]]
    around = gatherer.surroundings(shown)
    views = []
    for rule in rules:
        posts = [around.posts[p] for p in rule.examples[:_EXAMPLES] if p in around.posts]
        examples = tuple(gatherer.small(post, around) for post in posts)
        views.append(_view(rule, examples))
    total = sum(rule.count for rule in rules if rule.name not in SHOWN_ONCE)
    return desk.render(
        request,
        "left_out.html",
        title="Left out",
        json_href=twin("/left-out", viewer=reader.name),
        rules=views,
        summary=f"{counted(total, 'post')} did not make your last page. Here is each rule that "
        "dropped some, and which."
        if total
        else "Every post that was looked at for your last page is on it.",
    )


async def switch_rule(request: Request) -> Response:
    """Switches a rule off or on for this reader."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    return await run_in_threadpool(_switch, desk, request, reader, form)


def _switch(desk: Desk, request: Request, reader: Reader, form: dict[str, str]) -> Response:
    name = form.get("rule", "")
    rule = next((r for r in _rules(desk, reader) if r.name == name), None)
    if rule is None or not rule.switchable:
        raise BadInput("rule", name, "name a rule of this page that may be switched")
    viewer = desk.viewer_id(reader)
    settings = desk.settings(reader)
    off = settings.rules_off | {name} if form.get("off") else settings.rules_off - {name}
    desk.square.store.save_settings(viewer, replace(settings, rules_off=off))
    said = "off. Your next page follows." if form.get("off") else "on again."
    return desk.go(
        request, f"/left-out#{name}", Flash(said=f"“{rule.reason.rstrip('.')}” is {said}")
    )


def left_out_twin(request: Request) -> Response:
    """The same rules as JSON."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    rules = _rules(desk, reader)
    uris = desk.square.store.uris([int(p) for rule in rules for p in rule.examples])
    answer = {
        "rules": [
            {
                "name": rule.name,
                "reason": rule.reason,
                "count": rule.count,
                "examples": [uris[p] for p in rule.examples if p in uris],
                "switchable": rule.switchable,
                "off": rule.off,
            }
            for rule in rules
        ]
    }
    return Response(encode(answer), media_type="application/json")


def _rules(desk: Desk, reader: Reader) -> list[LeftOutRule]:
    rules = desk.square.feed.left_out(desk.viewer_id(reader))
    told = [replace(r, examples=()) if untold(r.name) else r for r in rules if r.count or r.off]
    return sorted(told, key=lambda r: (r.name in SHOWN_ONCE, -r.count, r.name))


def _view(rule: LeftOutRule, examples: tuple[SmallPost, ...]) -> RuleView:
    return RuleView(
        name=rule.name,
        reason=rule.reason,
        count_words="Switched off: it drops nothing."
        if rule.off
        else counted(rule.count, "time") + "."
        if rule.name in SHOWN_ONCE
        else f"{counted(rule.count, 'post')} left out.",
        switchable=rule.switchable,
        off=rule.off,
        fixed_words=fixed_words(rule.name),
        examples=examples,
        examples_words=f"See {counted(len(examples), 'example')}",
    )
