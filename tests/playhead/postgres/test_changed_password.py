"""A password that changes while everything runs: lost connections come back with the new one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from playhead.postgres import connect
from playhead.progress.identifiers import TenantId
from playhead.settings import ByTenant
from playhead.settings.addresses import Dsn
from playhead.settings.secret_files import SecretFile
from query_api.errors import UnavailableError
from query_api.postgres import Database as Pools
from stream_processors.errors import PostgresUnavailableError
from stream_processors.stores.postgres import ReconnectingConnection
from tests.services import Database
from tests.stream_processors.process import eventually

pytestmark = pytest.mark.services

ROLE = "changes_password"
FIRST, SECOND = "correct-horse", "battery-staple"
TENANT = TenantId(str(UUID(int=1)))


@pytest.fixture
def admin(fresh_database: Database) -> Iterator[psycopg.Connection]:
    """Of a server that asks the role for its password."""
    with psycopg.connect(fresh_database.admin_dsn, autocommit=True) as connection:
        (rules,) = connection.execute("SELECT pg_read_file(current_setting('hba_file'))").fetchone() or ("",)
        asked = f"host all {ROLE} all scram-sha-256\nlocal all {ROLE} scram-sha-256\n{rules}"
        connection.execute(f"DROP ROLE IF EXISTS {ROLE}")
        connection.execute(f"CREATE ROLE {ROLE} LOGIN IN ROLE playhead_reader")
        write_rules(connection, asked)
        eventually(
            partial(refuses, make_conninfo(fresh_database.admin_dsn, user=ROLE)), "it asks for passwords"
        )
        try:
            yield connection
        finally:
            write_rules(connection, rules)
            cut(connection)
            connection.execute(f"DROP ROLE {ROLE}")


def write_rules(connection: psycopg.Connection, rules: str) -> None:
    (file,) = connection.execute("SELECT current_setting('hba_file')").fetchone() or ("",)
    connection.execute("CREATE TEMPORARY TABLE rules (line text)")
    with connection.cursor().copy("COPY rules FROM STDIN") as copy:
        for line in filter(None, rules.splitlines()):
            copy.write_row([line])
    # As CSV without quotes in the way: no rule contains the character.
    connection.execute(f"COPY rules TO '{file}' (FORMAT csv, QUOTE '~', DELIMITER E'\\x01')")
    connection.execute("DROP TABLE rules")
    connection.execute("SELECT pg_reload_conf()")


def refuses(address: str) -> bool:
    try:
        connect(address, "test").close()
    except psycopg.OperationalError:
        return True
    return False


def cut(connection: psycopg.Connection) -> None:
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [ROLE])


def give(connection: psycopg.Connection, password: str) -> None:
    connection.execute(f"ALTER ROLE {ROLE} PASSWORD '{password}'")


@pytest.mark.anyio
async def test_every_kind_of_connection_comes_back_with_the_new_password(
    admin: psycopg.Connection, fresh_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{FIRST}\n")
    give(admin, FIRST)
    address = make_conninfo(fresh_database.admin_dsn, user=ROLE)
    dsn = Dsn.of(address, SecretFile("PLAYHEAD_POSTGRES_PASSWORD_FILE", file))
    kept, pools = ReconnectingConnection(dsn, "test"), Pools(ByTenant.only(dsn), 2, 5.0)
    await pools.open()
    assert await asked(kept) == await pooled(pools) == 1

    file.write_text(f"{SECOND}\n")
    give(admin, SECOND)
    cut(admin)
    assert await asyncio.wait_for(asked(kept), 60) == await asyncio.wait_for(pooled(pools), 60) == 1
    with connect(dsn, "test") as another:
        assert another.execute("SELECT 1").fetchone() == (1,)
    await kept.close()
    await pools.close()


@pytest.mark.anyio
async def test_a_wrong_password_is_not_shown(
    admin: psycopg.Connection, fresh_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(SECOND)
    give(admin, FIRST)
    dsn = Dsn.of(
        make_conninfo(fresh_database.admin_dsn, user=ROLE),
        SecretFile("PLAYHEAD_POSTGRES_PASSWORD_FILE", file),
    )
    with pytest.raises(psycopg.OperationalError) as refused:
        connect(dsn, "test")
    assert SECOND not in f"{refused.value} {refused.value!r} {dsn!r} {dsn.password!r}"


async def asked(kept: ReconnectingConnection) -> object:
    while True:
        try:
            async with kept.cursor() as cursor:
                return (await (await cursor.execute("SELECT 1")).fetchone() or (None,))[0]
        except PostgresUnavailableError:
            await asyncio.sleep(0.1)


async def pooled(pools: Pools) -> object:
    while True:
        try:
            return (await pools.fetch_only(TENANT, "SELECT 1", []))[0]
        except UnavailableError:
            await asyncio.sleep(0.1)
