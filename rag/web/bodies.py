"""Reads what a request carries, before anybody works on it: JSON of some size and depth, and nothing else."""

from __future__ import annotations

import asyncio
import json
import re

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from rag.web.problems import Refused

_LARGEST, _DEEPEST, _SECONDS = 1_000_000, 32, 20


async def read_body(scope: Scope, receive: Receive) -> Receive:
    """Read the body of a request, and return what gives it again; raises ``Refused`` for one that is not wanted."""
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    if "transfer-encoding" not in headers and length in ("", "0"):
        return receive
    too_large = f"the body is larger than {_LARGEST:,} bytes"
    if length and int(length) > _LARGEST:
        raise Refused(413, "body", too_large)
    if not re.match(r"application/(?:[\w.-]+\+)?json\b", headers.get("content-type", "")):
        raise Refused(415, "body", "the body is not JSON: send content-type: application/json")
    body, more = b"", True
    try:
        async with asyncio.timeout(_SECONDS):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, "body", "the body is incomplete")
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > _LARGEST:
                    raise Refused(413, "body", too_large)
    except TimeoutError as error:
        raise Refused(408, "body", f"the body did not arrive within {_SECONDS} seconds") from error
    if fault := _fault_in(body):
        raise Refused(400, "body", fault)
    held: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return held.pop() if held else await receive()

    return receive_again


def _fault_in(body: bytes) -> str:
    """Say why a body is no JSON that anybody would send; empty where it is."""
    try:
        inside: list[object] = [json.loads(body, parse_constant=_refuse)]
    except RecursionError:
        return f"the body is nested more than {_DEEPEST} deep"
    except ValueError as error:
        return f"the body is no JSON: {error}"
    for _ in range(_DEEPEST):
        lists = [one.values() if isinstance(one, dict) else one for one in inside if isinstance(one, dict | list)]
        inside = [child for one in lists for child in one]
    return f"the body is nested more than {_DEEPEST} deep" if inside else ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
