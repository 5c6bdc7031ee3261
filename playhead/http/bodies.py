"""Reading a request's body within limits of size and time."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import Receive

BODY_SECONDS = 10.0
"""For the whole of a small body. A player on a bad line sends 1 KB; who dribbles for longer holds us up."""


class BodyTooLargeError(Exception):
    """The body is larger than allowed."""


class BodyTooSlowError(Exception):
    """The body did not come in time."""


async def read_limited(
    receive: Receive, limit: int, announced: int | None, seconds: float = BODY_SECONDS
) -> bytes:
    """The whole body.

    Args:
        receive: Of the ASGI request.
        limit: Bytes that it may have.
        announced: Its length, where a header gives it: one beyond the limit is not read at all.
        seconds: How long it may take.

    Raises:
        BodyTooLargeError: it is, or announces that it is, longer than `limit`; the rest was not read.
        BodyTooSlowError: it took longer than `seconds`.
        ClientDisconnect: the connection ended before.
    """
    if announced is not None and announced > limit:
        raise BodyTooLargeError(f"a body may have {limit:,} bytes")
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, limit)
    except TimeoutError as error:
        raise BodyTooSlowError(f"the body did not come within {seconds:.0f} s") from error


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
            raise BodyTooLargeError(f"a body may have {limit:,} bytes")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
