"""The pages: their addresses and headers, and which addresses stay the API's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from playhead.settings import QuerySettings
from query_api.app import create_app
from query_api.pages.serving import PATHS

pytestmark = pytest.mark.anyio

INDEX = "<!doctype html><title>Playhead</title>"
NAVIGATION = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ADDRESSES = [re.sub(r"\{\w+\}", "5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11", path) for path in PATHS]


def client(settings: QuerySettings) -> httpx.AsyncClient:
    """Without its lifespan: the pages need no store."""
    transport = httpx.ASGITransport(app=create_app(settings))
    return httpx.AsyncClient(transport=transport, base_url="http://query")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "assets" / "main-Bx1.js").write_text("export {}")
    (tmp_path / "assets" / "inter-Cy2.woff2").write_bytes(b"wOF2")
    return tmp_path


@pytest.fixture
async def pages(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client(QuerySettings(query_pages_directory=folder)) as pages:
        yield pages


def directives(answer: httpx.Response) -> dict[str, str]:
    policy = answer.headers["content-security-policy"]
    return dict(directive.split(" ", 1) for directive in policy.split("; "))


@pytest.mark.parametrize("path", ADDRESSES)
async def test_every_address_of_the_pages_gives_the_page(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path, headers=NAVIGATION)
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"

    same = {"If-None-Match": answer.headers["etag"]}
    assert (await pages.get(path, headers=same)).status_code == 304


async def test_a_page_is_asked_for_by_head_and_not_written_to(pages: httpx.AsyncClient) -> None:
    whole, head = await pages.get("/dashboard"), await pages.head("/dashboard")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(INDEX))
    assert (await pages.post("/dashboard")).status_code == 405


async def test_nothing_but_the_page_s_own_scripts_runs_in_it(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/")
    policy = directives(answer)
    assert policy["script-src"] == policy["connect-src"] == policy["default-src"] == "'self'"
    assert {name for name, sources in policy.items() if "unsafe" in sources} == {"style-src-attr"}
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_pages_of_named_origins_may_frame_it(folder: Path) -> None:
    hosts = ("https://learn.example", "https://*.example.org:8443")
    async with client(QuerySettings(query_pages_directory=folder, query_frame_ancestors=hosts)) as pages:
        for path in ("/", "/nowhere"):
            policy = directives(await pages.get(path, headers=NAVIGATION))
            assert policy["frame-ancestors"] == "'self' https://learn.example https://*.example.org:8443"


@pytest.mark.parametrize(
    "wrong", ["learn.example", "'none'", "https://a.example; script-src *", "https://a/b", "javascript:"]
)
def test_what_is_no_origin_may_frame_nothing(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_QUERY_FRAME_ANCESTORS", f"https://learn.example,{wrong}")
    with pytest.raises(ValidationError, match="query_frame_ancestors"):
        QuerySettings()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("main-Bx1.js", "text/javascript; charset=utf-8"), ("inter-Cy2.woff2", "font/woff2")],
)
async def test_what_pages_are_made_of_is_kept_for_ever(
    pages: httpx.AsyncClient, name: str, kind: str
) -> None:
    answer = await pages.get(f"/assets/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/assets/gone.js", "/assets/", "/assets/../index.html", "/media/a.webm"])
async def test_a_missing_file_is_a_problem_that_no_cache_stores(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path.replace("..", "%2e%2e"), headers=NAVIGATION)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_browser_that_goes_nowhere_gets_the_page_that_says_so(pages: httpx.AsyncClient) -> None:
    lost = await pages.get("/nowhere/at/all", headers=NAVIGATION)
    assert (lost.status_code, lost.text) == (404, INDEX)
    assert directives(lost)["script-src"] == "'self'"


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/nowhere", "*/*"),
        ("/nowhere", "application/json"),
        ("/api/nothing", "text/html"),
        ("/api/x/", "*/*"),
    ],
)
async def test_a_program_that_asks_for_nothing_gets_a_problem(
    pages: httpx.AsyncClient, path: str, accept: str
) -> None:
    answer = await pages.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:playhead:problem:not-found"


async def test_before_they_are_built_a_page_says_how_to_build_them(tmp_path: Path) -> None:
    async with client(QuerySettings(query_pages_directory=tmp_path / "none")) as pages:
        answer = await pages.get("/", headers=NAVIGATION)
        assert answer.status_code == 503
        assert "make pages" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        lost = await pages.get("/nowhere", headers=NAVIGATION)
        assert lost.headers["content-type"] == "application/problem+json"
        assert (await pages.get("/openapi.json")).status_code == 200


async def test_pages_stay_out_of_the_api_s_document(pages: httpx.AsyncClient) -> None:
    paths = (await pages.get("/openapi.json")).json()["paths"]
    assert not set(paths) & {*PATHS, "/assets/{path}", "/media/{path}"}


def test_the_service_and_the_pages_agree_on_their_addresses() -> None:
    """Otherwise a page that is opened by its address, or reloaded, would answer 404."""
    routes = Path(__file__).parents[3] / "web" / "src" / "app" / "routes.ts"
    found = re.findall(r"^ +path: '([^']+)'", routes.read_text("utf-8"), re.MULTILINE)
    addresses = {re.sub(r":(\w+)", r"{\1}", path) for path in found}
    assert addresses | {"/sign-in"} == set(PATHS)


async def test_the_script_for_other_sites_is_theirs_to_load_and_asked_for_again_within_minutes(
    pages: httpx.AsyncClient, folder: Path
) -> None:
    missing = await pages.get("/playhead.js")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    (folder / "playhead.js").write_text("'use strict'")
    answer = await pages.get("/playhead.js", headers={"Origin": "https://lms.example.org"})
    assert (answer.status_code, answer.text) == (200, "'use strict'")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=300, stale-while-revalidate=86400"
    same = {"If-None-Match": answer.headers["etag"]}
    assert (await pages.get("/playhead.js", headers=same)).status_code == 304
    assert (await pages.head("/playhead.js")).headers["content-length"] == answer.headers["content-length"]
