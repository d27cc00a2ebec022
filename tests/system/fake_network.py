"""Accounts that sign tokens, and small real HTTP servers that play the network on loopback."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from stoa.bluesky.multikey import write_multikey

ORDER = {
    "ES256K": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}
CURVES = {"ES256K": ec.SECP256K1(), "ES256": ec.SECP256R1()}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class FakeAccount:
    """An account with a signing key of its own; `seed` makes it the same every time."""

    did: str
    seed: int = 0x11 * 0x0101010101010101
    algorithm: str = "ES256K"
    handle: str = "ana.example.social"
    pds: str = "https://pds.example.com"

    @property
    def key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.seed, CURVES[self.algorithm])

    def document(self) -> dict:
        """The account's DID document."""
        return {
            "id": self.did,
            "alsoKnownAs": [f"at://{self.handle}"],
            "verificationMethod": [
                {
                    "id": f"{self.did}#atproto",
                    "type": "Multikey",
                    "controller": self.did,
                    "publicKeyMultibase": write_multikey(self.key.public_key()),
                }
            ],
            "service": [
                {
                    "id": "#atproto_pds",
                    "type": "AtprotoPersonalDataServer",
                    "serviceEndpoint": self.pds,
                }
            ],
        }

    def token(
        self,
        *,
        aud: str,
        lxm: str,
        now_s: int,
        header: dict | None = None,
        high_s: bool | None = None,
        **claims: object,
    ) -> str:
        """A service-auth token as the reference server makes it; keywords override claims."""
        head = {"typ": "JWT", "alg": self.algorithm} | (header or {})
        body = {"iat": now_s, "iss": self.did, "aud": aud, "exp": now_s + 60, "lxm": lxm}
        body |= {"jti": "00112233445566778899aabbccddeeff"} | claims
        body = {name: value for name, value in body.items() if value is not None}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, body))
        return f"{signed}.{base64url(self.sign(signed.encode(), high_s))}"

    def sign(self, message: bytes, high_s: bool | None = None) -> bytes:
        """64 raw bytes; `high_s` asks for one of the two equivalent signatures."""
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(SHA256())))
        order = ORDER[self.algorithm]
        if high_s is not None and (s > order // 2) != high_s:
            s = order - s
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(value: object, status: int = 200) -> Reply:
        return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


Answering = Callable[[Request], Reply]


class FakeServer:
    """A real HTTP (or HTTPS) server on loopback that answers what a function says."""

    def __init__(self, answer: Answering, context: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.scheme = "https" if context else "http"
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("content-length") or 0)
                request = Request(
                    self.command,
                    unquote(parts.path),
                    dict(parse_qsl(parts.query, keep_blank_values=True)),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(length),
                )
                outer.requests.append(request)
                reply = outer.answer(request)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = do_PUT = _answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@contextmanager
def serving(answer: Answering, context: ssl.SSLContext | None = None) -> Iterator[FakeServer]:
    """A server for the length of a `with` block."""
    server = FakeServer(answer, context)
    try:
        yield server
    finally:
        server.close()


@dataclass
class FakePlc:
    """A DID directory: accounts by DID. Its bound method `answer` plays the server."""

    accounts: dict[str, FakeAccount] = field(default_factory=dict)

    def add(self, account: FakeAccount) -> FakeAccount:
        self.accounts[account.did] = account
        return account

    def answer(self, request: Request) -> Reply:
        account = self.accounts.get(request.path.removeprefix("/"))
        if account is None:
            return Reply.of({"message": "DID not registered"}, 404)
        return Reply.of(account.document())


@dataclass
class HandClock:
    """A clock that stands still until it is moved."""

    us: int = 1_790_000_030_000_000

    def now_us(self) -> int:
        return self.us

    def move_s(self, seconds: float) -> None:
        self.us += int(seconds * 1_000_000)


def certificate_for(host: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A self-signed certificate for `host`: the server's context, and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = folder / f"{host}.pem"
    pem.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    serving_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving_context.load_cert_chain(pem)
    trusting = ssl.create_default_context(
        cadata=certificate.public_bytes(Encoding.PEM).decode("ascii")
    )
    return serving_context, trusting
