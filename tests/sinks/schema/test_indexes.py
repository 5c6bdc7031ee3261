"""Indexes that are built outside of the migration's transaction, beside reads and writes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from playhead.settings import MigrateSettings
from sinks.schema import indexes, migrate
from sinks.schema.errors import IndexNotBuiltError
from sinks.schema.pending import pending, plan, script
from tests.services import Database
from tests.sinks.running import rows, until

pytestmark = pytest.mark.services

NAME = "user_progress_updated"
STATEMENT = f"CREATE INDEX CONCURRENTLY {NAME} ON progress.user_progress (tenant_id, updated_at)"
WAITS = "SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND wait_event_type = 'Lock'"
VALID = f"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('progress.{NAME}')"
LINE = f"index {NAME}: built beside reads and writes"


@pytest.fixture
def before(fresh_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MigrateSettings:
    """A database of a release whose next one has such an index."""
    (tmp_path / "9999_test_concurrently.sql").write_text(f"-- A test; of no use.\n{STATEMENT};\n")
    monkeypatch.setattr(indexes, "VERSIONS", tmp_path)
    return MigrateSettings(postgres_admin_dsn=fresh_database.admin_dsn)


def built(database: Database) -> list[bool]:
    return [row["indisvalid"] for row in rows(database, VALID)]


def test_the_plan_the_check_and_the_script_tell_of_it(
    before: MigrateSettings, fresh_database: Database
) -> None:
    assert pending(before) == [f"index {NAME} of revision 9999 is missing: `playhead migrate` builds it"]
    named, lock = plan(before)
    assert NAME in named
    assert lock.startswith(
        "  SHARE UPDATE EXCLUSIVE on progress.user_progress, about 0 rows: reads and writes"
    )
    (database,) = before.databases.named.values()
    assert script(database).endswith(f"{STATEMENT};\n")
    assert migrate(before) == [LINE]
    assert migrate(before) == plan(before) == pending(before) == []
    assert script(database) == ""
    assert built(fresh_database) == [True]


def test_writes_go_on_while_it_is_built_and_what_a_killed_attempt_left_is_built_again(
    before: MigrateSettings, fresh_database: Database
) -> None:
    """A transaction that began before keeps it waiting, as on a table that takes hours."""
    touch = "UPDATE progress.user_progress SET updated_at = now()"
    with psycopg.connect(fresh_database.admin_dsn) as earlier, ThreadPoolExecutor(1) as pool:
        earlier.execute(touch.encode())
        migration = pool.submit(migrate, before)
        until(60, lambda: rows(fresh_database, WAITS))
        with psycopg.connect(fresh_database.writer_dsn) as writer:
            writer.execute("SET statement_timeout = '20s'")
            writer.execute(touch.encode())
        rows(
            fresh_database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%'"
            " AND datname = current_database() AND pid <> pg_backend_pid()",
        )
        with pytest.raises(IndexNotBuiltError, match=f"{NAME} was not built.*run `playhead migrate` again"):
            migration.result(60)
    assert built(fresh_database) == [False]
    (line,) = pending(before)
    assert "is not valid" in line
    assert migrate(before) == [LINE]
    assert built(fresh_database) == [True]


def test_two_migrations_at_once_build_it_once(before: MigrateSettings, fresh_database: Database) -> None:
    begin = threading.Barrier(2)

    def both(_: int) -> list[str]:
        begin.wait(30)
        return migrate(before)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(both, range(2))) == [[], [LINE]]
    assert built(fresh_database) == [True]


def test_another_statement_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "9999_test_concurrently.sql").write_text("DROP TABLE progress.user_progress")
    monkeypatch.setattr(indexes, "VERSIONS", tmp_path)
    with pytest.raises(ValueError, match="holds another statement"):
        list(indexes.concurrent_indexes())
