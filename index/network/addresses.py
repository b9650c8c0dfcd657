"""Which addresses may be connected to: public ones, so that no page can have us read what only this network can."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from string import punctuation
from urllib.parse import quote, urlsplit, urlunsplit

from index.articles.characters import escaped
from rag.errors import ArticleUnreadable

# Public by Python's ``is_global``, and yet ways into a private network: addresses that hold another one (RFC 6052 and
# 8215: NAT64; RFC 3056: 6to4; RFC 4380: Teredo; RFC 4291: IPv4-compatible), the old site-local ones (RFC 3879), those
# for documentation (RFC 9637), the relays of 6to4 (RFC 7526), and Azure's host, which tells a machine its secrets
# (Microsoft: "What is IP address 168.63.129.16?").
_NOT_PUBLIC = tuple(
    ip_network(one)
    for one in (
        *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10", "3fff::/20"),
        *("192.88.99.0/24", "168.63.129.16/32"),
    )
)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is a host of the public internet."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if any(address in network for network in _NOT_PUBLIC):
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
    """``url`` in ASCII, as it is asked for, if it may be fetched at all; ``ArticleUnreadable`` says why not."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _ascii(parts.hostname or "")
    except ValueError as error:
        raise ArticleUnreadable("is no web address") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ArticleUnreadable("is no web address: only http:// and https:// are fetched")
    if parts.username is not None or parts.password is not None:
        raise ArticleUnreadable("holds a user name or password: addresses with them are not fetched")
    if not url.isprintable() or not host.isprintable() or " " in host:
        raise ArticleUnreadable("holds characters that no web address has")
    place = f"[{host}]" if ":" in host else host
    place += "" if port is None else f":{port}"
    path, query = quote(parts.path, punctuation), quote(parts.query, punctuation)  # what is encoded stays
    return urlunsplit((parts.scheme, place, path, query, ""))


def _ascii(host: str) -> str:
    """A host's name as the network has it: "xn--bcher-kva.example" for "bücher.example"; or a ``UnicodeError``."""
    import idna

    return host if host.isascii() else idna.encode(host[:1000], uts46=True).decode()
