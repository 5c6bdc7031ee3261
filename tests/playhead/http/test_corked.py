"""Head and body of an answer are one packet; the head of a stream waits for nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from playhead.http.server import Server, listen

pytestmark = pytest.mark.anyio


class Paused:
    """Serves `/whole` with its length, `/parts` with the length of three, and `/stream` without one."""

    def __init__(self) -> None:
        self.parts: asyncio.Queue[bytes] = asyncio.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for _ in range(2):
                await send({"type": f"{(await receive())['type']}.complete"})
            return
        length = {"/whole": b"4", "/parts": b"6", "/stream": None}[scope["path"]]
        headers = [] if length is None else [(b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/whole":
            await send({"type": "http.response.body", "body": b"body"})
            return
        for number in range(3):
            part = await self.parts.get()
            await send({"type": "http.response.body", "body": part, "more_body": number < 2})


@contextlib.asynccontextmanager
async def asked(path: str, method: str = "GET") -> AsyncIterator[tuple[asyncio.StreamReader, Paused]]:
    app = Paused()
    server = Server(app, drain_seconds=1, on_drain=lambda: None)
    listener = listen("127.0.0.1", 0)
    serving = asyncio.create_task(server.serve_on(listener))
    reader, writer = await asyncio.open_connection(*listener.getsockname()[:2])
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    async with asyncio.timeout(20):
        yield reader, app
    writer.close()
    server.stop()
    await serving


async def test_the_head_comes_with_the_body() -> None:
    async with asked("/whole") as (reader, _):
        assert (await reader.read(4096)).endswith(b"\r\n\r\nbody")


async def test_the_head_alone_answers_a_question_for_the_head() -> None:
    async with asked("/whole", "HEAD") as (reader, _):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_each_part_of_a_known_length_is_sent_at_once() -> None:
    async with asked("/parts") as (reader, app):
        for number in range(3):
            app.parts.put_nowait(b"%d;" % number)
            part = await reader.readuntil(b"%d;" % number)
            assert part.startswith(b"HTTP/1.1 200") == (number == 0)


async def test_the_head_of_a_stream_is_sent_before_there_is_a_body() -> None:
    async with asked("/stream") as (reader, app):
        assert b"transfer-encoding: chunked" in await reader.readuntil(b"\r\n\r\n")
        for number in range(3):
            app.parts.put_nowait(b"%d;" % number)
            await reader.readuntil(b"%d;" % number)
