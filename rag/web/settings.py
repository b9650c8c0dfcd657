"""How the page is served, and to whom: what the options of ``rag chat`` come to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

_LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Serving:
    """How the page is served; by default to this machine only, and to whoever uses it.

    Raises ``ValueError`` for what cannot be meant.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    """None is the first free one from 7860."""
    root_path: str = ""
    """Under which a proxy serves the page: ``/news``."""
    allow_hosts: tuple[str, ...] = ()
    """Names that a browser may know the page by, besides this machine's own."""
    proxies: tuple[str, ...] = ()
    """Addresses or networks whose ``X-Forwarded-For`` is believed."""
    auth: Path | None = None
    """The file of users who may ask."""
    auth_header: str = ""
    """The header in which a proxy says who asks."""
    rate: float = 10
    """Requests a second of a client, in the long run; 0 is any number."""
    queue: int = 8
    """Questions of a client that may wait."""
    history: bool = True
    mcp: bool = False
    log: Literal["", "text", "json"] = ""
    """How requests and questions are logged; not at all by default."""
    log_questions: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.auth and self.auth_header:
            raise ValueError("--auth has users log in here and --auth-header has a proxy do it: choose one")
        if self.auth_header and not re.fullmatch("[A-Za-z0-9-]+", self.auth_header):
            raise ValueError(f"--auth-header {self.auth_header!r} is no name of a header: write X-Forwarded-User")
        if self.root_path and not re.fullmatch(r"(/[\w.~-]+)+", self.root_path, re.ASCII):
            raise ValueError(f"--root-path {self.root_path!r} is no path: write /news, without a slash at its end")
        for name in self.allow_hosts:
            if not re.fullmatch(r"[\w.-]+|\[[\da-fA-F:]+\]", name):
                raise ValueError(f"--allow-host {name!r} is no name of a host: write news.example, without a port")
        for proxy in self.proxies:
            try:
                ip_network(proxy)
            except ValueError as error:
                raise ValueError(
                    f"--proxy {proxy!r} is no address or network: write 10.0.0.2 or 10.0.0.0/24"
                ) from error
        if not self.rate >= 0:
            raise ValueError(f"--rate {self.rate:g} is below 0: name how many requests a second a client may send")
        if self.queue < 1:
            raise ValueError(f"--queue {self.queue} is below 1: name how many questions of a client may wait")
        if self.log_questions and not self.log:
            raise ValueError("--log-questions adds them to the log: name one with --log text or --log json")
        if self.auth_header and not self.proxies:
            object.__setattr__(self, "proxies", _LOOPBACK)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the page."""
        return self.host in (*_LOOPBACK, "localhost")

    @property
    def warning(self) -> str:
        """What whoever starts the page so must know; empty where nothing."""
        if self.loopback or self.auth:
            return ""
        if self.auth_header:
            return f"{self.auth_header} is believed from {', '.join(self.proxies)} only: let nobody else in there"
        return (
            f"everyone who can reach this machine can ask at {self.host}, and read the articles, without a password:\n"
            "let users log in with --auth users.toml (rag password NAME makes a line of it), or serve at 127.0.0.1"
        )
