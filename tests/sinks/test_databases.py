"""Two databases, each with half of the tenants, behind one log: a sink for each; commands over both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from operations.audit.database import audit
from operations.status.partitions import StatusSettings, read_partitions
from operations.status.stalls import with_stalls
from playhead.settings import AuditSettings, KafkaSettings, SinkSettings
from tests.services import Database, Services, copy_of
from tests.sinks.author import Author, Item, Log, Record
from tests.sinks.running import COUNTED, Direct, positions, rows, running, sink_settings, until

pytestmark = pytest.mark.services

HERE, THERE = Item.of(tenant=1), Item.of(tenant=2)
TENANTS = "SELECT DISTINCT tenant_id::text FROM progress.{} ORDER BY 1"


@dataclass(frozen=True)
class Divided:
    """The default database, and `north` with the tenant of `THERE`."""

    topics: KafkaSettings
    default: Database
    north: Database
    file: Path

    def sink(self, name: str) -> SinkSettings:
        return sink_settings(self.topics, self.default, postgres_databases_file=self.file, sink_database=name)

    def audit(self) -> list[str]:
        settings = AuditSettings(postgres_dsn=self.default.writer_dsn, postgres_databases_file=self.file)
        return [str(each) for each in audit(settings)]


@pytest.fixture
def divided(
    fresh_topics: KafkaSettings,
    fresh_database: Database,
    services: Services,
    migrated_template: str,
    tmp_path: Path,
) -> Iterator[Divided]:
    with copy_of(services, migrated_template) as north:
        file = tmp_path / "databases.json"
        addresses = {"dsn": north.writer_dsn, "readerDsn": north.reader_dsn, "adminDsn": north.admin_dsn}
        content = {"databases": {"north": addresses}, "tenants": {THERE.tenant_id: "north"}}
        file.write_text(json.dumps(content))
        yield Divided(fresh_topics, fresh_database, north, file)


def at(database: Database, offset: int) -> None:
    until(30, lambda: positions(database).get(0) == offset, lambda: positions(database))


def tenants(database: Database, table: str) -> list[str]:
    return [row["tenant_id"] for row in rows(database, TENANTS.format(table))]


def some(author: Author) -> list[Record]:
    return [author.watch(HERE, 60), author.watch(THERE, 90), author.checkpoint()]


def test_a_crash_between_the_commits_of_two_databases_loses_and_doubles_nothing(
    divided: Divided, services: Services, migrated_template: str
) -> None:
    """One database has stored a batch and the other has not, from the second batch to the end of the log."""
    author, log = Author(), Log(divided.topics)
    log.write(*some(author))
    with running(divided.sink("default")), running(divided.sink("north")):
        at(divided.default, 3)
        at(divided.north, 3)
    for table in ("user_progress", "sessions", "user_summary", "content_summary", "daily_activity"):
        assert tenants(divided.default, table) == [HERE.tenant_id], table
        assert tenants(divided.north, table) == [THERE.tenant_id], table
    log.write(*some(author))
    with running(divided.sink("default")):
        at(divided.default, 6)
    assert positions(divided.north)[0] == 3
    log.write(*some(author))
    with running(divided.sink("north")), running(divided.sink("default")):
        at(divided.north, 9)
        at(divided.default, 9)
    assert divided.audit() == []
    ledger = "SELECT partition, next_offset, applied FROM progress.ledger"
    assert rows(divided.default, ledger) == rows(divided.north, ledger) != []

    with copy_of(services, migrated_template) as whole:
        with running(sink_settings(divided.topics, whole)):
            at(whole, 9)
        for query in COUNTED:
            both = rows(divided.default, query) + rows(divided.north, query)
            key = sorted(map(str, rows(whole, query)))
            assert sorted(map(str, both)) == key, query
        stored = "SELECT to_jsonb(p) - 'updated_at' AS row FROM progress.{} AS p"
        for table in ("user_progress", "sessions", "user_summary"):
            query = stored.format(table)
            both = rows(divided.default, query) + rows(divided.north, query)
            assert sorted(map(str, both)) == sorted(map(str, rows(whole, query))), table


def test_a_database_that_is_away_keeps_back_its_own_tenants_alone(divided: Divided, tmp_path: Path) -> None:
    """The sink of the database at a closed port waits; the other stores."""
    away = json.loads(divided.file.read_text())
    away["databases"]["north"]["dsn"] = "postgresql://playhead_writer@127.0.0.1:1/playhead"
    file = tmp_path / "away.json"
    file.write_text(json.dumps(away))
    author = Author()
    Log(divided.topics).write(*some(author))
    waiting = divided.sink("north").model_copy(update={"postgres_databases_file": file})
    settings = SinkSettings(**waiting.model_dump())
    with running(divided.sink("default")) as stores, running(settings) as waits:
        at(divided.default, 3)
        until(30, lambda: "PostgreSQL" in (waits.why_not_ready() or ""), waits.why_not_ready)
        assert stores.why_not_ready() is None
    assert tenants(divided.default, "user_progress") == [HERE.tenant_id]
    with running(divided.sink("north")):
        at(divided.north, 3)
    assert divided.audit() == []


def test_status_is_that_of_the_database_furthest_behind(
    divided: Divided, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.status.stalls.OVERDUE_S", -1.0)
    monkeypatch.setattr("operations.status.stalls.WATCH_S", 0.2)
    author = Author()
    Log(divided.topics).write(*some(author))
    with running(divided.sink("default")):
        at(divided.default, 3)
    settings = StatusSettings(
        kafka_servers=divided.topics.kafka_servers,
        kafka_prefix=divided.topics.kafka_prefix,
        redis_url=redis_url,
        postgres_dsn=divided.default.writer_dsn,
        postgres_databases_file=divided.file,
    )
    [first, *_] = with_stalls(settings, read_partitions(settings))
    assert first.to_store == 3
    [fault] = [each for each in first.faults if "states wait" in each]
    assert "states wait for database north" in fault
    assert fault.endswith("no sink reads the partition")


def test_the_audit_finds_rows_that_a_tenant_left_in_another_database(divided: Divided) -> None:
    """The tenant was given its database after its first heartbeats."""
    with Direct(divided.default) as sink:
        sink.write(*some(Author()))
    [finding] = [each for each in divided.audit() if each.startswith("database")]
    assert f"organisation {THERE.tenant_id}: has database north" in finding
    assert "in database default" in finding
    assert "user_progress" in finding
