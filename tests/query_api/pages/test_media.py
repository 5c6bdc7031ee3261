"""Files of the local demo: whole, in parts as players ask for them, and nothing beside them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from playhead.settings import QuerySettings
from query_api.app import create_app

pytestmark = pytest.mark.anyio

CLIP = bytes(range(250)) * 4
SIZE = len(CLIP)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    media = tmp_path / "media"
    (media / "course").mkdir(parents=True)
    (media / ".git").mkdir()
    for name in ("clip.webm", "course/part.mp4", ".hidden", ".git/config"):
        (media / name).write_bytes(CLIP)
    (media / "empty.webm").touch()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "media-too").mkdir()
    (tmp_path / "media-too" / "secret.txt").write_text("secret")
    (media / "link.txt").symlink_to(tmp_path / "secret.txt")
    return media


@pytest.fixture
async def media(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(QuerySettings(query_media_directory=folder))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://query") as client:
        yield client


async def part(media: httpx.AsyncClient, wanted: str, **more: str) -> httpx.Response:
    return await media.get("/media/clip.webm", headers={"Range": wanted, **more})


async def test_a_file_is_sent_whole_and_says_that_it_has_parts(media: httpx.AsyncClient) -> None:
    whole = await media.get("/media/clip.webm")
    assert (whole.status_code, whole.content) == (200, CLIP)
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-length"] == str(SIZE)
    assert (await media.get("/media/course/part.mp4")).content == CLIP
    assert (await media.get("/media/empty.webm")).content == b""


async def test_head_has_the_same_headers_without_the_file(media: httpx.AsyncClient) -> None:
    whole, head = await media.get("/media/clip.webm"), await media.head("/media/clip.webm")
    assert head.content == b""
    assert head.headers.pop("x-request-id") != whole.headers.pop("x-request-id")  # each has its own
    assert head.headers == whole.headers


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=900-", 900, SIZE - 1),
        ("bytes=900-5000", 900, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        ("bytes=-5000", 0, SIZE - 1),
        ("Bytes=5-6", 5, 6),
    ],
)
async def test_a_part_is_sent(media: httpx.AsyncClient, wanted: str, first: int, last: int) -> None:
    answer = await part(media, wanted)
    assert answer.status_code == 206
    assert answer.content == CLIP[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last + 1 - first)
    assert answer.headers["content-type"] == "video/webm"


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", "bytes=5000-6000", "bytes=-0"])
async def test_a_part_beyond_the_end_is_416_with_the_size(media: httpx.AsyncClient, wanted: str) -> None:
    answer = await part(media, wanted)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "wanted", ["bytes=9-5", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "seconds=0-1", "x", "bytes=٣-"]
)
async def test_a_range_that_makes_no_sense_is_ignored(media: httpx.AsyncClient, wanted: str) -> None:
    answer = await media.get("/media/clip.webm", headers=[(b"range", wanted.encode())])
    assert (answer.status_code, answer.content) == (200, CLIP)


async def test_a_part_of_what_has_changed_since_is_sent_whole(media: httpx.AsyncClient, folder: Path) -> None:
    before = (await media.get("/media/clip.webm")).headers
    for validator in (before["etag"], before["last-modified"]):
        assert (await part(media, "bytes=5-6", **{"If-Range": validator})).status_code == 206

    os.utime(folder / "clip.webm", (1, 1))
    for validator in (before["etag"], before["last-modified"]):
        answer = await part(media, "bytes=5-6", **{"If-Range": validator})
        assert (answer.status_code, answer.content) == (200, CLIP)


async def test_what_the_browser_has_already_is_not_sent_again(media: httpx.AsyncClient) -> None:
    before = (await media.get("/media/clip.webm")).headers
    assert before["cache-control"] == "no-cache"
    again = await media.get("/media/clip.webm", headers={"If-None-Match": before["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "course",
        "course/",
        "gone.webm",
        "clip.webm/x",
        ".hidden",
        ".git/config",
        "course/%2e%2e/clip.webm",
        "%2e%2e/secret.txt",
        "%2e%2e%2fsecret.txt",
        "..%2fmedia-too%2fsecret.txt",
        "course/..%2f..%2f..%2fsecret.txt",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "link.txt",
        "a%00b",
        "x" * 5_000,
    ],
)
async def test_nothing_else_is_to_be_had(media: httpx.AsyncClient, path: str) -> None:
    url = httpx.URL("http://query").copy_with(raw_path=f"/media/{path}".encode())
    answer = await media.get(url)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.webm", "video/webm"),
        ("a.MP4", "video/mp4"),
        ("a.jpg", "image/jpeg"),
        ("a.png", "image/png"),
        ("a.html", "text/html; charset=utf-8"),
        ("a.vtt", "text/vtt; charset=utf-8"),
        ("a.exe", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
async def test_types_are_stated_and_not_guessed(
    media: httpx.AsyncClient, folder: Path, name: str, kind: str
) -> None:
    (folder / name).write_text("x")
    answer = await media.get(f"/media/{name}")
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["a.html", "a.svg"])
async def test_nothing_runs_in_a_document(media: httpx.AsyncClient, folder: Path, name: str) -> None:
    (folder / name).write_text("<script>alert(1)</script>")
    policy = (await media.get(f"/media/{name}")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy


async def test_without_a_folder_there_are_none() -> None:
    transport = httpx.ASGITransport(app=create_app(QuerySettings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://query") as client:
        answer = await client.get("/media/clip.webm", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
