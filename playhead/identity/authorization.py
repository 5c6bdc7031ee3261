"""The Authorization header of a request."""

from __future__ import annotations

from collections.abc import Iterable

from playhead.identity.errors import InvalidTokenError

_NAME = b"authorization"


def authorization_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The value of an ASGI request's Authorization header; None where there is none.

    Raises:
        InvalidTokenError: there are several, of which a proxy may have checked another than a service would.
    """
    values = [value for name, value in headers if name == _NAME]
    if len(values) > 1:
        raise InvalidTokenError("the request has several Authorization headers: send one")
    return values[0].decode("latin-1") if values else None
