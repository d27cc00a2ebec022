"""Builds the one ASGI application of a square: pages, acts, interface, and the outer wall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount, Route

from stoa.app import Square
from stoa.app.ask_tools import SquareTools
from stoa.ask_records import Answer, Question
from stoa.errors import StoaError
from stoa.web.acts import act, seen
from stoa.web.api.ask import ask, finished_answer
from stoa.web.api.chat import chat_completions, models
from stoa.web.api.documents import delete_document, documents, put_document
from stoa.web.api.health import healthz, metrics
from stoa.web.api.note_acts import note_acts
from stoa.web.api.openapi import openapi
from stoa.web.api.questions import delete_questions, questions
from stoa.web.api.routes import delete_posts, events, feed, put_posts
from stoa.web.api.wishes import opt_out as opt_out_wish
from stoa.web.assets import Assets
from stoa.web.boundary import Boundary
from stoa.web.desk import STATIC, Desk
from stoa.web.errors import answer_error
from stoa.web.guard import Guard
from stoa.web.mcp_server import McpDoor, build_server
from stoa.web.meters import Meters
from stoa.web.pages.account import account, account_twin
from stoa.web.pages.ask import ask_now, ask_page, explain
from stoa.web.pages.contributor import contributor, contributor_twin
from stoa.web.pages.home import home
from stoa.web.pages.left_out import left_out, left_out_twin, switch_rule
from stoa.web.pages.note import note, note_twin
from stoa.web.pages.note_acts import ask_for_note, delete_note, enrol, rate_note
from stoa.web.pages.note_writing import keep_note, write_note, write_note_twin
from stoa.web.pages.notes import notes, notes_twin
from stoa.web.pages.notes_log import notes_export, notes_log, notes_log_twin
from stoa.web.pages.opt_out import opt_out, opt_out_page
from stoa.web.pages.post import post, post_twin
from stoa.web.pages.settings import save_settings, settings, settings_twin, unmute
from stoa.web.pages.square import square_live, square_page, square_twin
from stoa.web.pages.town import town, town_twin
from stoa.web.pages.who import choose_who, who
from stoa.web.pages.why import why, why_twin
from stoa.web.pages.you import you, you_twin
from stoa.web.pages.your_data import export, export_twin, forget, import_, remove, weigh
from stoa.web.release import VERSION
from stoa.web.sessions import Seals
from stoa.web.unread import CloseUnread

if TYPE_CHECKING:
    from mcp.server import MCPServer

PAGES = (
    Route("/", home),
    Route("/why", why),
    Route("/you", you),
    Route("/you/weigh", weigh, methods=["POST"]),
    Route("/you/remove", remove, methods=["POST"]),
    Route("/you/export.json", export),
    Route("/you/import", import_, methods=["POST"]),
    Route("/you/forget", forget, methods=["POST"]),
    Route("/left-out", left_out),
    Route("/left-out", switch_rule, methods=["POST"]),
    Route("/post/{uri:path}", post),
    Route("/account/{name:path}", account),
    Route("/notes", notes),
    Route("/notes/write", write_note),
    Route("/notes/write", keep_note, methods=["POST"]),
    Route("/notes/you", contributor),
    Route("/notes/enrol", enrol, methods=["POST"]),
    Route("/notes/request", ask_for_note, methods=["POST"]),
    Route("/notes/log", notes_log),
    Route("/notes/export/{name}", notes_export),
    Route("/notes/{note}", note),
    Route("/notes/{note}/rate", rate_note, methods=["POST"]),
    Route("/notes/{note}/delete", delete_note, methods=["POST"]),
    Route("/ask", ask_page),
    Route("/ask", ask_now, methods=["POST"]),
    Route("/ask/explain", explain, methods=["POST"]),
    Route("/square", square_page),
    Route("/square/live", square_live),
    Route("/town", town),
    Route("/settings", settings),
    Route("/settings", save_settings, methods=["POST"]),
    Route("/settings/unmute", unmute, methods=["POST"]),
    Route("/who", who),
    Route("/who", choose_who, methods=["POST"]),
    Route("/opt-out", opt_out_page),
    Route("/opt-out", opt_out, methods=["POST"]),
    Route("/acts", act, methods=["POST"]),
    Route("/acts/seen", seen, methods=["POST"]),
)
INTERFACE = (
    Route("/api/v1/feed", feed),
    Route("/api/v1/events", events, methods=["POST"]),
    Route("/api/v1/posts", put_posts, methods=["PUT"]),
    Route("/api/v1/posts", delete_posts, methods=["DELETE"]),
    Route("/api/v1/opt-out", opt_out_wish, methods=["POST"]),
    Route("/api/v1/ask", ask, methods=["POST"]),
    Route("/api/v1/documents", documents),
    Route("/api/v1/documents", put_document, methods=["PUT"]),
    Route("/api/v1/documents", delete_document, methods=["DELETE"]),
    Route("/api/v1/questions", questions),
    Route("/api/v1/questions", delete_questions, methods=["DELETE"]),
    Route("/v1/models", models),
    Route("/v1/chat/completions", chat_completions, methods=["POST"]),
    Route("/api/v1/openapi.json", openapi),
    Route("/api/v1/why", why_twin),
    Route("/api/v1/you", you_twin),
    Route("/api/v1/you/export.json", export_twin),
    Route("/api/v1/left-out", left_out_twin),
    Route("/api/v1/post/{uri:path}", post_twin),
    Route("/api/v1/account/{name:path}", account_twin),
    Route("/api/v1/notes", notes_twin),
    Route("/api/v1/notes/acts", note_acts, methods=["POST"]),
    Route("/api/v1/notes/log", notes_log_twin),
    Route("/api/v1/notes/you", contributor_twin),
    Route("/api/v1/notes/write", write_note_twin),
    Route("/api/v1/notes/{note}", note_twin),
    Route("/api/v1/square", square_twin),
    Route("/api/v1/town", town_twin),
    Route("/api/v1/settings", settings_twin),
    Route("/healthz", healthz),
    Route("/metrics", metrics),
)


def build_application(
    square: Square, more_routes: Sequence[BaseRoute] = (), meters: Meters | None = None
) -> Starlette:
    """The application that serves a square.

    Args:
        square: what is served; its world may change while it serves.
        more_routes: doors of other protocols, such as `feed_generator_routes`.
        meters: where costs are counted, when those doors count there too.
    """
    settings = square.settings
    hosts = {settings.hostname, *settings.allowed_hosts, settings.host}
    meters = meters or Meters()
    application = Starlette(
        routes=[
            *PAGES,
            *INTERFACE,
            *more_routes,
            Route("/mcp", McpDoor(lambda: mcp_server(application))),
            Mount("/static", Assets(STATIC), name="static"),
        ],
        middleware=[
            Middleware(CloseUnread),
            Middleware(Guard, hosts=hosts - {"", "0.0.0.0", "::"}),
            Middleware(GZipMiddleware, minimum_size=2_048, compresslevel=4),
            Middleware(Boundary, meters=meters),
        ],
        exception_handlers={
            StoaError: answer_error,
            HTTPException: answer_error,
        },
    )
    application.state.desk = Desk(square, Seals(secret_of(square)), meters)
    application.state.streams = 0
    return application


def mcp_server(application: Starlette) -> MCPServer[Any]:
    """The read-only tools over whatever world the square serves; answers wait in its one queue."""
    desk: Desk = application.state.desk
    tools = SquareTools(desk.ask_room.finder, lambda: desk.square.store)

    async def answering(question: Question) -> Answer:
        room = desk.ask_room
        stream = desk.ask_streams.begin(lambda: (room.ask(), question), lambda _: {}, caller="mcp")
        answer, _ = await finished_answer(stream)
        return answer

    return build_server(tools, answering, VERSION)


def secret_of(square: Square) -> bytes:
    """The key under which sessions are signed, kept with the square's data."""
    held = square.store.meta("secret")
    assert held is not None, "a square's rooms are opened with a secret"
    return bytes.fromhex(held)
