"""Which machines we may talk to when somebody else chose the address: public ones only.

An address typed into Discord must not reach the router, the cloud's metadata service or a database beside us. The
checked numbers are the ones that are dialled, so that a name cannot change its meaning in between.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from rag.errors import Refused

Lookup = Callable[[str, int], list[str]]
# (host, port) -> numeric addresses, in the order in which to try them. Raises OSError (socket.gaierror).


def look_up(host: str, port: int) -> list[str]:
    """Ask the system's resolver for the addresses of a host."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that is empty or longer than 63 characters
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the open internet, also when IPv6 wraps an IPv4 address."""
    try:
        number = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address) and (inner := _wrapped(number)) is not None:
        return is_public(str(inner))
    return number.is_global and not number.is_multicast


def is_number(host: str) -> bool:
    """Whether a host is a numeric address in any spelling a resolver takes ("127.1", "::1", "2130706433")."""
    if ":" in host:
        return True
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def proxied(scheme: str, host: str) -> bool:
    """Whether the environment (HTTPS_PROXY, NO_PROXY) sends this address through a proxy, which then looks it up."""
    proxies = getproxies()
    return (scheme in proxies or "all" in proxies) and not proxy_bypass(host)


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address: what makes two of them the same server."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or (443 if scheme == "https" else 80)


def next_hop(url: str, location: str) -> str:
    """Return the absolute address that a redirect leads to; Refused when that is nothing to fetch."""
    if not location:
        raise Refused(url, "it redirects without saying where to")
    try:
        target = urljoin(url, location)
        scheme, host, _ = origin(target)
    except ValueError as error:
        raise Refused(url, "it leads to a malformed address") from error
    if scheme not in ("http", "https") or not host:
        raise Refused(url, "it leads to an address that is no web page")
    return target


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


def _wrapped(number: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if number in _NAT64:
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    if number.teredo is not None:
        return number.teredo[1]
    return number.ipv4_mapped or number.sixtofour
