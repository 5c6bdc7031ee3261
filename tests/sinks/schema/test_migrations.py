from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from playhead.postgres import server
from playhead.settings import MigrateSettings
from sinks.schema import (
    LaterSchemaError,
    MigrationError,
    PostgresUnreachableError,
    PostgresUnsuitableError,
    SchemaBusyError,
    locks,
    migrate,
)
from sinks.schema.pending import pending, plan, script
from tests.services import Database

pytestmark = pytest.mark.services

TENANTS = [str(number) * 8 + "-0000-4000-8000-000000000000" for number in (1, 2)]
PERSON = "aaaaaaaa-0000-4000-8000-000000000000"
ITEM = "cccccccc-0000-4000-8000-000000000000"


@pytest.fixture
def empty_database(postgres_admin_dsn: str) -> Iterator[MigrateSettings]:
    name = f"playhead_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield MigrateSettings(postgres_admin_dsn=make_conninfo(postgres_admin_dsn, dbname=name))
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_tells_what_it_applied_and_applies_it_once(empty_database: MigrateSettings) -> None:
    applied = migrate(empty_database)
    revisions = [each.partition(":")[0] for each in applied]
    assert revisions[0] == "0001"
    assert revisions == sorted(set(revisions))
    assert migrate(empty_database) == []


def test_two_at_once_apply_it_once(empty_database: MigrateSettings) -> None:
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(migrate, [empty_database] * 4))
    assert sorted(map(bool, both)) == [False, False, False, True]


def test_sets_the_password_that_a_dsn_carries(empty_database: MigrateSettings) -> None:
    writer = make_conninfo(empty_database.postgres_admin_dsn, user="playhead_writer", password="open sesame")
    migrate(empty_database.model_copy(update={"postgres_dsn": writer}))
    with psycopg.connect(empty_database.postgres_admin_dsn) as admin:
        stored = admin.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'playhead_writer'"
        ).fetchone()
        admin.execute("ALTER ROLE playhead_writer PASSWORD NULL")
    assert stored is not None
    assert stored[0].startswith("SCRAM-SHA-256$")


def test_names_the_setting_when_postgres_does_not_answer() -> None:
    settings = MigrateSettings(postgres_admin_dsn="postgresql://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(PostgresUnreachableError, match="PLAYHEAD_POSTGRES_ADMIN_DSN") as refused:
        migrate(settings)
    assert "secret" not in str(refused.value)


def test_refuses_an_older_server(empty_database: MigrateSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "OLDEST_SERVER", 99_00_00)
    with pytest.raises(
        PostgresUnsuitableError, match=r"PLAYHEAD_POSTGRES_ADMIN_DSN leads to PostgreSQL 1\d\..*; 99 or newer"
    ):
        migrate(empty_database)


def test_refuses_a_schema_of_a_later_release(empty_database: MigrateSettings) -> None:
    migrate(empty_database)
    with psycopg.connect(empty_database.postgres_admin_dsn) as admin:
        admin.execute("UPDATE progress.alembic_version SET version_num = '9999'")
    for refusing in (migrate, plan):
        with pytest.raises(LaterSchemaError, match="at revision 9999, of a later release"):
            refusing(empty_database)
    assert "9999" in pending(empty_database)[0]


def test_a_table_in_use_is_waited_for_and_then_who_uses_it_is_named(
    empty_database: MigrateSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty_database)
    undo(empty_database)
    monkeypatch.setattr(locks, "LOCK_SECONDS", 1.0)
    name = "a-long-report"
    with psycopg.connect(empty_database.postgres_admin_dsn, application_name=name) as user:
        user.execute("LOCK TABLE progress.requirement_changes IN ROW EXCLUSIVE MODE")
        with pytest.raises(SchemaBusyError, match=rf"PID {user.info.backend_pid} \({name}, in a transaction"):
            migrate(empty_database)
        monkeypatch.setattr(locks, "LOCK_SECONDS", 60.0)
        with ThreadPoolExecutor(1) as pool:
            migration = pool.submit(migrate, empty_database)
            with pytest.raises(TimeoutError):
                migration.result(1)
            user.rollback()
            assert migration.result(60)[0].startswith("0022")


def test_a_plan_names_the_locks_and_the_script_does_the_same(empty_database: MigrateSettings) -> None:
    migrate(empty_database)
    assert plan(empty_database) == []
    undo(empty_database)
    lines = plan(empty_database)
    assert lines[0].startswith("revision 0022: An index")
    assert lines[1] == "  SHARE on progress.requirement_changes, about 0 rows: writes wait while it is built"
    (database,) = empty_database.databases.named.values()
    with psycopg.connect(empty_database.postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(script(database).encode())
    assert plan(empty_database) == pending(empty_database) == []
    assert script(database) == ""


def undo(settings: MigrateSettings) -> None:
    """Take the schema back to revision 0021."""
    with psycopg.connect(settings.postgres_admin_dsn) as admin:
        admin.execute("DROP INDEX progress.requirement_changes_oldest")
        admin.execute("DROP TABLE progress.audit_runs, progress.api_keys")
        admin.execute("UPDATE progress.alembic_version SET version_num = '0021'")


def test_refuses_a_reader_above_row_level_security(empty_database: MigrateSettings) -> None:
    migrate(empty_database)
    with psycopg.connect(empty_database.postgres_admin_dsn, autocommit=True) as admin:
        admin.execute("ALTER ROLE playhead_reader BYPASSRLS")
        try:
            with pytest.raises(MigrationError, match="NOBYPASSRLS"):
                migrate(empty_database)
        finally:
            admin.execute("ALTER ROLE playhead_reader NOBYPASSRLS")


def test_every_tenant_table_and_partition_forces_row_level_security(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.writer_dsn, autocommit=True) as writer:
        writer.execute("SELECT progress.make_sessions_month('2026-11-05')")
    with psycopg.connect(fresh_database.admin_dsn) as admin:
        found = admin.execute("""
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
            WHERE c.relnamespace = 'progress'::regnamespace AND c.relkind IN ('r', 'p')
        """).fetchall()
    assert {"user_progress", "sessions", "sessions_default", "sessions_2026_11", "people"} < dict(
        found
    ).keys()
    assert [table for table, is_forced in found if not is_forced] == []


def test_the_reader_owns_nothing(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.reader_dsn) as reader:
        owned = reader.execute("SELECT count(*) FROM pg_class WHERE relowner = 'playhead_reader'::regrole")
        assert owned.fetchone() == (0,)


def dismiss(connection: psycopg.Connection, tenant: str) -> None:
    connection.execute(
        "INSERT INTO progress.dismissals (tenant_id, user_id, content_id) VALUES (%s, %s, %s)",
        (tenant, PERSON, ITEM),
    )


def set_tenant(connection: psycopg.Connection, tenant: str) -> None:
    connection.execute("SELECT set_config('playhead.tenant', %s, true)", (tenant,))


def test_the_reader_sees_one_tenant_and_without_one_nothing(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.writer_dsn) as writer:
        for tenant in TENANTS:
            dismiss(writer, tenant)
    with psycopg.connect(fresh_database.reader_dsn) as reader:
        count = "SELECT tenant_id::text FROM progress.dismissals"
        assert reader.execute(count).fetchall() == []
        set_tenant(reader, TENANTS[0])
        assert reader.execute(count).fetchall() == [(TENANTS[0],)]
        set_tenant(reader, "")  # what a reset of the setting leaves
        assert reader.execute(count).fetchall() == []


def test_the_reader_dismisses_for_its_tenant_alone(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.reader_dsn) as reader:
        set_tenant(reader, TENANTS[0])
        dismiss(reader, TENANTS[0])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            dismiss(reader, TENANTS[1])


@pytest.mark.parametrize("table", ["user_progress", "sessions", "user_summary", "positions", "ledger"])
def test_the_reader_writes_nothing_else(fresh_database: Database, table: str) -> None:
    with (
        psycopg.connect(fresh_database.reader_dsn) as reader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reader.execute(sql.SQL("DELETE FROM progress.{}").format(sql.Identifier(table)))


def test_the_reader_cannot_reach_a_partition_around_its_parent(fresh_database: Database) -> None:
    with (
        psycopg.connect(fresh_database.reader_dsn) as reader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reader.execute("SELECT * FROM progress.sessions_default")


def add_session(connection: psycopg.Connection, started_at: str) -> None:
    connection.execute(
        "INSERT INTO progress.sessions VALUES (%s, %s, %s, %s, '~1', %s, '{}', '{}', 0, 0, null, null, true)",
        (TENANTS[0], PERSON, started_at, ITEM, started_at),
    )


def test_a_month_made_later_takes_its_rows_out_of_the_default(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.writer_dsn, autocommit=True) as writer:
        add_session(writer, "2026-10-31T23:59:59.999Z")
        add_session(writer, "2026-11-01T00:00:00Z")
        for made in (True, False):
            assert writer.execute("SELECT progress.make_sessions_month('2026-11-30')").fetchone() == (made,)
        rows = writer.execute("SELECT tableoid::regclass::text FROM progress.sessions ORDER BY started_at")
        assert rows.fetchall() == [("progress.sessions_default",), ("progress.sessions_2026_11",)]


def test_two_sinks_make_one_month(fresh_database: Database) -> None:
    def make(_: int) -> bool:
        with psycopg.connect(fresh_database.writer_dsn, autocommit=True) as writer:
            row = writer.execute("SELECT progress.make_sessions_month('2026-12-24')").fetchone()
            assert row is not None
            return bool(row[0])

    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(make, range(4))) == [False, False, False, True]


def test_the_writer_is_not_the_owner(fresh_database: Database) -> None:
    assert conninfo_to_dict(fresh_database.writer_dsn)["user"] == "playhead_writer"
    with (
        psycopg.connect(fresh_database.writer_dsn) as writer,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        writer.execute("DROP TABLE progress.user_progress")
