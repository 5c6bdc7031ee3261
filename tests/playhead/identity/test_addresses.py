from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from playhead.identity.addresses import address_of

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def scope(client: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"accept", b"*/*"), *((b"x-forwarded-for", each.encode()) for each in forwarded)]
    return {"type": "http", "client": None if client is None else (client, 1), "headers": headers}


@pytest.mark.parametrize(
    ("client", "forwarded", "found"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        (None, [], ""),
        ("/run/socket", [], ""),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),  # not a proxy of ours: not believed
        ("10.0.0.9", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.9", ["203.0.113.1, 198.51.100.7"], "198.51.100.7"),  # the first is the client's own word
        ("10.0.0.9", ["203.0.113.1", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.9", ["198.51.100.7, 10.0.0.8,10.0.0.7"], "198.51.100.7"),
        ("10.0.0.9", ["10.0.0.8"], "10.0.0.8"),
        ("10.0.0.9", ["nonsense"], "10.0.0.9"),
        ("10.0.0.9", ["198.51.100.7, nonsense"], "10.0.0.9"),
        ("10.0.0.9", [""], "10.0.0.9"),
        ("::ffff:10.0.0.9", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", [], "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", [], "2001:db8:1:3::/64"),
        ("fd00::1", ["2001:db8:1:2::9"], "2001:db8:1:2::/64"),
    ],
)
def test_the_address_is_the_last_that_none_of_our_proxies_has(
    client: str | None, forwarded: list[str], found: str
) -> None:
    assert address_of(scope(client, *forwarded), PROXIES) == found
