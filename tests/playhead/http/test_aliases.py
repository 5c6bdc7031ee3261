"""The map of merged people is read in the background, and kept while PostgreSQL is away."""

from __future__ import annotations

import asyncio
import uuid

import psycopg
import pytest

from playhead.http.aliases import AliasReader
from playhead.progress import TenantId, UserId
from playhead.settings import PostgresSettings
from tests.services import Database

TENANT = TenantId(str(uuid.UUID(int=1)))
ANN, BEA = (UserId(str(uuid.UUID(int=number))) for number in (11, 12))


@pytest.mark.services
def test_it_is_read_again_and_the_last_one_is_used_while_postgres_is_away(
    fresh_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    settings = PostgresSettings(postgres_reader_dsn=fresh_database.reader_dsn)
    away = PostgresSettings(postgres_reader_dsn="postgresql://playhead_reader@127.0.0.1:1/playhead")

    async def reading() -> None:
        reader = AliasReader(settings.databases, "test", 0.05)
        await reader.start()
        assert reader.aliases.user(TENANT, ANN) == ANN
        task = asyncio.create_task(reader.run())
        with psycopg.connect(fresh_database.writer_dsn) as writer:
            writer.execute(
                "INSERT INTO progress.aliases (tenant_id, from_user, into_user, by) "
                "VALUES (%s, %s, %s, 'test')",
                (TENANT, ANN, BEA),
            )
        async with asyncio.timeout(20):
            while reader.aliases.user(TENANT, ANN) != BEA:
                await asyncio.sleep(0.01)
        reader._databases = away.databases
        async with asyncio.timeout(20):
            while "the last map of merged people is used" not in caplog.text:
                await asyncio.sleep(0.01)
        assert reader.aliases.user(TENANT, ANN) == BEA
        task.cancel()
        await asyncio.wait({task})

    asyncio.run(reading())
