"""Which addresses may be connected to: public ones, so that no page can have us read what only this network can."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from index.articles.characters import escaped
from rag.errors import ArticleUnreadable

# Public by Python's ``is_global``, and yet ways into a private network: addresses that hold another one (RFC 6052 and
# 8215: NAT64; RFC 3056: 6to4; RFC 4380: Teredo; RFC 4291: IPv4-compatible) and the old site-local ones (RFC 3879).
_TUNNELS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10")))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is a host of the public internet."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if any(address in tunnel for tunnel in _TUNNELS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses to connect to for ``host``, numeric, so that no second look-up can give others.

    Raises:
        ArticleUnreadable: the name is unknown, or any of its addresses is not public.
    """
    try:
        found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise ArticleUnreadable(f"{escaped(host)} cannot be found: check the address, and the network") from error
    for address in found:
        if not allow_private and not is_public(ip_address(str(address).partition("%")[0])):
            raise ArticleUnreadable(
                f"{escaped(host)} is at {address}, which is not public: --allow-private fetches from there as well"
            )
    return list(dict.fromkeys(map(str, found)))


def checked_url(url: str) -> str:
    """``url``, if it may be fetched at all; ``ArticleUnreadable`` says why not."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ArticleUnreadable("is no web address") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ArticleUnreadable("is no web address: only http:// and https:// are fetched")
    if parts.username is not None or parts.password is not None:
        raise ArticleUnreadable("holds a user name or password: addresses with them are not fetched")
    if not url.isprintable() or " " in url:
        raise ArticleUnreadable("holds characters that no web address has")
    return url
