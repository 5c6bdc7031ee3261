"""Every migration runs while the tables are read and written: nothing fails, and nothing waits for long."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from alembic import command
from psycopg import sql
from psycopg.conninfo import make_conninfo

from playhead.settings import MigrateSettings
from sinks.schema import migrate, run

pytestmark = [pytest.mark.services, pytest.mark.watches_the_clock]

TENANT, ITEM = str(UUID(int=1)), str(UUID(int=2))
PEOPLE = 2_000
LONGEST_SECONDS = 3.0
"""That a statement may wait: a try of two seconds, and what queues before it."""
FILL = """
    INSERT INTO progress.user_progress (
        tenant_id, user_id, content_id, progress_type, progress_percentage, completion_count, total_sessions,
        metadata, status, evidence, watched, content_ms, wall_ms, state, source_partition, source_offset
    )
    SELECT
        %s, lpad(to_hex(n), 32, '0')::uuid, %s, 'video', 5, 0, 1,
        '{}', 'in_progress', 'watched', '{}', 5, 5, '{}', 0, n
    FROM generate_series(1, %s) AS n
"""
OF_PERSON = "WHERE user_id = %(user)s AND tenant_id = %(tenant)s"
TRAFFIC = (
    f"SELECT progress_percentage FROM progress.user_progress {OF_PERSON}",
    f"UPDATE progress.user_progress SET updated_at = now() {OF_PERSON}",
    f"SELECT count(*) FROM progress.sessions {OF_PERSON}",
    f"SELECT total_items FROM progress.user_summary {OF_PERSON}",
    "UPDATE progress.positions SET next_offset = next_offset WHERE topic = 'states' AND partition = 0",
)


@pytest.fixture
def empty_database(postgres_admin_dsn: str) -> Iterator[MigrateSettings]:
    name = sql.Identifier(f"playhead_{secrets.token_hex(8)}")
    with psycopg.connect(postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield MigrateSettings(
            postgres_admin_dsn=make_conninfo(postgres_admin_dsn, dbname=name.as_string().strip('"'))
        )
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


class Traffic:
    """Clients that read and write all the time, and how long they waited."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._over = threading.Event()
        self.statements = 0
        self.longest = 0.0

    def run(self, number: int) -> None:
        """Until `stop`; raises what a statement raises."""
        user = 0
        with psycopg.connect(self._dsn, autocommit=True, prepare_threshold=None) as connection:
            while not self._over.is_set():
                user = user % PEOPLE + 1
                values = {"tenant": TENANT, "user": str(UUID(int=user))}
                begun = time.monotonic()
                connection.execute(TRAFFIC[(user + number) % len(TRAFFIC)].encode(), values)
                self.longest = max(self.longest, time.monotonic() - begun)
                self.statements += 1
                time.sleep(0.002)

    def stop(self) -> None:
        """Let all clients end."""
        self._over.set()


def test_each_migration_holds_up_no_statement(
    empty_database: MigrateSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade, revisions = command.upgrade, [number for number, _ in run.known_revisions()]
    target = revisions[0]
    monkeypatch.setattr(command, "upgrade", lambda config, _: upgrade(config, target))
    monkeypatch.setattr(run, "fill", lambda _: 0)
    migrate(empty_database)
    dsn = empty_database.postgres_admin_dsn
    with psycopg.connect(dsn) as admin:
        admin.execute(FILL, [TENANT, ITEM, PEOPLE])
    traffic = Traffic(dsn)
    with ThreadPoolExecutor(3) as pool:
        clients = [pool.submit(traffic.run, number) for number in range(3)]
        try:
            for target in revisions[1:]:
                served = traffic.statements
                assert [each[:4] for each in migrate(empty_database)] == [target]
                deadline = time.monotonic() + 30
                while traffic.statements < served + 5 and time.monotonic() < deadline:
                    time.sleep(0.01)
        finally:
            traffic.stop()
        assert [each.result(30) for each in clients] == [None] * 3
    assert traffic.statements > 5 * len(revisions)
    assert traffic.longest < LONGEST_SECONDS
