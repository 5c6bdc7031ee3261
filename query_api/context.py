"""The parts of a running query API, created once for an application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request

from playhead.api_keys.store import PostgresKeys
from playhead.hot.partitions import HotPartitions
from playhead.http.aliases import AliasReader
from playhead.http.shares import Shares
from playhead.identity import Callers, KeyVerifier, Verifier
from playhead.settings import QuerySettings
from query_api.access.limits import Requests
from query_api.access.scopes import Scopes
from query_api.access.sign_ins import SignIns
from query_api.audit_trail.trail import Trail
from query_api.directory.store import DirectoryStore
from query_api.exports.worker import Exports
from query_api.live.events import change_decoder
from query_api.live.hub import Hub
from query_api.live.members import TeamMembers
from query_api.live.sharded import LiveRedis
from query_api.live.streams import Streams
from query_api.metrics import count_answer
from query_api.organisation.api_keys import ApiKeyStore
from query_api.organisation.editions import EditionStore
from query_api.organisation.store import OrganisationStore
from query_api.postgres import Database
from query_api.progress.catalogue import CatalogueCopies
from query_api.progress.days import DaysOfPeople
from query_api.progress.dismissals import Dismissals
from query_api.progress.history import HistoryReader
from query_api.progress.library import Library
from query_api.progress.postgres_reader import PostgresReader
from query_api.progress.reader import FallbackReader
from query_api.progress.redis_reader import RedisReader, connect
from query_api.progress.requirements import RequirementsReader
from query_api.reports.reader import Reports

DIRECTORY_CONNECTIONS = 2
"""Apart from the readers' pool, which writing thousands of rows would block."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Context:
    """What the routes use."""

    settings: QuerySettings
    callers: Callers
    requests: Requests
    database: Database
    hot: RedisReader
    catalogue: CatalogueCopies
    library: Library
    history: HistoryReader
    days: DaysOfPeople
    dismissals: Dismissals
    requirements: RequirementsReader
    reports: Reports
    exports: Exports
    directory: DirectoryStore
    organisation: OrganisationStore
    editions: EditionStore
    api_keys: ApiKeyStore
    scopes: Scopes
    members: TeamMembers
    trail: Trail
    sign_ins: SignIns
    hub: Hub
    streams: Streams
    listening: asyncio.Task[None]
    """The task that runs the hub; done means failed."""


def context(request: Request) -> Context:
    """The context of the application that a request came to."""
    found = request.app.state.context
    if not isinstance(found, Context):
        raise TypeError("the application is served without its lifespan")
    return found


@asynccontextmanager
async def running(settings: QuerySettings) -> AsyncIterator[Context]:
    """The parts, from connecting to disconnecting. Starts whether or not the stores respond.

    Each part is registered for closing when it is created, so one that fails to start leaves none open.
    """
    clock = asyncio.get_running_loop().time
    async with AsyncExitStack() as undo:
        nodes = connect(settings, settings.query_redis_timeout_seconds)
        undo.push_async_callback(nodes.aclose)
        readers = settings.databases.map(lambda each: each.reader_dsn)
        replicas = settings.databases.map(lambda each: each.reports)
        pool, seconds = settings.query_postgres_pool, settings.query_postgres_timeout_seconds
        database = await _opened(undo, Database(readers, pool, seconds))
        reporting = (
            database
            if replicas == readers
            else await _opened(undo, Database(replicas, pool, seconds, "reports"))
        )
        writing = await _opened(
            undo,
            Database(readers, DIRECTORY_CONNECTIONS, settings.query_directory_timeout_seconds, "directory"),
        )
        partitions = HotPartitions(settings.redis_keys, clock)
        hot = RedisReader(nodes, settings.query_redis_timeout_seconds, clock, partitions)
        catalogue = CatalogueCopies(database, settings.policy, clock)
        undo.push_async_callback(catalogue.close)
        trail = Trail(writing, settings.trusted_proxies)
        undo.push_async_callback(trail.close)
        undo.push_async_callback(_end, asyncio.create_task(trail.run()))
        decode = change_decoder(catalogue.cached)
        hub = Hub(
            LiveRedis(settings, nodes),
            decode,
            max_streams=settings.query_live_max_streams,
            keys=partial(partitions.read, nodes),
        )
        listening = asyncio.create_task(hub.run())
        listening.add_done_callback(_log_failure)
        undo.push_async_callback(_end, listening)
        undo.callback(hub.end, "shutdown")
        merged = AliasReader(settings.databases, "playhead-query", settings.alias_refresh_seconds)
        await merged.start()
        undo.push_async_callback(_end, asyncio.create_task(merged.run()))
        verifier = Verifier(settings)
        await undo.enter_async_context(verifier.running())
        keys = PostgresKeys(settings.databases, "playhead-query")
        undo.push_async_callback(keys.close)
        yield Context(
            settings=settings,
            callers=Callers(verifier, settings, merged.aliases, KeyVerifier(keys)),
            requests=Requests(settings),
            database=database,
            hot=hot,
            catalogue=catalogue,
            library=Library(FallbackReader(hot, PostgresReader(database), count_answer), catalogue),
            history=HistoryReader(database),
            days=DaysOfPeople(database),
            dismissals=Dismissals(database),
            requirements=RequirementsReader(database, clock),
            reports=Reports(database, reporting),
            exports=Exports(
                readers,
                replicas,
                Shares(settings.query_person_exports, settings.query_tenant_exports),
                settings.query_exports_at_once,
                settings.query_export_timeout_seconds,
            ),
            directory=DirectoryStore(writing),
            organisation=OrganisationStore(database, writing, settings.policy),
            editions=EditionStore(database, writing),
            api_keys=ApiKeyStore(database, writing),
            scopes=Scopes(database, merged.aliases),
            members=TeamMembers(database),
            trail=trail,
            sign_ins=SignIns(nodes, settings.redis_keys),
            hub=hub,
            streams=Streams(
                hub, Shares(settings.query_live_person_streams, settings.query_live_tenant_streams)
            ),
            listening=listening,
        )


async def _opened(undo: AsyncExitStack, database: Database) -> Database:
    undo.push_async_callback(database.close)
    await database.open()
    return database


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def _log_failure(listening: asyncio.Task[None]) -> None:
    if not listening.cancelled():
        _log.critical(
            "live changes are no longer received; restart the process", exc_info=listening.exception()
        )
