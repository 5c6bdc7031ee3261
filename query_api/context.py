"""What the routes work with, made once an application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from playhead.identity import IdentityError, Principal, Verifier, authorization_of
from playhead.settings import QuerySettings
from query_api.audit.recording import PRINCIPAL, REQUEST_ID
from query_api.audit.trail import Trail
from query_api.catalogue import Catalogue
from query_api.directory.store import DirectoryStore
from query_api.dismissals import Dismissals
from query_api.duties import DutiesReader
from query_api.exports.worker import Exports
from query_api.fallback_reader import FallbackReader
from query_api.library import Library
from query_api.live.changes import reading
from query_api.live.hub import Hub
from query_api.live.members import Members
from query_api.metrics import PrometheusTally
from query_api.postgres import Database
from query_api.postgres_reader import PostgresReader
from query_api.redis_reader import RedisReader, connect
from query_api.reports.reader import Reports
from query_api.scopes import Scopes
from query_api.sessions import Sessions

DIRECTORY_CONNECTIONS = 2
"""Apart from the readers', whom thousands of rows on their way in would keep waiting."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of a running query API."""

    settings: QuerySettings
    verifier: Verifier
    database: Database
    hot: RedisReader
    catalogue: Catalogue
    library: Library
    sessions: Sessions
    dismissals: Dismissals
    duties: DutiesReader
    reports: Reports
    exports: Exports
    directory: DirectoryStore
    scopes: Scopes
    members: Members
    trail: Trail
    hub: Hub
    listening: asyncio.Task[None]
    """The hub at work; done means broken."""


def context(request: Request) -> Context:
    """The context of the application that a request came to."""
    found = request.app.state.context
    if not isinstance(found, Context):
        raise TypeError("the application is served without its lifespan")
    return found


async def principal(request: Request) -> Principal:
    """Who the request speaks for.

    Raises:
        IdentityError: nobody who can be told.
    """
    parts = context(request)
    try:
        who = await parts.verifier.principal(authorization_of(request.scope["headers"]))
    except IdentityError as error:
        parts.trail.recorder.unidentified(request.scope, request.scope[REQUEST_ID], error)
        raise
    request.scope[PRINCIPAL] = who
    return who


def identifying(request: Request) -> Callable[[], Awaitable[Principal]]:
    """A function that verifies the request's token once more, as long as its answer goes on."""
    return partial(principal, request)


Who = Annotated[Principal, Depends(principal)]
"""Resolved before a route's own parameters: who is not identified learns nothing about those."""


@asynccontextmanager
async def running(settings: QuerySettings) -> AsyncIterator[Context]:
    """The parts, from connecting to disconnecting. Starts whether or not the stores are there."""
    policy = settings.policy
    database = Database(
        settings.postgres_reader_dsn, settings.query_postgres_pool, settings.query_postgres_timeout_seconds
    )
    client = connect(settings.redis_url, settings.query_redis_timeout_seconds)
    hot = RedisReader(client, settings.query_redis_timeout_seconds, asyncio.get_running_loop().time)
    catalogue = Catalogue(database, policy, asyncio.get_running_loop().time)
    hub = Hub(settings.redis_url, reading(catalogue.cached), max_streams=settings.query_live_max_streams)
    listening = asyncio.create_task(hub.run())
    listening.add_done_callback(_tell_of_failure)
    writing = Database(
        settings.postgres_reader_dsn, DIRECTORY_CONNECTIONS, settings.query_directory_timeout_seconds
    )
    await database.open()
    await writing.open()
    verifier = Verifier(settings)
    trail = Trail(writing)
    keeping = asyncio.create_task(trail.run())
    try:
        async with verifier.running():
            yield Context(
                settings=settings,
                verifier=verifier,
                database=database,
                hot=hot,
                catalogue=catalogue,
                library=Library(FallbackReader(hot, PostgresReader(database), PrometheusTally()), catalogue),
                sessions=Sessions(database),
                dismissals=Dismissals(database),
                duties=DutiesReader(database, asyncio.get_running_loop().time),
                reports=Reports(database),
                exports=Exports(
                    settings.postgres_reader_dsn,
                    settings.query_exports_at_once,
                    settings.query_export_timeout_seconds,
                ),
                directory=DirectoryStore(writing),
                scopes=Scopes(database),
                members=Members(database),
                trail=trail,
                hub=hub,
                listening=listening,
            )
    finally:
        hub.end("shutdown")
        listening.cancel()
        keeping.cancel()
        await asyncio.wait({listening, keeping})
        await trail.close()
        await catalogue.close()
        await writing.close()
        await database.close()
        await client.aclose()


def _tell_of_failure(listening: asyncio.Task[None]) -> None:
    if not listening.cancelled():
        _log.critical("live changes are heard no more; restart me", exc_info=listening.exception())
