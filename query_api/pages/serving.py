"""The addresses of the pages, their assets and the demo's media."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import anyio
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from playhead.http.problems import of_status, problem_response
from playhead.settings import QuerySettings
from query_api.pages.files import Files
from query_api.pages.headers import (
    ASK_EACH_TIME,
    FOR_ALL_SITES,
    FOR_EVER,
    FOR_MINUTES,
    NO_SNIFFING,
    document_headers,
    page_headers,
)

if TYPE_CHECKING:
    from starlette.types import ExceptionHandler

BUILT = Path(__file__).parents[1] / "static"
"""The folder that `make pages` writes."""
PATHS = (
    "/",
    "/sign-in",
    "/watch/{contentId}",
    "/dashboard",
    "/history",
    "/figures",
    "/teams",
    "/teams/{teamId}",
    "/teams/{teamId}/matrix",
    "/people",
    "/people/{userId}",
    "/people/{userId}/items/{contentId}",
    "/organisation",
    "/organisation/items",
    "/organisation/items/{contentId}",
    "/organisation/teams",
    "/organisation/exports",
    "/organisation/import",
    "/organisation/settings",
)
"""Each is a page; one file has them all and shows the page of the address."""
FILES = ("/assets/{path:path}", "/media/{path:path}")
_NEVER_PAGES = ("/api/", "/assets/", "/media/")
_INDEX = "index.html"
SCRIPT = "/playhead.js"
"""What pages of other sites load by one script tag."""
DOCUMENTATION = "/docs"
_DOCUMENTATION = "docs.html"
_NOT_BUILT = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Playhead: the pages are not built</title></head>
<body>
<h1>The pages are not built yet</h1>
<p>This service runs, and its <a href="/openapi.json">API</a> answers. The pages are built by
<code>make pages</code>, or by <code>npm ci &amp;&amp; npm run build</code> in the folder <code>web</code>;
then reload this page.</p>
</body>
</html>
"""


def install(app: FastAPI, settings: QuerySettings) -> None:
    """Make the application serve the pages, their assets and the demo's media."""
    pages = _Pages(settings)
    for path in PATHS:
        _add(app, path, pages.read_page)
    _add(app, SCRIPT, pages.read_script)
    if settings.http_documentation:
        _add(app, DOCUMENTATION, pages.read_documentation)
    for path, read in zip(FILES, (pages.read_asset, pages.read_media), strict=True):
        _add(app, path, read)
    app.add_exception_handler(404, cast("ExceptionHandler", pages.on_unknown))


def _add(app: FastAPI, path: str, read: object) -> None:
    app.add_api_route(path, read, methods=["GET", "HEAD"], include_in_schema=False)  # type: ignore[arg-type]


class _Pages:
    def __init__(self, settings: QuerySettings) -> None:
        ancestors = settings.query_frame_ancestors
        built = settings.query_pages_directory or BUILT
        self._page_headers = {**page_headers(ancestors), **ASK_EACH_TIME}
        self._index = built / _INDEX
        self._pages = Files(built, self._page_headers)
        self._script = Files(built, {**NO_SNIFFING, **FOR_ALL_SITES, **FOR_MINUTES})
        self._assets = Files(built / "assets", {**NO_SNIFFING, **FOR_EVER})
        media = settings.query_media_directory
        self._media = (
            None
            if media is None
            else Files(media, {**NO_SNIFFING, **ASK_EACH_TIME}, document_headers(ancestors))
        )

    async def read_page(self, request: Request) -> Response:
        """The file of all pages."""
        return await self._read(_INDEX, request)

    async def read_documentation(self, request: Request) -> Response:
        """The page that shows the OpenAPI document."""
        return await self._read(_DOCUMENTATION, request)

    async def _read(self, name: str, request: Request) -> Response:
        try:
            return await self._pages.get_response(name, request.scope)
        except HTTPException:
            headers = {**self._page_headers, "Cache-Control": "no-store"}
            return HTMLResponse(_NOT_BUILT, 503, headers)

    async def read_script(self, request: Request) -> Response:
        """The script for pages of other sites, which never changes its name."""
        return await self._script.get_response(SCRIPT.removeprefix("/"), request.scope)

    async def read_asset(self, request: Request, path: str) -> Response:
        """An asset of the pages, whose name changes with its content."""
        return await self._assets.get_response(path, request.scope)

    async def read_media(self, request: Request, path: str) -> Response:
        """A media file of the local demo, public to all who reach the service."""
        if self._media is None:
            raise HTTPException(404)
        return await self._media.get_response(path, request.scope)

    async def on_unknown(self, request: Request, error: HTTPException) -> Response:
        """Answer 404: with a page to a browser that navigates, with a problem to others."""
        if _is_navigation(request):
            try:
                page = await anyio.Path(self._index).read_bytes()
            except FileNotFoundError:
                pass
            else:
                return HTMLResponse(page, 404, self._page_headers)
        return problem_response(of_status(404, error.detail, error.headers))


def _is_navigation(request: Request) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and "text/html" in request.headers.get("accept", "")
        and not request.url.path.startswith(_NEVER_PAGES)
    )
