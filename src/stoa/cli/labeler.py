"""`stoa bluesky labeler`: the account whose labels say that a note shows."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

from stoa.app.clocks import WallClock
from stoa.app.labels import label_key
from stoa.app.network import identity_config
from stoa.bluesky.guarded_http import GuardedHttp
from stoa.bluesky.identity import DidResolver, network_client
from stoa.bluesky.labeler_record import PublishedLabeler, publish_labeler
from stoa.bluesky.publish import Credentials
from stoa.cli.credentials import app_password
from stoa.cli.logs import configure_logs
from stoa.cli.printing import print_json
from stoa.errors import BadInput
from stoa.settings import Settings, load_settings

labeler = App(name="labeler", help="Show notes in the Bluesky app, as labels of an account.")


@labeler.command
def key(*, data: Path | None = None, hostname: str | None = None, json: bool = False) -> None:
    """Prints what the labeler's DID document must say; makes the key on first use.

    Args:
        data: folder of the square.
        hostname: public host name of this square; `STOA_HOSTNAME` when absent.
        json: print one JSON object.
    """
    settings = load_settings(data=data, hostname=hostname)
    if not settings.hostname:
        raise BadInput("--hostname", "", "give the public host name, or set STOA_HOSTNAME")
    multikey = label_key(settings.labeler_did, settings.data).multikey
    if json:
        print_json({"key": multikey, "did_key": f"did:key:{multikey}", "url": settings.endpoint})
        return
    print(f"verificationMethods  atproto_label    did:key:{multikey}")
    print(f"services             atproto_labeler  AtprotoLabeler  {settings.endpoint}")


@labeler.command
def publish(*, handle: str, hostname: str | None = None, json: bool = False) -> None:
    """Writes the labeler's record into its account's repository; writing again changes it.

    Asks for an app password once, uses it for this, and keeps it nowhere.

    Args:
        handle: the labeler's account, one of its own.
        hostname: public host name of this square; `STOA_HOSTNAME` when absent.
        json: print one JSON object.
    """
    configure_logs()
    settings = load_settings(hostname=hostname)
    if not settings.hostname:
        raise BadInput("--hostname", "", "give the public host name, or set STOA_HOSTNAME")
    credentials = Credentials(handle=handle, password=app_password(handle))
    published = asyncio.run(_publish(settings, credentials))
    if json:
        print_json(asdict(published))
        return
    print(f"{published.page}\n{published.uri}")
    if settings.labeler_did != published.did:
        print(f"Set STOA_LABELER_DID={published.did} where the square runs.", file=sys.stderr)
    print(f"Then look: stoa bluesky doctor {settings.hostname}", file=sys.stderr)


async def _publish(settings: Settings, credentials: Credentials) -> PublishedLabeler:
    guarded = GuardedHttp()
    async with network_client() as http:
        try:
            return await publish_labeler(
                credentials,
                resolver=DidResolver(identity_config(settings), http, guarded, WallClock()),
                notes_host=settings.hostname,
                created_at=datetime.now(UTC).isoformat(timespec="milliseconds")[:23] + "Z",
                expected_did=settings.labeler_did,
            )
        finally:
            await guarded.aclose()
