"""Addresses of Jetstream hosts: which wire format one speaks, and how to ask it for our events."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from stoa.bluesky.decoded import Decoder
from stoa.bluesky.jetstream_frames import JetstreamDecoder
from stoa.bluesky.jetstream_frames_v2 import JetstreamDecoderV2
from stoa.bluesky.syntax import COLLECTIONS
from stoa.errors import BadInput

DEFAULT_URLS = (
    "wss://jetstream2.us-east.bsky.network/subscribe",
    "wss://jetstream1.us-west.bsky.network/subscribe",
    "wss://jetstream.us-east.bsky.network/subscribe",
    "wss://jetstream1.us-east.bsky.network/subscribe",
    "wss://jetstream2.us-west.bsky.network/subscribe",
    "wss://jetstream.us-west.bsky.network/subscribe",
)
"""Public hosts, free and without promises; neighbours in the list stand in different regions."""

V2_METHOD = "network.bsky.jetstream.subscribeEvents"
V2_SUBPROTOCOL = "xrpc.v1.json"


@dataclass(frozen=True, slots=True)
class JetstreamHost:
    """One host, and the format its address asks for."""

    url: str

    @property
    def is_v2(self) -> bool:
        """Whether this address speaks the second wire format."""
        return urlsplit(self.url).path.endswith(V2_METHOD)

    @property
    def name(self) -> str:
        """Host and port, for status pages and logs."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def decoder(self) -> Decoder:
        """Reads this host's frames."""
        return JetstreamDecoderV2() if self.is_v2 else JetstreamDecoder()

    def subscription(self, cursor_us: int | None, max_message_bytes: int = 0) -> str:
        """The address to connect to.

        `cursor_us` is a time in both formats: the only position that outlives a change of host.
        `max_message_bytes` asks the host to leave out larger events; 0 sets no limit. Filters
        that the configured address already carries are kept instead of ours.
        """
        parts = urlsplit(self.url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        given = {key for key, _ in query}
        collections = "collections" if self.is_v2 else "wantedCollections"
        if collections not in given:
            query += [(collections, collection) for collection in COLLECTIONS]
        if self.is_v2 and "kinds" not in given:
            query += [("kinds", kind) for kind in ("commit", "identity", "account")]
        if max_message_bytes:
            query.append(("maxMessageSizeBytes", str(max_message_bytes)))
        if cursor_us is not None:
            query.append(("cursor", str(cursor_us)))
        return urlunsplit(parts._replace(query=urlencode(query)))


def parse_host(url: str) -> JetstreamHost:
    """A host from its address; a bare name gets `wss://` and `/subscribe`.

    >>> parse_host("jetstream.example.org").url
    'wss://jetstream.example.org/subscribe'

    Raises:
        BadInput: not a websocket or web address.
    """
    mend = "give an address like wss://jetstream.example.org/subscribe"
    text = url.strip()
    try:
        parts = urlsplit(text if "://" in text else f"wss://{text}")
        scheme = {"https": "wss", "http": "ws"}.get(parts.scheme, parts.scheme)
        parts.port  # noqa: B018  # reading it is what checks it
    except ValueError as error:
        raise BadInput("jetstream_urls", url, mend) from error
    if scheme not in ("ws", "wss") or not parts.hostname or any(c.isspace() for c in text):
        raise BadInput("jetstream_urls", url, mend)
    path = parts.path if parts.path not in ("", "/") else "/subscribe"
    return JetstreamHost(urlunsplit((scheme, parts.netloc, path, parts.query, "")))
