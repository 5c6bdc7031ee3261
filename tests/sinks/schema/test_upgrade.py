"""What the release before stored is counted when the schema is brought up to date, and then derived again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic import command
from psycopg import sql
from psycopg.types.json import Jsonb

from operations.audit.rows import columns
from playhead.progress import summarize
from playhead.settings import MigrateSettings
from playhead.wire.progress import encode_progress
from sinks.rederive.rederive import Rederiver
from sinks.schema import migrate, run
from sinks.tables.copy import multirange
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item
from tests.sinks.running import COUNTED, findings, finish, rows

pytestmark = pytest.mark.services

NEW = {"coverage", "attained", "slices", "attempt_ms", "completions"}
INSTANTS = {"started_ms": "started_at", "last_ms": "last_viewed_at", "completed_ms": "completed_at"}


@pytest.fixture
def before(postgres_admin_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[MigrateSettings]:
    """A database of the first release."""
    name, upgrade = f"playhead_{secrets.token_hex(8)}", command.upgrade
    with psycopg.connect(postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        dsn = urlsplit(postgres_admin_dsn)._replace(path=f"/{name}").geturl()
        settings = MigrateSettings(postgres_admin_dsn=dsn)
        with monkeypatch.context() as only_first:
            only_first.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
            only_first.setattr(run, "fill", lambda _: 0)
            migrate(settings)
        yield settings
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def insert(connection: psycopg.Connection, table: str, row: dict[str, Any]) -> None:
    """What goes by the name of an instant is given in ms."""
    values = [
        sql.SQL("to_timestamp({} / 1000.0)").format(value) if name.endswith("_at") else sql.Literal(value)
        for name, value in row.items()
    ]
    names = map(sql.Identifier, row)
    connection.execute(
        sql.SQL("INSERT INTO progress.{} ({}) VALUES ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(names), sql.SQL(", ").join(values)
        )
    )


def store_as_before(connection: psycopg.Connection, author: Author, item: Item) -> None:
    progress = author.known[item]
    owner = {"tenant_id": item.tenant_id, "user_id": item.user_id, "content_id": item.content_id}
    made = columns(summarize(progress, POLICY))
    row = {INSTANTS.get(name, name): value for name, value in made.items() if name not in NEW}
    row |= {"metadata": Jsonb(row["metadata"]), "state": encode_progress(progress).decode()}
    insert(connection, "user_progress", owner | row | {"source_partition": 0, "source_offset": author.offset})
    for key, session in progress.sessions.items():
        held = {
            "session_key": key,
            "started_at": session.started_at,
            "last_at": session.last_at,
            "watched": multirange(session.watched),
            "pages": "{}",
            "watch_ms": session.watch_ms,
            "content_ms": session.watched.length,
            "ended": session.ended,
        }
        insert(connection, "sessions", owner | held)


def test_what_was_stored_before_is_counted_and_derived_again(before: MigrateSettings) -> None:
    author, items = Author(), [Item.of(user=n % 3, content=n) for n in range(6)]
    for number, item in enumerate(items):
        author.watch(item, 100 * number + 60, session=number % 2)
    with psycopg.connect(before.postgres_admin_dsn) as connection:
        connection.execute("SELECT progress.make_sessions_month('2026-09-01')")
        for item in items:
            store_as_before(connection, author, item)
        connection.execute(
            "INSERT INTO progress.user_summary SELECT tenant_id, user_id, count(*),"
            " count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'in_progress'),"
            " sum(progress_percentage), sum(content_ms), sum(wall_ms), max(last_viewed_at)"
            " FROM progress.user_progress GROUP BY tenant_id, user_id"
        )
    migrate(before)
    database = Database(before.postgres_admin_dsn)
    assert len(findings(database)) == len(items)
    assert all("waits for a sink to derive it again" in each for each in findings(database))
    store = Store(database.writer_dsn, "states")
    finish(Rederiver(store, POLICY, 0))
    store.close()
    assert findings(database) == []
    assert rows(database, "SELECT FROM progress.rederivations") == []
    assert sum(row["coverage"] for row in rows(database, COUNTED[0])) == sum(
        summarize(author.known[item], POLICY).coverage for item in items
    )
