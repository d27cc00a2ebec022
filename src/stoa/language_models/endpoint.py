"""Where a chat endpoint is, and whether its key may be sent there."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from stoa.errors import BadInput

_KEY = re.compile(r"[\x21-\x7e]{0,4096}")
_PATH = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address for `POST`, and the key that goes with it. The key is in no `repr`."""

    url: str
    host: str  # for messages
    key: str = field(default="", repr=False)

    @classmethod
    def of(cls, base: str, key: str = "", plain_http: bool = False) -> Endpoint:
        """The endpoint under an API's base address, such as `https://host.example/v1`.

        Args:
            base: the address, with or without `/chat/completions` at its end.
            key: sent as a bearer token; empty sends none.
            plain_http: lets `http` go to other machines, where anybody on the way reads all.

        Raises:
            BadInput: another scheme, a user name or a query in it, or a key no header can carry.
        """
        if _KEY.fullmatch(key) is None:
            raise BadInput("STOA_LLM_KEY", "(hidden)", "give printable characters without spaces")
        url, host = checked_base(base, plain_http)
        return cls(url + _PATH, host, key)

    def hidden(self, text: str) -> str:
        """`text` without the key, which some endpoints repeat in their refusals."""
        return text.replace(self.key, "(hidden)") if len(self.key) > 3 else text


def checked_base(base: str, plain_http: bool = False) -> tuple[str, str]:
    """The base address without what may be left away, and its host with the port.

    >>> checked_base("https://host.example/v1/")
    ('https://host.example/v1', 'host.example')

    Raises:
        BadInput: says what is wrong with it; an address that may hold a secret is not shown.
    """
    try:
        parts = urlsplit(base.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as wrong:
        raise BadInput(
            "STOA_LLM_URL", "(no address)", "give an address such as https://host.example/v1"
        ) from wrong
    if parts.username or parts.password or parts.query or parts.fragment:
        mend = "leave user name, query and fragment out of it; the key goes in STOA_LLM_KEY"
        raise BadInput("STOA_LLM_URL", f"{parts.scheme}://{host}...", mend)
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\%]", host):
        raise BadInput("STOA_LLM_URL", base, "give an address such as https://host.example/v1")
    if parts.scheme == "http" and not (plain_http or is_loopback(host)):
        mend = (
            "use https, or http on this machine, or set STOA_LLM_PLAIN_HTTP if nobody else listens"
        )
        raise BadInput("STOA_LLM_URL", base, mend)
    path = parts.path.rstrip("/").removesuffix(_PATH)
    if re.search(r"[^\x21-\x7e]", path):
        raise BadInput("STOA_LLM_URL", base, "write its path in ASCII, percent-encoded")
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port is not None else ""
    return f"{parts.scheme}://{place}{path}", place


def is_loopback(host: str) -> bool:
    """Whether a host is this machine.

    >>> [is_loopback(h) for h in ("localhost", "127.0.0.9", "::1", "10.0.0.1", "localhost.a.b")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
