"""The client address of a request, as far as it can be trusted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_FORWARDED = b"x-forwarded-for"
_SITE_BITS = 64
"""The prefix of an IPv6 address that one household or host is assigned, and may vary within."""


def address_of(scope: Scope, trusted: Sequence[Network]) -> str:
    """The client of an ASGI request: an IPv4 address or a 64-bit IPv6 network; empty if unknown.

    `X-Forwarded-For` is trusted only from `trusted` proxies, each of which appends the address that it sees:
    the client is the last address in the header that is not one of theirs.
    """
    client = _parsed(scope["client"][0]) if scope.get("client") else None
    if client is None:
        return ""
    for hop in reversed(_hops(scope["headers"])):
        if not _is_in(client, trusted):
            break
        seen = _parsed(hop)
        if seen is None:
            break
        client = seen
    if isinstance(client, IPv6Address):
        return str(ip_network((client.packed, _SITE_BITS), strict=False))
    return str(client)


def _hops(headers: Sequence[tuple[bytes, bytes]]) -> list[str]:
    lines = [value.decode("latin-1") for name, value in headers if name == _FORWARDED]
    return [hop.strip() for line in lines for hop in line.split(",")]


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
