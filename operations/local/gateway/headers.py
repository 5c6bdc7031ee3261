"""Which headers a proxy hands on (RFC 9110, section 7.6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Header = tuple[bytes, bytes]

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)


def end_to_end(headers: Iterable[Header]) -> list[Header]:
    """Leave out what concerns one connection only, the headers that `Connection` names included."""
    # White space around a value is no part of it (section 5.5), and h11 refuses to send it.
    lowered = [(name.lower(), value.strip(b" \t")) for name, value in headers]
    named = {
        token.strip().lower()
        for name, value in lowered
        if name == b"connection"
        for token in value.split(b",")
    }
    return [(name, value) for name, value in lowered if name not in _HOP_BY_HOP | named]


def forwarded(headers: Iterable[Header], client: str | None, scheme: str) -> list[Header]:
    """Give a request's headers as the upstream shall see them: with who asked, after who asked before."""
    kept = end_to_end(headers)
    before = [value for name, value in kept if name == b"x-forwarded-for"]
    chain = [*before, client.encode()] if client else before
    # the server has answered an `Expect` itself
    others = [(name, value) for name, value in kept if name not in {b"x-forwarded-for", b"expect"}]
    if chain:
        others.append((b"x-forwarded-for", b", ".join(chain)))
    if all(name != b"x-forwarded-proto" for name, _ in others):
        others.append((b"x-forwarded-proto", scheme.encode()))
    return others
