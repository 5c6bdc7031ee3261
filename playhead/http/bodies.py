"""Reads the body of a request within limits of size and time, and names the field of it that is at fault."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import ClientDisconnect, Request

from playhead.http.problems import Problem

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

WHOLE_BODY = "playhead.whole_body"
"""An ASGI extension: present once the body has arrived. What need not be awaited need not be timed."""
BODY_SECONDS = 10.0
"""For a whole small body. A player on a bad line sends 1 KB; a slower client only occupies a connection."""
_DIGITS = 18
"""Of a Content-Length that are parsed: a longer one is too large all the same, and Python refuses to parse
thousands of digits."""
_CLOSE = {"Connection": "close"}  # the rest of the body is not read

# msgspec names the place only in its message, as in "… - at `$.metadata.watchedSegments[3][0]`"; tests hold
# these patterns to the installed version.
_PLACE = re.compile(r" - at `\$\.?(.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(.+)`$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(.+)`$", re.DOTALL)


class BodyTooLargeError(Problem):
    """413: the body is larger than allowed."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, "Body too large", f"a body may have {limit:,} bytes", headers=_CLOSE)


class BodyTooSlowError(Problem):
    """408: the body did not arrive in time."""

    def __init__(self, seconds: float) -> None:
        detail = f"the body did not come within {seconds:.0f} s"
        super().__init__(408, "Body too slow", detail, headers=_CLOSE)


async def read_limited(request: Request, limit: int, seconds: float = BODY_SECONDS) -> bytes:
    """The whole body of a Starlette request; see `read_body`."""
    return await read_body(request.scope, request.receive, limit, seconds)


async def read_body(scope: Scope, receive: Receive, limit: int, seconds: float = BODY_SECONDS) -> bytes:
    """The whole body: at most `limit` bytes, received within `seconds`.

    Raises:
        BodyTooLargeError: the body, or its Content-Length, exceeds `limit`; the rest is not read.
        BodyTooSlowError: it took longer than `seconds`.
        ClientDisconnect: the connection ended first.
    """
    if _announced(scope) > limit:
        raise BodyTooLargeError(limit)
    if WHOLE_BODY in scope.get("extensions", ()):
        return await _read(receive, limit)
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, limit)
    except TimeoutError as error:
        raise BodyTooSlowError(seconds) from error


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value[:_DIGITS]) if value.isdigit() else 0
    return 0


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    left = limit
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        left -= len(chunk)
        if left < 0:
            raise BodyTooLargeError(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def fault_of(error: msgspec.ValidationError) -> tuple[str | None, str]:
    """The field at fault as a path into the body, and the reason; the field is None for the whole body."""
    message = str(error)
    place = _PLACE.search(message)
    within = place.group(1) if place else ""
    reason = message[: place.start()] if place else message
    for pattern, meaning in ((_MISSING, "is required"), (_UNKNOWN, "is not a field that there is here")):
        named = pattern.match(reason)
        if named:
            return f"{within}.{named.group(1)}".lstrip("."), meaning
    return within or None, reason
