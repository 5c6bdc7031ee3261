from __future__ import annotations

import asyncio

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from playhead.http.bodies import BodyTooLargeError, BodyTooSlowError, read_limited

pytestmark = pytest.mark.anyio


def part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def request_of(*messages: Message, announced: int | None = None) -> Request:
    """A request whose body comes in these messages, and then never ends."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    headers = [] if announced is None else [(b"content-length", b"%d" % announced)]
    return Request({"type": "http", "headers": headers}, receive)


async def test_a_body_is_read_whole_up_to_its_limit() -> None:
    parts = [part(b"abc"), part(b"de", more=False)]
    assert await read_limited(request_of(*parts), 5) == b"abcde"
    with pytest.raises(BodyTooLargeError, match="4 bytes"):
        await read_limited(request_of(*parts), 4)


async def test_one_that_announces_too_much_is_not_read() -> None:
    with pytest.raises(BodyTooLargeError):
        await read_limited(request_of(announced=5), 4)


async def test_one_that_does_not_come_is_not_awaited_for_ever() -> None:
    with pytest.raises(BodyTooSlowError):
        await read_limited(request_of(part(b"a")), 4, 0.01)


async def test_the_end_of_the_connection_ends_it() -> None:
    with pytest.raises(ClientDisconnect):
        await read_limited(request_of(part(b"a"), {"type": "http.disconnect"}), 4)
