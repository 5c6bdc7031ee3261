"""The audit finds what does not agree, and nothing where everything does."""

from __future__ import annotations

import psycopg
import pytest
from typer.testing import CliRunner

from playhead.cli.main import app
from playhead.settings import AuditSettings
from sinks.audit import AuditError, Finding, audit
from sinks.batch import Gathering, prepare
from sinks.postgres import read_positions
from sinks.reading import Source, read
from sinks.store import Store
from tests.services import Database
from tests.sinks.author import Author, Item

pytestmark = pytest.mark.services

USERS = 5


@pytest.fixture
def stored(fresh_database: Database) -> Database:
    """A few rows, sessions, summaries and a ledger, as the sink writes them."""
    author, gathering = Author(), Gathering()
    records = [
        author.watch(Item.of(user=number % USERS, content=number), 30 + 20 * number, session=number % 3)
        for number in range(30)
    ]
    for offset, record in enumerate([*records, author.checkpoint()]):
        source = Source(0, offset, record.key, record.value)
        gathering.add(source, 0, read(source))
    read_positions(fresh_database.writer_dsn, "states", [0])
    store = Store(fresh_database.writer_dsn, "states")
    store.write(prepare(gathering), lambda rejected: pytest.fail(f"{rejected}"))
    store.close()
    return fresh_database


def tamper(database: Database, statement: str) -> None:
    with psycopg.connect(database.writer_dsn) as connection:
        changed = connection.execute(statement.encode()).rowcount
    assert changed > 0


def found(database: Database, *, sample: int | None = None) -> list[Finding]:
    return list(audit(AuditSettings(postgres_dsn=database.writer_dsn), sample=sample))


def test_what_the_sink_wrote_agrees(stored: Database) -> None:
    assert found(stored) == []
    assert found(stored, sample=3) == []


@pytest.mark.parametrize(
    ("statement", "kind", "detail"),
    [
        ("UPDATE progress.user_summary SET total_items = 7", "summary", "'total_items': 7"),
        ("DELETE FROM progress.user_summary", "summary", "says None"),
        ("UPDATE progress.ledger SET applied = 29", "ledger", "30 heartbeats were read, and 29"),
        (
            "UPDATE progress.positions SET source_next_offset = 12",
            "ledger",
            "counted up to 30, stored up to 12",
        ),
        ("DELETE FROM progress.sessions", "session", "is stored as []"),
        ("UPDATE progress.sessions SET watched = '{}'", "session", "'{}'"),
        ("UPDATE progress.sessions SET started_at = '2001-01-01'", "session", "no plausible time"),
        ("UPDATE progress.user_progress SET watched = '{[0,7)}'", "row", "watched is '{[0,7)}'"),
        ("UPDATE progress.user_progress SET duration_ms = null", "row", "duration_ms is None"),
        (
            "UPDATE progress.user_progress SET completed_at = now()",
            "row",
            "the state makes it None",
        ),
        ("UPDATE progress.user_progress SET metadata = '{}'", "row", "metadata is {}"),
        ("UPDATE progress.user_progress SET state = '{}x'", "row", "its state cannot be read"),
    ],
)
def test_finds_what_was_changed(stored: Database, statement: str, kind: str, detail: str) -> None:
    tamper(stored, statement)
    these = found(stored)
    assert these
    assert {each.kind for each in these} >= {kind}
    assert any(each.kind == kind and detail in each.detail for each in these), these


def test_finds_a_session_stored_twice(stored: Database) -> None:
    tamper(
        stored,
        "INSERT INTO progress.sessions SELECT tenant_id, user_id, started_at + interval '1 second',"
        " content_id, session_key, last_at, watched, pages, watch_ms, content_ms, position_ms,"
        " scroll_position, ended"
        " FROM progress.sessions LIMIT 1",
    )
    (finding,) = found(stored)
    assert finding.kind == "session"


def test_another_policy_than_the_processors_is_told(stored: Database) -> None:
    settings = AuditSettings(postgres_dsn=stored.writer_dsn, completion_threshold=0.01)
    assert any("status" in finding.detail for finding in audit(settings))


def test_a_database_that_is_away_is_told() -> None:
    with pytest.raises(AuditError, match="PLAYHEAD_POSTGRES_DSN"):
        list(audit(AuditSettings(postgres_dsn="postgresql://x@127.0.0.1:1/x")))


def test_the_command_exits_with_1_on_findings(stored: Database, tmp_path: object) -> None:
    run = CliRunner().invoke
    arguments = ["audit", "--data-dir", str(tmp_path)]
    variables = {"PLAYHEAD_POSTGRES_DSN": stored.writer_dsn}
    clean = run(app, arguments, env=variables)
    assert (clean.exit_code, clean.output) == (0, "Everything agrees.\n")
    tamper(stored, "UPDATE progress.ledger SET applied = 29")
    told = run(app, [*arguments, "--json"], env=variables)
    assert told.exit_code == 1
    assert '"kind":"ledger"' in told.output
