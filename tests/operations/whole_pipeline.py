"""A processor and a sink between real stores, people who watched, and the commands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner, Result

from operations.cli.main import app
from playhead.progress.identifiers import TenantId
from playhead.settings import KafkaSettings
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.progress import encode_progress
from playhead.wire.redis_keys import FENCE
from sinks.states.batch import BatchBuilder
from sinks.states.decode import ConsumedRecord, decode
from sinks.tables.connection import read_positions
from sinks.tables.prepare import prepare
from sinks.tables.store import Store
from tests.hot import KEYS, hash_of
from tests.operations import past_sessions as past
from tests.services import PARTITIONS, Database
from tests.sinks.author import POLICY, Author, Log
from tests.sinks.running import findings, running, sink_settings
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.process import eventually
from tests.stream_processors.world import World

PERSON = heartbeat(user=3).user_id
ELSEWHERE = TenantId("00000000-0000-4000-8000-0000000000ee")
"""A tenant where another person has the same id."""


@dataclass(frozen=True)
class Whole:
    """The stores, and the commands."""

    world: World
    topics: KafkaSettings
    database: Database
    directory: Path

    def command(self, *arguments: str) -> Result:
        """Run a command as an operator does."""
        return CliRunner().invoke(app, [*arguments, "--data-dir", str(self.directory)], env=self.environment)

    def with_settings(self, changes: dict[str, str]) -> Whole:
        """The same stores; the commands get other addresses."""
        return replace(self, world=World({**self.world.environment, **changes}, self.world.directory))

    @property
    def environment(self) -> dict[str, str]:
        return dict(self.world.environment)

    def erase(self, *options: str, tenant: str | None = None, code: int = 0) -> dict[str, Any]:
        """Erase the person; the receipt."""
        who = ("--tenant", tenant or theirs().tenant_id, "--user", PERSON)
        result = self.command("erase", *who, "--json", *options)
        assert result.exit_code == code, (result.output, result.exception)
        receipt: dict[str, Any] = json.loads(result.stdout)
        return receipt

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """A processor and a sink run."""
        with self.world.worker(), running(sink_settings(self.topics, self.database)):
            yield

    def through(self) -> None:
        """Wait until every heartbeat is applied, published and stored, and requirements are computed."""
        ends = self.world.ends()

        def stored() -> bool:
            found = past.rows(self.database, "SELECT partition, next_offset FROM progress.ledger")
            at = {row["partition"]: row["next_offset"] for row in found}
            return all(at.get(partition, 0) == end for partition, end in ends.items() if end)

        def required() -> bool:
            return not past.rows(self.database, "SELECT FROM progress.requirement_changes")

        eventually(stored, f"stored up to {ends}", 60)
        eventually(required, "what is required of everyone is computed", 60)

    def store(self, beats: Iterable[HeartbeatRecord]) -> None:
        """Put heartbeats into every store at once, with the functions of the processor and the sink."""
        author, builder = Author(), BatchBuilder()
        records = [author.take(each) for each in beats]
        records.append(author.checkpoint())
        Log(self.topics).write(*records)
        for offset, record in enumerate(records):
            source = ConsumedRecord(0, offset, record.key, record.value)
            builder.add(source, 0, decode(source))
        topic = self.world.topics.states.name
        read_positions(self.database.writer_dsn, topic, [0])
        sink = Store(self.database.writer_dsn, topic)
        sink.write(prepare(builder, POLICY), lambda *refused: pytest.fail(f"{refused}"))
        sink.close()
        with self.world.redis() as redis:
            redis.set(KEYS.partitions, PARTITIONS)
            for item, progress in author.known.items():
                person = hash_of(f"{item.tenant_id}:{item.user_id}")
                redis.hset(person, mapping={FENCE: "0:1", item.content_id: encode_progress(progress)})

    def findings(self) -> list[str]:
        return findings(self.database)

    def hash_of(self, tenant: str) -> dict[bytes, bytes]:
        with self.world.redis() as redis:
            fields: dict[bytes, bytes] = redis.hgetall(hash_of(f"{tenant}:{PERSON}"))
        return fields

    def hot(self) -> dict[bytes, dict[bytes, bytes]]:
        with self.world.redis() as redis:
            return {key: redis.hgetall(key) for key in redis.scan_iter(KEYS.progress_hashes)}

    def latest(self) -> dict[bytes, bytes | None]:
        """The states topic as compaction leaves it."""
        return {
            message.key() or b"": message.value()
            for message in self.world.records(self.world.topics.states.name)
        }

    def others(self) -> dict[str, list[str]]:
        """The rows of all other people, without tables that count several people.

        A worker publishes its last batch again when it starts, so when a row was stored last says nothing.
        """
        tables = past.dump(self.database)
        whose = {
            name: sorted(json.dumps(_lasting(row)) for row in map(json.loads, rows) if not _is_theirs(row))
            for name, rows in tables.items()
            if rows and "user_id" in rows[0]
        }
        return {name: rows for name, rows in whose.items() if name != "erased_people"}

    def register(self) -> None:
        """Add the person to the directory of both tenants: in two teams, and with an item to see."""
        with psycopg.connect(self.database.admin_dsn) as admin:
            for tenant in (theirs().tenant_id, ELSEWHERE):
                for query in _DIRECTORY:
                    admin.execute(query.encode(), {"tenant": tenant, "user": PERSON})


def theirs(**fields: Any) -> HeartbeatRecord:
    """A heartbeat of the person who is erased."""
    return heartbeat(user=3, **fields)


def _lasting(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"updated_at", "source_offset"}}


def _is_theirs(row: dict[str, Any]) -> bool:
    return bool(row["user_id"] == PERSON and row["tenant_id"] == theirs().tenant_id)


_DIRECTORY = (
    "INSERT INTO progress.people VALUES (%(tenant)s, %(user)s, 'A person')",
    "INSERT INTO progress.people VALUES (%(tenant)s, %(tenant)s, 'Another')",
    "INSERT INTO progress.teams VALUES (%(tenant)s, %(user)s, 'One'), (%(tenant)s, %(tenant)s, 'Two')",
    """INSERT INTO progress.team_members VALUES
        (%(tenant)s, %(user)s, %(user)s, 'manager'), (%(tenant)s, %(tenant)s, %(user)s, 'member'),
        (%(tenant)s, %(tenant)s, %(tenant)s, 'member')""",
    "INSERT INTO progress.content_items VALUES (%(tenant)s, %(user)s, 'An item', 'video')",
    """INSERT INTO progress.assignments VALUES
        (%(tenant)s, %(user)s, 'person', %(user)s, NULL),
        (%(tenant)s, %(user)s, 'everyone', %(tenant)s, NULL)""",
    "INSERT INTO progress.dismissals VALUES (%(tenant)s, %(user)s, %(user)s)",
)
