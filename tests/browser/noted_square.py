"""Notes in a served square, and doors for the hands of a test.

The doors move the square's clock and call the scorer, as time and the supervisor would; they exist
in the served test square only.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.web.noted import Camps, some_posts
from tests.web.small_square import uri

from stoa.app import Square

PER_CAMP = 12
HOSTILE = "<script>alert('note')</script> <b>bold</b> " + "Donaudampfschifffahrt" * 12


def note_small_square(square: Square) -> Camps:
    """Notes of every kind and state on the small square, four runs later."""
    left, right = ([f"app:{side}-{n}" for n in range(PER_CAMP)] for side in ("left", "right"))
    camps = Camps(square, left, right).live([*some_posts(square, 24), uri("ana", "image")])
    for who, n in (("bo", "card"), ("fay", "emoji"), ("dov", "rtl"), ("mute", "nude")):
        camps.rate(camps.write("both", uri(who, n)), "both")
    camps.rate(camps.write("both", uri("evil", "evil"), HOSTILE), "both")
    camps.score()
    for who, n in (("eva", "facets"), ("gus", "long")):  # too new for a run to have seen them
        camps.write("left", uri(who, n))
    square.notes.request(camps.raters[0], uri("chi", "quote"))
    return camps


def let_time_pass(square: Square) -> None:
    """A thousandth of a second passes whenever somebody looks at the clock.

    If everybody rated in the same instant, all notes would begin a fit alike.
    """
    clock = square.clock

    def now_us() -> int:
        clock.us += 1_000  # type: ignore[attr-defined]
        return clock.us  # type: ignore[attr-defined]

    clock.now_us = now_us  # type: ignore[method-assign]


def doors(square: Square) -> list[Route]:
    """`POST /test/score?minutes=`: time passes, then a run."""
    let_time_pass(square)

    def score(request: Request) -> Response:
        square.clock.us += int(request.query_params["minutes"]) * 60_000_000  # type: ignore[attr-defined]
        report = square.notes.score(square.clock.now_us() // 1_000)
        return JSONResponse({"changes": len(report.changes)})

    return [Route("/test/score", score, methods=["POST"])]
