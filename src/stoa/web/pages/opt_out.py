"""`/opt-out`: an author's wish to stay out of recommendations, honoured at once.

The operator's own machine is believed. On a public host anybody could name anybody, so the author
proves the wish with a post that holds a code; the square reads the network and will see it.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput, NotAllowed
from stoa.web.bodies import read_form
from stoa.web.desk import Desk
from stoa.web.sessions import Flash

_LOOKED_AT = 50


def opt_out_page(request: Request) -> Response:
    """The form, with the code of an account once it is named."""
    desk: Desk = request.app.state.desk
    asked = request.query_params.get("account", "")
    account = _did(desk, asked) if asked else ""
    return desk.render(
        request,
        "opt_out.html",
        title="For authors",
        account=account,
        code=desk.seals.opt_out_code(account) if account else "",
    )


async def opt_out(request: Request) -> Response:
    """Leaves an account out, or lets it back in."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    name = await run_in_threadpool(_did, desk, form.get("account", ""))
    lift = bool(form.get("lift"))
    if not reader.local and (lift or not await run_in_threadpool(proven, desk, name)):
        if lift:
            raise NotAllowed("only whoever runs this square lets an account back in")
        said = "No post of that account with the code was read yet. It can take a minute."
        return desk.go(request, "/opt-out?account=" + name, Flash(said=said))
    await run_in_threadpool(desk.square.opt_out, name, not lift)
    said = f"{name} is back in." if lift else f"{name} is left out of every page from now on."
    return desk.go(request, "/opt-out", Flash(said=said))


def proven(desk: Desk, name: str) -> bool:
    """Whether a post of this account that was read here holds its code."""
    store = desk.square.store
    account = store.account_id(name)
    if account is None:
        return False
    code = desk.seals.opt_out_code(name)
    posts = store.posts(store.account_posts(account, _LOOKED_AT))
    return any(code in post.content.text for post in posts.values())


def _did(desk: Desk, text: str) -> str:
    """The DID of a DID or of a handle that was read here.

    Raises:
        BadInput: neither.
    """
    text = text.strip().removeprefix("@")
    if text.startswith("did:") and 8 < len(text) <= 256 and text.isprintable() and " " not in text:
        return text
    handle = text.lower()
    for account in desk.square.store.search_accounts(handle, limit=20):
        if (account.handle or "").lower() == handle:
            return account.name
    raise BadInput(
        "account", text, "give a DID, or a handle that this square has read; a DID always works"
    )
