"""Head and body of an answer are one packet; the head of a stream waits for nothing; requests are freed."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
import weakref
from collections.abc import AsyncIterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

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
    async with connected(app) as (reader, writer):
        writer.write(_request(path, method))
        yield reader, app


@contextlib.asynccontextmanager
async def connected(
    app: ASGIApp, idle_seconds: int = 75
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    server = Server(app, drain_seconds=1, on_drain=lambda: None)
    server.config.timeout_keep_alive = idle_seconds
    listener = listen("127.0.0.1", 0)
    serving = asyncio.create_task(server.serve_on(listener))
    reader, writer = await asyncio.open_connection(*listener.getsockname()[:2])
    async with asyncio.timeout(20):
        yield reader, writer
    writer.close()
    server.stop()
    await serving


def _request(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


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


class Thing:
    """Can be referred to weakly."""


async def test_a_request_is_freed_without_the_garbage_collector() -> None:
    app = Paused()
    seen: list[weakref.ref[Thing]] = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        thing = scope["thing"] = Thing()
        seen.append(weakref.ref(thing))
        await app(scope, receive, send)

    gc.disable()
    try:
        async with connected(watched) as (reader, writer):
            for _ in range(4):
                writer.write(_request("/whole"))
                await reader.readuntil(b"body")
            await asyncio.sleep(0)
            # The first was the lifespan; the connection holds its last request.
            assert [each() for each in seen[1:-1]] == [None, None, None]
    finally:
        gc.enable()


async def test_pipelined_requests_are_answered_in_order() -> None:
    async with connected(Paused()) as (reader, writer):
        writer.write(_request("/whole") + _request("/whole", "HEAD") + _request("/whole"))
        for ending in (b"\r\n\r\nbody", b"\r\n\r\n", b"\r\n\r\nbody"):
            assert (await reader.readuntil(ending)).startswith(b"HTTP/1.1 200")


async def test_an_idle_connection_is_closed_that_long_after_its_last_answer() -> None:
    async with connected(Paused(), idle_seconds=1) as (reader, writer):
        for _ in range(3):
            writer.write(_request("/whole"))
            await reader.readuntil(b"body")
            await asyncio.sleep(0.6)
        answered = time.monotonic() - 0.6
        assert await reader.read() == b""
        assert time.monotonic() - answered >= 0.95
