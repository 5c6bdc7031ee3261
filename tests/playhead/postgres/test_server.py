"""Services refuse a server or a schema that is too old, and name the way out."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

import sinks.schema
from playhead.postgres import connect, connect_async, is_outage, server
from playhead.postgres.server import (
    SCHEMA,
    SchemaOutdatedError,
    ServerTooOldError,
    WrongEncodingError,
    require_schema,
)
from tests.services import Database, with_database

pytestmark = [pytest.mark.services, pytest.mark.anyio]


def test_the_schema_that_is_required_is_the_newest() -> None:
    versions = Path(sinks.schema.__file__).parent / "versions"
    assert max(each.name[:4] for each in versions.glob("0*.sql")) == SCHEMA


async def test_an_older_server_is_refused_and_the_setting_named(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "OLDEST_SERVER", 99_00_00)
    with pytest.raises(ServerTooOldError, match=r"SOME_DSN leads to PostgreSQL 1.*; 99 or newer") as refused:
        connect(fresh_database.reader_dsn, "test", "SOME_DSN")
    assert is_outage(refused.value)
    with pytest.raises(ServerTooOldError, match=r"SOME_DSN leads to"):
        await connect_async(fresh_database.reader_dsn, "test", "SOME_DSN")


async def test_a_database_in_another_encoding_is_refused_and_the_way_out_named(
    postgres_admin_dsn: str,
) -> None:
    name = f"latin_{os.getpid()}"
    with psycopg.connect(postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0".encode())
        try:
            dsn = with_database(postgres_admin_dsn, name)
            said = r"SOME_DSN leads to a database in SQL_ASCII: create one with ENCODING 'UTF8'"
            with pytest.raises(WrongEncodingError, match=said):
                connect(dsn, "test", "SOME_DSN")
            with pytest.raises(WrongEncodingError, match=said):
                await connect_async(dsn, "test", "SOME_DSN")
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("UPDATE progress.alembic_version SET version_num = '0001'", "at migration 0001"),
        ("DROP SCHEMA progress CASCADE", "there is no schema"),
        ("REVOKE SELECT ON progress.alembic_version FROM playhead_reader", "there is no schema"),
    ],
)
def test_an_older_schema_is_refused(fresh_database: Database, change: str, message: str) -> None:
    with connect(fresh_database.reader_dsn, "test") as reader:
        require_schema(reader)
        with psycopg.connect(fresh_database.admin_dsn) as admin:
            admin.execute(change.encode())
        with pytest.raises(SchemaOutdatedError, match=f"{message}.*needs {SCHEMA}: run `playhead migrate`"):
            require_schema(reader)


def test_a_later_schema_will_do(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.admin_dsn) as admin:
        admin.execute("UPDATE progress.alembic_version SET version_num = '9999'")
    with connect(fresh_database.reader_dsn, "test") as reader:
        require_schema(reader)
