"""The audit finds what does not agree, and nothing where everything does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from prometheus_client import REGISTRY
from redis import Redis
from typer.testing import CliRunner

from operations.audit.database import audit
from operations.audit.finding import Finding
from operations.audit.hot_store import audit_hot
from operations.audit.recording import record_run
from operations.cli.main import app
from operations.stores import StoreUnavailableError
from playhead.progress import Heartbeat, HeartbeatId, Intervals, SessionId, apply
from playhead.settings import AuditSettings, HotAuditSettings
from playhead.wire.codec import encode
from playhead.wire.keys import person_key
from playhead.wire.progress import decode_progress
from playhead.wire.redis_keys import ERASED, FENCE
from sinks.audit_runs import AuditRuns
from sinks.states.batch import BatchBuilder
from sinks.states.decode import ConsumedRecord, decode
from sinks.tables.connection import read_positions
from sinks.tables.prepare import prepare
from sinks.tables.store import Store
from tests.hot import hash_of
from tests.operations.audit.planted import PLANTED
from tests.services import Database
from tests.sinks.author import POLICY, START, Author, Item

pytestmark = pytest.mark.services

USERS = 5


@pytest.fixture
def stored(fresh_database: Database) -> Database:
    """A few rows, sessions, summaries and a ledger, as the sink writes them."""
    author, builder = Author(), BatchBuilder()
    records = [
        author.watch(Item.of(user=number % USERS, content=number), 30 + 20 * number, session=number % 3)
        for number in range(30)
    ]
    for offset, record in enumerate([*records, author.checkpoint()]):
        source = ConsumedRecord(0, offset, record.key, record.value)
        builder.add(source, 0, decode(source))
    read_positions(fresh_database.writer_dsn, "states", [0])
    store = Store(fresh_database.writer_dsn, "states")
    store.write(prepare(builder, POLICY), lambda *refused: pytest.fail(f"{refused}"))
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


@pytest.mark.parametrize(("statement", "kind", "detail"), PLANTED)
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
        " scroll_position, ended, wall_ms"
        " FROM progress.sessions LIMIT 1",
    )
    assert {each.kind for each in found(stored)} == {"session", "counter"}


def test_what_shards_say_counts_as_a_sum(stored: Database) -> None:
    tamper(stored, "UPDATE progress.content_summary SET people = people - 2, wall_ms = wall_ms + 5")
    tamper(
        stored,
        "INSERT INTO progress.content_summary SELECT tenant_id, content_id, -1, 2, 0, 0, 0, 0, -5"
        " FROM progress.content_summary",
    )
    assert found(stored) == []


def test_the_sessions_of_an_archived_month_are_in_its_file(stored: Database) -> None:
    tamper(
        stored,
        "WITH gone AS (DELETE FROM progress.sessions RETURNING 1)"
        " INSERT INTO progress.archives (month, path, rows, bytes, sha256, dropped_at)"
        " SELECT '2026-09-01', '', count(*), 1, '', now() FROM gone",
    )
    assert found(stored) == []
    tamper(stored, "UPDATE progress.archives SET dropped_at = NULL")
    assert {each.kind for each in found(stored)} == {"session", "counter"}


def test_another_policy_than_the_processors_is_found(stored: Database) -> None:
    settings = AuditSettings(postgres_dsn=stored.writer_dsn, completion_threshold=0.01)
    assert any("status" in finding.detail for finding in audit(settings))


def test_a_database_that_is_away_is_named() -> None:
    with pytest.raises(StoreUnavailableError, match="PLAYHEAD_POSTGRES_DSN"):
        list(audit(AuditSettings(postgres_dsn="postgresql://x@127.0.0.1:1/x")))


def test_the_command_exits_with_1_on_findings(stored: Database, tmp_path: object, redis_url: str) -> None:
    run = CliRunner().invoke
    arguments = ["audit", "--data-dir", str(tmp_path)]
    variables = {"PLAYHEAD_POSTGRES_DSN": stored.writer_dsn, "PLAYHEAD_REDIS_URL": redis_url}
    clean = run(app, arguments, env=variables)
    assert (clean.exit_code, clean.output) == (0, "Everything agrees.\n")
    tamper(stored, "UPDATE progress.ledger SET applied = 29")
    reported = run(app, [*arguments, "--json"], env=variables)
    assert reported.exit_code == 1
    assert '"kind":"ledger"' in reported.output


def test_the_sink_shows_when_an_audit_ended_and_what_it_found(
    stored: Database, tmp_path: object, redis_url: str
) -> None:
    tamper(stored, "UPDATE progress.ledger SET applied = 29")
    variables = {"PLAYHEAD_POSTGRES_DSN": stored.writer_dsn, "PLAYHEAD_REDIS_URL": redis_url}
    before = time.time()
    CliRunner().invoke(app, ["audit", "--data-dir", str(tmp_path)], env=variables)
    store = Store(stored.writer_dsn, "progress.states")
    try:
        runs = AuditRuns(store)
        assert runs.is_due(idle=False)
        runs.work()
        assert not runs.is_due(idle=True)
    finally:
        store.close()
    assert (REGISTRY.get_sample_value("playhead_sink_audit_findings") or 0) >= 1
    assert (REGISTRY.get_sample_value("playhead_sink_audit_timestamp_seconds") or 0) >= before - 1


def test_a_run_by_a_role_that_may_not_write_says_that_it_is_not_recorded(stored: Database) -> None:
    said = record_run(AuditSettings(postgres_dsn=stored.reader_dsn), 0)
    assert said is not None
    assert "PLAYHEAD_POSTGRES_DSN" in said


@pytest.fixture
def hot(stored: Database, redis_url: str) -> Iterator[tuple[HotAuditSettings, Redis]]:
    """Redis with what PostgreSQL has stored."""
    tamper(stored, "UPDATE progress.positions SET topic = 'progress.states'")
    with psycopg.connect(stored.writer_dsn) as connection, Redis.from_url(redis_url) as redis:
        (offset,) = connection.execute("SELECT source_next_offset FROM progress.positions").fetchone() or (0,)
        for tenant, user, content, state in connection.execute(
            "SELECT tenant_id::text, user_id::text, content_id::text, state FROM progress.user_progress"
        ):
            key = hash_of(person_key(tenant, user))
            redis.hset(key, mapping={content: state, FENCE: f"0:{offset}"})
        yield HotAuditSettings(postgres_dsn=stored.writer_dsn, redis_url=redis_url), redis


def test_what_redis_has_and_postgres_too_agrees(hot: tuple[HotAuditSettings, Redis]) -> None:
    settings, _ = hot
    assert list(audit_hot(settings)) == []
    assert list(audit_hot(settings, sample=3)) == []


def test_a_state_that_never_came_to_postgres_is_found(
    hot: tuple[HotAuditSettings, Redis], stored: Database
) -> None:
    settings, _ = hot
    item = Item.of(user=1, content=1)
    row = f"content_id = '{item.content_id}' AND user_id = '{item.user_id}'"
    tamper(stored, f"DELETE FROM progress.user_progress WHERE {row}")
    (finding,) = audit_hot(settings)
    assert (finding.kind, item.content_id in finding.subject) == ("hot", True)
    assert "and has nothing of it" in finding.detail
    assert list(audit_hot(settings, sample=100)) == [finding]


def test_people_who_were_moved_to_a_partition_without_records_are_compared(
    hot: tuple[HotAuditSettings, Redis], stored: Database
) -> None:
    settings, redis = hot
    tamper(stored, "INSERT INTO progress.positions VALUES ('progress.states', 1, 0, NULL)")
    for key in redis.scan_iter("progress:*"):
        redis.hset(key, FENCE, "1:0")
    assert list(audit_hot(settings)) == []
    item = Item.of(user=1, content=1)
    row = f"content_id = '{item.content_id}' AND user_id = '{item.user_id}'"
    tamper(stored, f"DELETE FROM progress.user_progress WHERE {row}")
    (finding,) = audit_hot(settings)
    assert item.content_id in finding.subject


def test_an_older_state_in_postgres_is_found_once_it_should_have_the_newer(
    hot: tuple[HotAuditSettings, Redis],
) -> None:
    settings, redis = hot
    item = Item.of(user=1, content=1)
    key = hash_of(person_key(item.tenant_id, item.user_id))
    newer = apply(decode_progress(redis.hget(key, item.content_id)), heartbeat_of(item), POLICY)
    (partition, offset) = redis.hget(key, FENCE).decode().split(":")
    redis.hset(key, mapping={item.content_id: encode(newer), FENCE: f"{partition}:{int(offset) + 1}"})
    assert list(audit_hot(settings)) == []  # on its way
    redis.hset(key, FENCE, f"{partition}:{offset}")
    (finding,) = audit_hot(settings)
    assert "one from before offset" in finding.detail


def heartbeat_of(item: Item) -> Heartbeat:
    return Heartbeat(
        heartbeat_id=HeartbeatId(str(UUID(int=1))),
        tenant_id=item.tenant_id,
        user_id=item.user_id,
        content_id=item.content_id,
        occurred_at=START,
        received_at=START,
        session_id=SessionId(str(UUID(int=99))),
        watched=Intervals((0, 5_000)),
    )


def test_an_erased_person_and_one_without_a_fence_are_not_compared(
    hot: tuple[HotAuditSettings, Redis],
) -> None:
    settings, redis = hot
    one, other = (hash_of(person_key(*(str(UUID(int=n)),) * 2)) for n in (7, 8))  # type: ignore[arg-type]
    redis.hset(one, ERASED, 5)
    redis.hset(other, str(UUID(int=9)), b"{}")
    assert list(audit_hot(settings)) == []


def test_the_command_names_what_redis_has_alone(
    hot: tuple[HotAuditSettings, Redis], stored: Database, tmp_path: object
) -> None:
    variables = {"PLAYHEAD_POSTGRES_DSN": stored.writer_dsn, "PLAYHEAD_REDIS_URL": hot[0].redis_url}
    tamper(stored, "UPDATE progress.ledger SET topic = 'progress.states'")
    tamper(stored, "UPDATE progress.user_progress SET state = '{}'")
    result = CliRunner().invoke(app, ["audit", "--data-dir", str(tmp_path)], env=variables)
    assert (result.exit_code, "hot of" in result.output) == (1, True)
