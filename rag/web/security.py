"""Adds the security policy to every response, so that nothing in an article can load or run."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """ASGI middleware: a page may load and run only what this server sent.

    Gradio's page has inline scripts: exactly these are allowed, by their digests, as Content Security Policy Level 3
    has it. For that the page is held back until it is complete; all other responses are streamed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; see the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # The scripts of a compressed page could not be read; within one machine compression gains nothing.
        del MutableHeaders(scope=scope)["accept-encoding"]
        held: Message | None = None
        page = b""

        async def send_with_policy(message: Message) -> None:
            nonlocal held, page
            if message["type"] == "http.response.start":
                if MutableHeaders(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                    held = message
                    return
                _add_headers(message, b"")
            elif held:
                page += message.get("body", b"")
                if message.get("more_body"):
                    return
                _add_headers(held, page)
                await send(held)
                message = {"type": "http.response.body", "body": page}
            await send(message)

        await self._app(scope, receive, send_with_policy)


def _add_headers(start: Message, page: bytes) -> None:
    """Add the headers to the start of a response whose body is ``page``."""
    digests = [b64encode(sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(page)]
    scripts = " ".join(("'self'", *(f"'sha256-{digest}'" for digest in digests)))
    headers = MutableHeaders(scope=start)
    headers["content-security-policy"] = (
        f"default-src 'self'; script-src {scripts}; "
        # Gradio sets styles on elements; a style can load nothing, as images and fonts are held to this server too.
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "object-src 'none'; frame-src 'none'; media-src 'none'; worker-src 'none'; "
        "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    )
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "no-referrer"


def client_of(connection: HTTPConnection) -> str:
    """Who asks, as far as turns and rates are concerned: the address of the other end."""
    return connection.client.host if connection.client else ""
