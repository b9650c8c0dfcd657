"""Guards everything that is served: who may ask, from where, how much and how often, and what a page may load."""

from __future__ import annotations

import logging
import math
import re
import socket
import time
from collections import Counter
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from traceback import extract_tb
from typing import Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.bodies import read_body
from rag.web.journal import note
from rag.web.metrics import Metrics
from rag.web.problems import Refused
from rag.web.rates import Buckets
from rag.web.settings import Serving

# What of gradio's server is open: what its Python client and the page need. Everything else of it, uploads and files
# above all, is not there.
OPEN_OF_GRADIO = (
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/heartbeat/[a-z0-9]+"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/call/[a-z_]+"),
    ("GET", "/gradio_api/call/[a-z_]+/[a-z0-9]+"),
)
# What costs nothing to answer, or was counted when the question was asked.
_UNCOUNTED = re.compile(r"/(?:healthz|readyz|metrics|page/.*|gradio_api/(?:queue/data|heartbeat/.*|call/.*/.*))")
# Of a client: responses that are being sent at once, and wrong passwords in a row and then a second.
_OPEN_AT_ONCE = 64
_GUESSES, _GUESSES_PER_SECOND = 10, 0.2
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; frame-src 'none'; media-src 'none'; worker-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_log = logging.getLogger(__name__)


class Passwords(Protocol):
    """Who the users are; see ``rag.web.auth.Users``."""

    def known(self, authorization: str) -> str:
        """Return the user whose credentials were verified before; empty where they were not."""

    async def verified(self, authorization: str) -> str:
        """Return the user whose credentials these are; empty where they are nobody's."""


class Gate:
    """Lets through to gradio what is open of it; the rest is not found."""

    def __init__(self, gradio: ASGIApp, opened: tuple[tuple[str, str], ...] = OPEN_OF_GRADIO) -> None:
        self._gradio, self._open = gradio, opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; see the ASGI specification."""
        path = path_of(scope)
        if not any(scope["method"] == method and re.fullmatch(one, path) for method, one in self._open):
            raise HTTPException(404, "there is no such page")
        if path == "/config":
            scope = {**scope, "query_string": b""}  # it can name a folder to load
        await self._gradio(scope, receive, send)


class Guard:
    """ASGI middleware around everything that is served."""

    def __init__(self, app: ASGIApp, serving: Serving, metrics: Metrics, passwords: Passwords | None = None) -> None:
        self._app, self._serving, self._metrics, self._passwords = app, serving, metrics, passwords
        self._proxies = [ip_network(one) for one in serving.proxies]
        self._hosts = {"localhost", "127.0.0.1", "[::1]", *(name.lower() for name in serving.allow_hosts)}
        if not serving.loopback:
            self._hosts |= {serving.host.lower(), socket.gethostname().lower(), socket.getfqdn().lower()}
        self._rates = Buckets(serving.rate, max(1, 4 * serving.rate))
        self._guesses = Buckets(_GUESSES_PER_SECOND, _GUESSES)
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; see the ASGI specification."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks through web sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        scope, started, status, client = self._entered(scope), time.perf_counter(), 0, ""
        path = path_of(scope)  # now: what is mounted below "/api" writes that into the scope's root path

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message)
            await send(message)

        try:
            try:
                await self._let_in(scope)
                client = client_of(HTTPConnection(scope))
                self._count(client, path)
                receive = await read_body(scope, receive)
            except Refused as refused:
                self._metrics.refused(refused.reason)
                await refused.response(scope, receive, send_guarded)
                return
            self._open[client] += 1
            try:
                await self._app(scope, receive, send_guarded)
            finally:
                self._open[client] -= 1
                if not self._open[client]:
                    del self._open[client]
        except Exception as error:
            # A line: whoever sends nonsense must not fill the log with traces, and is shown none either.
            place = extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            _log.warning("%s in %s while answering %r", type(error).__name__, where, path)
            if not status:
                await PlainTextResponse("internal server error", 500)(scope, receive, send_guarded)
        finally:
            fields = {
                "client": client or client_of(HTTPConnection(scope)),
                "method": scope["method"],
                "path": re.sub("^/a/[^/]+", "/a/…", path),  # whoever has an id may read the answer
            }
            note(_log, "request", **fields, status=status, seconds=round(time.perf_counter() - started, 3))

    def _entered(self, scope: Scope) -> Scope:
        """Return the request as it is seen inside: below the root path, and from where a trusted proxy says."""
        peer = scope["client"][0] if scope.get("client") else ""
        trusted = self._trusted(peer)
        client, headers = peer, scope["headers"]
        if trusted:
            # Some proxies add a header of their own below the one that the client made up.
            hops = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).replace(" ", "").split(",")
            hops = [re.sub(r"(?<=[\d\]]):\d+$", "", hop) if "." in hop or "]" in hop else hop for hop in hops]
            client = next((hop for hop in reversed(hops) if hop and not self._trusted(hop)), peer)
        else:
            headers = [(name, value) for name, value in headers if not name.startswith((b"x-forwarded-", b"forwarded"))]
        root, path = self._serving.root_path, scope["path"]
        if root and not f"{path}/".startswith(f"{root}/"):
            path = root + path  # of a proxy that takes it away
        elif path == root:
            path += "/"
        method = "GET" if scope["method"] == "HEAD" else scope["method"]  # uvicorn leaves the body out
        entered = {"method": method, "root_path": root, "path": path, "headers": headers, "client": (client, 0)}
        return {**scope, **entered, "rag.trusted": trusted}

    def _trusted(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False

    async def _let_in(self, scope: Scope) -> None:
        """Say in the scope who asks; raises ``Refused`` for a request that may not come in."""
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if not self._is_ours(re.sub(r":\d*$", "", host)):
            raise Refused(400, "host", "this name is not served here: allow it with rag chat --allow-host NAME")
        if scope["method"] not in ("GET", "HEAD"):
            origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
            if site not in ("none", "same-origin") or (origin is not None and urlsplit(origin).netloc.lower() != host):
                raise Refused(403, "origin", "this was sent by another web site")
        if path_of(scope) not in ("/healthz", "/readyz"):  # which say nothing but yes or no where users log in
            scope["rag.user"] = await self._user(headers, scope)

    def _is_ours(self, name: str) -> bool:
        """Whether a browser may know the page by a name: a web site could give this machine a name of its own."""
        if name in self._hosts:
            return True
        try:
            ip_address(name.strip("[]"))
        except ValueError:
            return False
        return not self._serving.loopback  # an address is no name that a web site could have

    async def _user(self, headers: Headers, scope: Scope) -> str:
        """Return who asks; empty where nobody has to log in."""
        if name := self._serving.auth_header:
            users = headers.getlist(name)  # of two, one may be the client's own
            if len(users) == 1 and (user := users[0].strip()) and scope["rag.trusted"]:
                return user
            raise Refused(401, "login", f"the proxy in front of this page did not say who asks, in {name}")
        if self._passwords is None:
            return ""
        sent = headers.get("authorization", "")
        if user := self._passwords.known(sent):
            return user
        asks = {"www_authenticate": 'Basic realm="news-rag", charset="UTF-8"'}
        if not sent:
            raise Refused(401, "login", "log in with name and password", **asks)
        address = client_of(HTTPConnection(scope))
        if seconds := self._guesses.wait(address):
            raise Refused(429, "login", "too many wrong passwords: wait a moment", retry_after=str(math.ceil(seconds)))
        if user := await self._passwords.verified(sent):
            self._guesses.give_back(address)
            return user
        raise Refused(401, "login", "no user has this name and password", **asks)

    def _count(self, client: str, path: str) -> None:
        """Count a request of a client; raises ``Refused`` for one too many."""
        if not _UNCOUNTED.fullmatch(path) and (seconds := self._rates.wait(client)):
            message = f"more than {self._serving.rate:g} requests a second: wait a moment"
            raise Refused(429, "rate", message, retry_after=str(math.ceil(seconds)))
        if self._open[client] >= _OPEN_AT_ONCE:
            raise Refused(429, "rate", f"{_OPEN_AT_ONCE} answers are being sent to you already", retry_after="5")


def _add_headers(start: Message) -> None:
    headers = MutableHeaders(raw=start["headers"])
    headers["content-security-policy"] = _POLICY
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "no-referrer"
    headers["cross-origin-opener-policy"] = headers["cross-origin-resource-policy"] = "same-origin"
    headers.setdefault("cache-control", "no-cache")
    for name in [name for name in headers if name.startswith("access-control-")]:
        del headers[name]  # gradio's: it lets every web site read, where the page has a name


def path_of(scope: Scope) -> str:
    """The path of a request below the root path."""
    return str(scope["path"]).removeprefix(str(scope.get("root_path", ""))) or "/"


def client_of(connection: HTTPConnection | None) -> str:
    """Who asks, as far as turns and rates are concerned: the user who is logged in, or else the address."""
    if connection is None:  # as gradio has it where nobody asks by HTTP
        return ""
    if user := connection.scope.get("rag.user"):
        return str(user)
    host = connection.client.host if connection.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped and not address.is_loopback:
        return str(ip_network((int(address), 64), strict=False))  # which a household has as a whole
    return host
