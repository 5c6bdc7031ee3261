"""Media through the gateway: in parts, at the client's pace, and only while the client stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from query_api.pages.files import Files
from tests.operations.local.gateway.servers import gateway_before, serving

CLIP = bytes(range(256)) * 4_000
FILM_BYTES = 512 * 1024**2
BUFFERED_BYTES = 32 * 1024**2
"""More than the buffers of all sockets and servers on the way."""


class Media:
    """Serves files, and counts what it sends."""

    def __init__(self, folder: Path) -> None:
        (folder / "clip.webm").write_bytes(CLIP)
        with (folder / "film.mp4").open("wb") as film:
            film.truncate(FILM_BYTES)
        self._files = Files(folder, {})
        self.sent_bytes = 0
        self.ended = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def counted(message: Message) -> None:
            await send(message)
            self.sent_bytes += len(message.get("body", b""))

        try:
            await self._files(scope, receive, counted)
        finally:
            if scope["path"] == "/film.mp4":
                self.ended.set()


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return Media(tmp_path)


@pytest.fixture
def gateway(media: Media, tmp_path: Path) -> Iterator[httpx.Client]:
    with serving(media) as port, gateway_before(tmp_path / "data", ingest=port, query=port) as client:
        yield client


def test_a_range_is_answered_as_one(gateway: httpx.Client) -> None:
    whole = gateway.get("/clip.webm")
    assert (whole.status_code, whole.content) == (200, CLIP)
    assert whole.headers["accept-ranges"] == "bytes"

    wanted = {"Range": "bytes=1000-499999", "If-Range": whole.headers["etag"]}
    part = gateway.get("/clip.webm", headers=wanted)
    assert (part.status_code, part.content) == (206, CLIP[1_000:500_000])
    assert part.headers["content-range"] == f"bytes 1000-499999/{len(CLIP)}"
    assert part.headers["content-length"] == "499000"

    beyond = gateway.get("/clip.webm", headers={"Range": f"bytes={len(CLIP)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(CLIP)}")

    again = gateway.get("/clip.webm", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_head_has_the_size_and_no_body(gateway: httpx.Client, media: Media) -> None:
    head = gateway.head("/film.mp4")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(FILM_BYTES)
    assert media.sent_bytes == 0


def test_a_film_is_read_at_the_pace_of_the_client_and_no_longer_than_it_stays(
    gateway: httpx.Client, media: Media
) -> None:
    with gateway.stream("GET", "/film.mp4") as film:
        parts = film.iter_raw()  # kept: once it is collected, httpx closes the connection
        next(parts)
        for _ in range(300):  # while these pass, the client reads no further
            gateway.head("/clip.webm")
        assert media.sent_bytes < BUFFERED_BYTES
        assert not media.ended.is_set()
    assert media.ended.wait(10)
    assert media.sent_bytes < BUFFERED_BYTES


def test_a_film_arrives_whole(gateway: httpx.Client) -> None:
    with gateway.stream("GET", "/film.mp4") as film:
        assert sum(map(len, film.iter_raw())) == FILM_BYTES
