"""The planner finds rows by the index that is meant, whatever it knows of the tables."""

from __future__ import annotations

import psycopg
import pytest

from sinks import statements
from sinks.batch import Gathering, prepare
from sinks.postgres import connect, read_positions
from sinks.progress_statement import FIND_STALE, STORE_PROGRESS
from sinks.reading import Source, read
from sinks.sessions_statement import STORE_SESSIONS
from sinks.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item

pytestmark = pytest.mark.services

BY_PERSON = "user_progress_user_id_content_id_tenant_id_key"


def plan(database: Database, statement: str) -> str:
    with connect(database.writer_dsn) as connection:
        connection.execute(statements.INCOMING)
        parameters = {"shard": 0} if "%(shard)s" in statement else None
        return "\n".join(line for (line,) in connection.execute(f"EXPLAIN {statement}".encode(), parameters))


def run(database: Database, statement: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def grown(fresh_database: Database) -> Database:
    """Many people with the same few items, and no statistics, as when autovacuum has not come by yet."""
    author, gathering = Author(), Gathering()
    run(fresh_database, "ALTER TABLE progress.user_progress SET (autovacuum_enabled = false)")
    for offset in range(3_000):
        record = author.watch(Item.of(user=offset // 3, content=offset % 3), 30)
        source = Source(0, offset, record.key, record.value)
        gathering.add(source, 0, read(source))
    read_positions(fresh_database.writer_dsn, "states", [0])
    store = Store(fresh_database.writer_dsn, "states")
    store.write(prepare(gathering, POLICY), lambda *told: pytest.fail(f"{told}"))
    store.close()
    return fresh_database


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("statement", [STORE_PROGRESS, FIND_STALE])
def test_a_batch_finds_its_rows_by_person(grown: Database, statement: str, *, analyzed: bool) -> None:
    if analyzed:
        run(grown, "ANALYZE progress.user_progress")
    found = plan(grown, statement)
    assert f"Index Scan using {BY_PERSON} on user_progress" in found
    assert "Seq Scan on user_progress" not in found
    assert "user_progress_content" not in found


@pytest.mark.parametrize("analyzed", [False, True])
def test_a_batch_finds_sessions_by_person(grown: Database, *, analyzed: bool) -> None:
    if analyzed:
        run(grown, "ANALYZE progress.sessions")
    found = plan(grown, STORE_SESSIONS)
    assert "Index Scan using sessions_2026_09_pkey" in found
    assert "Seq Scan on sessions_" not in found
