"""`stoa bluesky`: publish the feed, find what is wrong with it, honour an opt-out."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

from stoa.app.clocks import WallClock
from stoa.app.network import identity_config
from stoa.bluesky.doctor import DoctorConfig, diagnose
from stoa.bluesky.guarded_http import GuardedHttp
from stoa.bluesky.identity import DidResolver, network_client
from stoa.bluesky.publish import Credentials, Listing, Published
from stoa.bluesky.publish import publish as publish_record
from stoa.cli import reports
from stoa.cli.credentials import app_password
from stoa.cli.labeler import labeler
from stoa.cli.logs import configure_logs
from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar
from stoa.errors import BadInput
from stoa.settings import Settings, load_settings

bluesky = App(name="bluesky", help="Run this square as a feed in the Bluesky app.")
bluesky.command(labeler)

DESCRIPTION = "Ranked for time you will not regret, with reasons. Open source."


@bluesky.command(name="opt-out")
def opt_out(did: str, *, lift: bool = False, data: Path | None = None) -> None:
    """Leaves an author's posts out of every recommendation, at once.

    Args:
        did: the author's DID.
        lift: let the author back in.
        data: folder of the square.
    """
    reports.opt_out(load_settings(data=data), did, opted_out=not lift)
    print(f"{did} is {'back in' if lift else 'left out'}", file=sys.stderr)


@bluesky.command
def publish(
    *,
    handle: str,
    hostname: str | None = None,
    name: str = "For You (open)",
    description: str = DESCRIPTION,
    avatar: Path | None = None,
    json: bool = False,
) -> None:
    """Writes the feed's record into an account's repository; writing again changes it.

    Asks for an app password once, uses it for this, and keeps it nowhere.

    Args:
        handle: the account that the feed will belong to.
        hostname: public host name of this square; `STOA_HOSTNAME` when absent.
        name: how the feed is called, at most 24 characters.
        description: what the feed says of itself, at most 300 characters.
        avatar: a PNG or JPEG picture.
        json: print one JSON object.
    """
    configure_logs()
    settings = load_settings(hostname=hostname)
    if not settings.hostname:
        raise BadInput("--hostname", "", "give the public host name, or set STOA_HOSTNAME")
    listing = Listing(
        service_did=settings.service_did,
        record_key=settings.feed_name,
        display_name=name,
        description=description,
        avatar=_picture(avatar),
    )
    credentials = Credentials(handle=handle, password=app_password(handle))
    with progress_bar("publishing"):
        published = asyncio.run(_publish(settings, listing, credentials))
    if json:
        print_json(asdict(published))
        return
    print(f"{published.page}\n{published.uri}")
    publisher = published.uri.split("/")[2]
    print(f"Set STOA_PUBLISHER={publisher} where the square runs.", file=sys.stderr)
    if published.is_online is False:
        print(f"Bluesky does not reach it yet: stoa bluesky doctor {settings.hostname}")


@bluesky.command
def doctor(host: str, *, json: bool = False) -> None:
    """Walks the chain from DNS to interactions and says what is wrong and how to mend it.

    Args:
        host: public host name of the square.
        json: print one JSON object.
    """
    configure_logs()
    settings = load_settings()
    config = DoctorConfig(
        feed_uri=settings.feed_uri if settings.publisher else None,
        labeler_did=settings.labeler_did,
        plc_url=settings.plc_url,
        appview_url=settings.appview_url,
    )
    with progress_bar(f"walking the chain to {host}"):
        findings = asyncio.run(diagnose(host, config))
    healthy = all(finding.ok for finding in findings)
    if json:
        print_json({"ok": healthy, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            print(f"{'good' if finding.ok else 'BAD '}  {finding.step:13} {finding.what}")
            if finding.mend:
                print(f"      {'':13} mend: {finding.mend}")
    if not healthy:
        raise SystemExit(1)


async def _publish(settings: Settings, listing: Listing, credentials: Credentials) -> Published:
    guarded = GuardedHttp()
    async with network_client() as http:
        try:
            return await publish_record(
                listing,
                credentials,
                resolver=DidResolver(identity_config(settings), http, guarded, WallClock()),
                appview_url=settings.appview_url,
                created_at=datetime.now(UTC).isoformat(timespec="milliseconds")[:23] + "Z",
            )
        finally:
            await guarded.aclose()


def _picture(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadInput("--avatar", str(path), f"give a readable file ({problem})") from problem
