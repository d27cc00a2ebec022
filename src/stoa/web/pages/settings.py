"""`/settings`: languages, muted words, covers, ranking, theme and pictures of one reader."""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput
from stoa.records import PostId, ViewerSettings
from stoa.web.api.access import twin_reader
from stoa.web.bodies import read_form
from stoa.web.desk import Desk, Reader, twin
from stoa.web.sessions import Flash
from stoa.web.views.chain import PRESET_WORDS
from stoa.web.views.people import person
from stoa.web.views.words import counted
from stoa.web.wire import encode

SENSITIVE = (
    ("cover", "Cover them; I open what I want"),
    ("leave_out", "Leave them out"),
    ("show", "Show them"),
)
THEMES = (("auto", "As my system says"), ("light", "Light"), ("dark", "Dark"))
EXPLORATION = ((0.0, "None"), (0.05, "A few (5 %)"), (0.1, "Some (10 %)"), (0.2, "Many (20 %)"))
SURVEY = ((0.0, "Never ask"), (0.02, "Ask on 1 post in 50"), (0.1, "Ask on 1 post in 10"))
PROMOTED = (
    ("off", "None"),
    ("-2.0", "Only those worth 2 seconds more to me than what they displace"),
    ("0.0", "Only those worth at least as much to me as what they displace"),
    ("1.0", "I give up to 1 second for each"),
    ("5.0", "I give up to 5 seconds for each"),
)
PRESETS = (
    "unregretted", "keep_me_well", "first_version", "chronological", "x2026_weighted",
    "x2026_dwell_regret", "t2023_heavy",
)  # fmt: skip
KEEP = ("30", "0")  # days that questions are kept
MAX_LANGUAGES = 30
MAX_WORDS = 500
_LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*", re.IGNORECASE)


def settings(request: Request) -> Response:
    """The form."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    chosen = desk.square.store.settings(desk.viewer_id(reader))
    store = desk.square.store
    accounts = store.accounts(sorted(chosen.muted_accounts))
    return desk.render(
        request,
        "settings.html",
        title="Settings",
        json_href=twin("/settings", viewer=reader.name),
        sensitive_choices=SENSITIVE,
        themes=THEMES,
        exploration_choices=EXPLORATION,
        survey_choices=SURVEY,
        promoted_choices=PROMOTED,
        promoted_now=promoted_choice(chosen),
        presets=_presets(desk, chosen.preset),
        muted=[person(account) for account in accounts.values()],
        n_conversations=len(chosen.muted_conversations),
        conversations_words=f"{counted(len(chosen.muted_conversations), 'conversation')} left out.",
    )


async def save_settings(request: Request) -> Response:
    """Keeps what was chosen."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    await run_in_threadpool(_save, desk, reader, form)
    return desk.go(request, "/settings", Flash(said="Saved. Your next page follows."))


async def unmute(request: Request) -> Response:
    """Lets an author, or the conversations a reader left, back in."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    await run_in_threadpool(_unmute, desk, reader, form)
    return desk.go(request, "/settings#muted", Flash(said="Unmuted."))


def settings_twin(request: Request) -> Response:
    """The same as JSON."""
    desk: Desk = request.app.state.desk
    chosen = desk.settings(twin_reader(desk, request))
    return Response(encode(settings_json(desk, chosen)), media_type="application/json")


def settings_json(desk: Desk, chosen: ViewerSettings) -> dict[str, object]:
    """Settings with external ids in place of interned ones."""
    store = desk.square.store
    uris = store.uris([*chosen.muted_conversations, *chosen.vector_weights])
    accounts = store.accounts(sorted(chosen.muted_accounts))
    conversations = [PostId(p) for p in sorted(chosen.muted_conversations)]
    weights = {PostId(p): weight for p, weight in chosen.vector_weights.items()}
    return {
        "languages": chosen.languages,
        "muted_words": chosen.muted_words,
        "muted_accounts": [account.name for account in accounts.values()],
        "muted_conversations": [uris[p] for p in conversations if p in uris],
        "sensitive": chosen.sensitive,
        "exploration": chosen.exploration,
        "preset": chosen.preset,
        "rules_off": sorted(chosen.rules_off),
        "survey_share": chosen.survey_share,
        "promoted": chosen.promoted,
        "promoted_agreed_s": chosen.promoted_agreed_s,
        "images": chosen.images,
        "keep_questions": chosen.keep_questions,
        "theme": chosen.theme,
        "vector_weights": {uris[p]: weight for p, weight in weights.items() if p in uris},
    }


def read_settings(form: dict[str, str], held: ViewerSettings) -> ViewerSettings:
    """Settings from the form's fields; what the form does not hold stays.

    Raises:
        BadInput: names the field that does not hold.
    """
    languages = [part.strip() for part in form.get("languages", "").split(",") if part.strip()]
    for code in languages:
        if not _LANGUAGE.fullmatch(code):
            raise BadInput("languages", code, "give short codes such as en, de, pt")
    words = [" ".join(line.split()) for line in form.get("muted_words", "").splitlines()]
    words = [word[:200] for word in words if word]
    promoted = _choice(
        {"promoted": promoted_choice(held)} | form, "promoted", [value for value, _ in PROMOTED]
    )
    if len(languages) > MAX_LANGUAGES or len(words) > MAX_WORDS:
        raise BadInput("muted_words", len(words), f"give at most {MAX_WORDS} words")
    kept = KEEP[0] if held.keep_questions else KEEP[1]
    return replace(
        held,
        languages=tuple(dict.fromkeys(code.lower() for code in languages)),
        muted_words=tuple(dict.fromkeys(words)),
        sensitive=_choice(form, "sensitive", [value for value, _ in SENSITIVE]),
        exploration=float(_choice(form, "exploration", [str(v) for v, _ in EXPLORATION])),
        survey_share=float(_choice(form, "survey_share", [str(v) for v, _ in SURVEY])),
        preset=_choice(form, "preset", PRESETS),
        keep_questions=_choice({"keep_questions": kept} | form, "keep_questions", KEEP) == KEEP[0],
        theme=_choice(form, "theme", [value for value, _ in THEMES]),
        images=form.get("images") == "1",
        promoted=promoted != "off",
        promoted_agreed_s=held.promoted_agreed_s if promoted == "off" else float(promoted),
    )


def promoted_choice(settings: ViewerSettings) -> str:
    """What a reader chose about promoted posts, as the form has it: the nearest, or off."""
    if not settings.promoted:
        return "off"
    values = [value for value, _ in PROMOTED if value != "off"]
    return min(values, key=lambda value: abs(float(value) - settings.promoted_agreed_s))


def _choice(form: dict[str, str], field: str, choices: list[str] | tuple[str, ...]) -> str:
    value = form.get(field, "")
    if value not in choices:
        raise BadInput(field, value, "choose one of " + ", ".join(choices))
    return value


def _save(desk: Desk, reader: Reader, form: dict[str, str]) -> None:
    held = desk.settings(reader)
    chosen, viewer = read_settings(form, held), desk.viewer_id(reader)
    desk.square.store.save_settings(viewer, chosen)
    if not chosen.keep_questions:
        desk.square.store.questions.erase(viewer)


def _unmute(desk: Desk, reader: Reader, form: dict[str, str]) -> None:
    held = desk.settings(reader)
    if form.get("conversations"):
        held = replace(held, muted_conversations=frozenset())
    elif (account := desk.square.store.account_id(form.get("account", ""))) is not None:
        held = replace(held, muted_accounts=held.muted_accounts - {int(account)})
    desk.square.store.save_settings(desk.viewer_id(reader), held)


def _presets(desk: Desk, chosen: str) -> list[tuple[str, str]]:
    """Rankings to choose from: what can rank now, the square's own, and what was chosen before."""
    now = {PRESETS[0], chosen, *desk.square.feed.presets()}
    words = {name: PRESET_WORDS[name] for name in PRESETS if name in now}
    return [(name, said[:1].upper() + said[1:]) for name, said in words.items()]
