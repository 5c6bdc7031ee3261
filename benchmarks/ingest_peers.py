"""The servers that `benchmarks.ingest` loads, each a process: `python -m benchmarks.ingest_peers NAME`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import uvloop
from fastapi import FastAPI, Header
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel, Field
from starlette.types import ASGIApp

from ingest.app import Ingest, create_app
from playhead.http.server import Server, listen
from playhead.identity import Principal, Verifier
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from playhead.settings import IngestSettings, PostgresSettings

POOL = 16

_TABLE = """
CREATE TABLE IF NOT EXISTS upsert_progress (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY, tenant_id uuid, user_id uuid, content_id uuid,
    progress_percentage float8, last_viewed_at timestamptz, watched int4multirange, metadata jsonb,
    UNIQUE (user_id, content_id, tenant_id))
"""
_UPSERT = """
INSERT INTO upsert_progress AS known
    (tenant_id, user_id, content_id, progress_percentage, last_viewed_at, watched, metadata)
VALUES (%s, %s, %s, %s, now(), %s::text::int4multirange, %s)
ON CONFLICT (user_id, content_id, tenant_id) DO UPDATE SET
    progress_percentage = greatest(known.progress_percentage, excluded.progress_percentage),
    last_viewed_at = excluded.last_viewed_at, watched = known.watched + excluded.watched,
    metadata = excluded.metadata
"""


class Metadata(BaseModel):
    """As ingest takes it, in the manner of FastAPI."""

    watchTimeSeconds: float | None = Field(default=None, ge=0)
    lastPositionSeconds: float | None = Field(default=None, ge=0)
    durationSeconds: float | None = Field(default=None, ge=0)
    watchedSegments: list[tuple[float, float]] = []
    playbackRate: float | None = Field(default=None, ge=0)


class Heartbeat(BaseModel):
    """As ingest takes it, in the manner of FastAPI."""

    contentId: UUID
    sessionId: UUID | None = None
    heartbeatId: UUID | None = None
    progressType: str | None = None
    event: str | None = None
    sequence: int = 0
    progressPercentage: float | None = Field(default=None, ge=0, le=100)
    metadata: Metadata = Metadata()


class Batch(BaseModel):
    """One person's heartbeats."""

    heartbeats: list[Heartbeat]


class SilentPublisher(Publisher):
    """Publishes nothing."""

    async def publish(self, records: Sequence[ProducerRecord]) -> None:
        """Be done at once."""


def acked(settings: IngestSettings) -> ASGIApp:
    """Ingest as it is."""
    return create_app(settings)


def silent(settings: IngestSettings) -> ASGIApp:
    """Ingest with the publishing left out."""
    ingest = Ingest(settings, publisher=SilentPublisher)
    return create_app(settings, ingest=ingest)


def upsert(settings: IngestSettings) -> FastAPI:
    """FastAPI and PostgreSQL, a row locked and written for each heartbeat."""
    verifier = Verifier(settings)
    pool = AsyncConnectionPool(
        PostgresSettings().postgres_dsn, min_size=POOL, max_size=POOL, open=False, configure=_autocommit
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool:
            async with pool.connection() as connection:
                await connection.execute(_TABLE)
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def readyz() -> str:
        return "ready"

    @app.post("/api/progress", status_code=202)
    async def save(body: Heartbeat, authorization: Annotated[str, Header()]) -> dict[str, Any]:
        who = await verifier.principal(authorization)
        async with pool.connection() as connection:
            await connection.execute(_UPSERT, _row(who, body))
        return {"accepted": 1}

    @app.post("/api/progress/batch", status_code=202)
    async def save_batch(body: Batch, authorization: Annotated[str, Header()]) -> dict[str, Any]:
        who = await verifier.principal(authorization)
        async with pool.connection() as connection, connection.transaction():
            # One transaction, pipelined. No one statement could: they may well be of one row.
            await connection.cursor().executemany(_UPSERT, [_row(who, each) for each in body.heartbeats])
        return {"accepted": len(body.heartbeats)}

    return app


def _row(who: Principal, heartbeat: Heartbeat) -> tuple[object, ...]:
    metadata = heartbeat.metadata
    spans = ",".join(f"[{round(a * 1000)},{round(b * 1000)})" for a, b in metadata.watchedSegments)
    row = (who.tenant_id, who.user_id, heartbeat.contentId, heartbeat.progressPercentage, f"{{{spans}}}")
    return (*row, Jsonb(metadata.model_dump()))


async def _autocommit(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)


async def main(peer: str) -> None:
    """Serve one peer until SIGTERM."""
    settings = IngestSettings()
    app = {"acked": acked, "silent": silent, "upsert": upsert}[peer](settings)
    server = Server(app, drain_seconds=settings.ingest_drain_seconds, on_drain=lambda: None)
    await server.serve_on(listen(settings.ingest_host, settings.ingest_port))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
