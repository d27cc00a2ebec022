"""The outermost steps of the chain: the name, and the certificate."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from stoa.bluesky.doctor_words import Finding, bad, good
from stoa.bluesky.guarded_http import Address, Lookup

_CONNECT_S = 5.0

# OpenSSL's verify codes and what they mean to a newcomer.
_CERTIFICATE_FAULTS = {
    10: ("the certificate has expired", "renew it, and let the renewal run by itself"),
    18: ("the certificate is self-signed", "get one from a public authority"),
    19: ("the chain ends in an unknown root", "get a certificate from a public authority"),
    20: ("the chain is incomplete", "serve the full chain (fullchain.pem), not only the leaf"),
    21: ("the chain is incomplete", "serve the full chain (fullchain.pem), not only the leaf"),
    62: ("the certificate is for another name", "get one for this very host name"),
}


async def check_names(
    host: str, port: int, lookup: Lookup, is_allowed: Callable[[Address], bool]
) -> list[Finding]:
    """Whether the name leads to a public IPv4 address."""
    try:
        found = await lookup(host, port)
    except (OSError, UnicodeError) as unknown:
        mend = "add an A record for it at your DNS provider, then wait for it to spread"
        return [bad("dns", f"{host} does not resolve: {unknown}", mend)]
    shown = ", ".join(map(str, found)) or "no address"
    inside = [address for address in found if not is_allowed(address)]
    if inside:
        mend = "point the name at the address under which the internet reaches this machine"
        return [bad("dns", f"{host} leads to {inside[0]}, which is not public", mend)]
    if not any(address.version == 4 for address in found):
        mend = "add an A record: Bluesky must reach the service over IPv4"
        return [bad("dns", f"{host} has no IPv4 address ({shown})", mend)]
    return [good("dns", f"{host} leads to {shown}")]


async def check_tls(
    host: str, port: int, lookup: Lookup, context: ssl.SSLContext | None
) -> Finding:
    """Whether the port answers with a certificate that the public trusts."""
    address = min(await lookup(host, port), key=lambda found: found.version)
    context = context or ssl.create_default_context()
    try:
        async with asyncio.timeout(_CONNECT_S):
            _, writer = await asyncio.open_connection(
                str(address), port, ssl=context, server_hostname=host
            )
            version = writer.get_extra_info("ssl_object").version()
            writer.close()
            await writer.wait_closed()
    except TimeoutError:
        mend = f"open port {port} in the firewall and forward it to this machine"
        return bad("tls", f"{address}:{port} does not answer within {_CONNECT_S:.0f} s", mend)
    except ssl.SSLCertVerificationError as refused:
        what, mend = _CERTIFICATE_FAULTS.get(
            refused.verify_code, (refused.verify_message, "get one from a public authority")
        )
        return bad("tls", f"{host}: {what}", mend)
    except ssl.SSLError as broken:
        mend = "let the proxy speak TLS on this port (plain http does not do)"
        return bad("tls", f"{host}:{port} does not speak TLS: {broken.reason}", mend)
    except OSError as refused:
        mend = f"let a proxy with TLS listen on port {port} and forward to the square"
        return bad("tls", f"nothing answers at {address}:{port}: {refused.strerror}", mend)
    return good("tls", f"the certificate is valid for {host} ({version})")
