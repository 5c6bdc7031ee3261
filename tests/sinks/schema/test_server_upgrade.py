"""A database of the oldest PostgreSQL moves to the newest by dump and restore, and sinks go on in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.local.stores.postgres import DATABASE, Postgres
from operations.local.stores.postgres_place import program_dir, unprivileged_user
from operations.local.stores.store import StorePlace
from playhead.settings import MigrateSettings
from sinks.schema import migrate
from sinks.tables.connection import read_positions
from tests.services import Database, reachable_directory
from tests.sinks.author import Author, Item
from tests.sinks.running import Direct, everything, findings

pytestmark = [pytest.mark.services, pytest.mark.chaos]

OLDEST = 16


@pytest.fixture
def servers() -> Iterator[tuple[Postgres, Postgres]]:
    with reachable_directory() as directory:
        older = Postgres(StorePlace.below(directory, "older"), OLDEST)
        newer = Postgres(StorePlace.below(directory, "newer"))
        try:
            older.start()
            newer.start()
            yield older, newer
        finally:
            newer.stop()
            older.stop()


def tool(name: str, *arguments: str) -> bytes:
    """What a program of the newest server prints; it also reads an older server."""
    program = str(program_dir(unprivileged_user()) / name)
    return subprocess.run([program, *arguments], check=True, capture_output=True).stdout


def test_a_dump_of_the_oldest_goes_on_in_the_newest(
    servers: tuple[Postgres, Postgres], tmp_path: Path
) -> None:
    older, newer = servers
    migrate(MigrateSettings(postgres_admin_dsn=older.dsn()))
    author = Author()

    def watch(database: Database, first: int) -> None:
        with Direct(database) as sink:
            for batch in range(first, first + 4):
                items = [Item.of(user=n % 7, content=n % 4) for n in range(20)]
                sink.write(*(author.watch(each, 30 * (batch + 1), session=batch) for each in items))

    watch(Database(older.dsn()), 0)
    before, positions = everything(Database(older.dsn())), read_positions(older.dsn(), "states", [0])
    assert positions[0] > 0

    roles = tmp_path / "roles.sql"
    roles.write_bytes(tool("pg_dumpall", "--roles-only", f"--dbname={older.dsn()}"))
    tool(
        "psql", "--file", str(roles), newer.dsn()
    )  # the superuser is there already, which it says and goes on
    dump = tmp_path / "playhead.dump"
    tool("pg_dump", "--format=custom", f"--file={dump}", older.dsn())
    tool("pg_restore", "--exit-on-error", f"--dbname={newer.dsn()}", str(dump))

    database = Database(newer.dsn())
    assert DATABASE in newer.dsn()
    assert migrate(MigrateSettings(postgres_admin_dsn=newer.dsn())) == []
    assert everything(database) == before
    assert findings(database) == []
    watch(database, 4)
    assert read_positions(newer.dsn(), "states", [0])[0] > positions[0]
    assert findings(database) == []
