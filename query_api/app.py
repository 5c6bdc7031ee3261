"""The application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from playhead.audit_trail.events import AuditEvent
from playhead.http.parameters import KnownParameters
from playhead.settings import QuerySettings
from query_api.audit_trail.recording import HEADER as REQUEST_ID_HEADER
from query_api.audit_trail.recording import RecordActs
from query_api.context import running
from query_api.http import problems
from query_api.metrics import CountRequests
from query_api.openapi import document as openapi
from query_api.pages import serving as pages
from query_api.routes import (
    audit,
    completions,
    content,
    days,
    directory,
    editions,
    live,
    operations,
    organisation,
    organisation_content,
    organisation_settings,
    people,
    progress,
    sign_in,
    team_items,
    teams,
)

if TYPE_CHECKING:
    from starlette.types import Scope

PREFLIGHT_SECONDS = 7_200
"""How long a browser may cache a preflight answer; Chromium allows no more."""

_DESCRIPTION = """
Where you are in every video, document and course, on any device. Seconds are numbers with at most three
decimals, times are RFC 3339 in UTC, errors are RFC 9457 problems, lists are paged by cursor.
"""


def create_app(settings: QuerySettings) -> FastAPI:
    """The query API. It starts, and connects in its lifespan, whether or not the stores respond."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(settings) as context:
            app.state.context = context
            yield

    app = FastAPI(
        title="Playhead",
        version=version("playhead"),
        description=_DESCRIPTION.strip(),
        lifespan=lifespan,
        license_info={"name": "Apache-2.0"},
        openapi_url="/openapi.json" if settings.http_documentation else None,
        docs_url=None,  # served among the pages, under their policy
        redoc_url=None,
        redirect_slashes=False,  # Starlette takes the address from the Host header
    )
    app.add_middleware(KnownParameters, document=lambda: app.openapi())  # noqa: PLW0108 - `app.openapi` is replaced below
    app.add_middleware(CountRequests)
    app.add_middleware(RecordActs, record=_record, trusted=settings.trusted_proxies)
    problems.install(app)
    # In the order of the OpenAPI document; the live stream's path would match that of an item.
    routers = (
        live.router,
        days.router,
        progress.router,
        organisation.router,
        organisation_content.router,
        organisation_settings.router,
        completions.router,
        editions.router,
        audit.router,
        teams.router,
        team_items.router,
        people.router,
        directory.router,
        content.router,
        sign_in.router,
        operations.router,
    )
    for router in routers:
        app.include_router(router)
    pages.install(app, settings)
    openapi.install(app)
    if settings.query_allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.query_allowed_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Traceparent", REQUEST_ID_HEADER],
            expose_headers=["Content-Disposition", "Retry-After", REQUEST_ID_HEADER],
            max_age=PREFLIGHT_SECONDS,
        )
    return app


def _record(scope: Scope, event: AuditEvent) -> None:
    scope["app"].state.context.trail.record(event)
