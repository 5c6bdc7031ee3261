"""A pipeline whose log was lost, with Redis ahead of PostgreSQL."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from confluent_kafka.admin import AdminClient

from operations.draining import heartbeat_ends, heartbeats_not_stored
from operations.rebase.rebaser import Rebaser
from playhead.kafka.topics import ensure_topics
from playhead.settings import KafkaSettings, RebaseSettings
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.topics import Topics
from tests.operations.whole_pipeline import Whole
from tests.sinks.running import running, sink_settings
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.process import eventually

PEOPLE = 12
ERASED = 50
"""A person who is erased while the log is lost."""
STEPS = ("keeping", "letting every row", "storing", "deleting", "letting processors")
"""How what a run says begins."""


class KilledError(BaseException):
    """Ends a run between two of its steps, as a kill would."""


def killed_at(step: str) -> Callable[[str], None]:
    """What a run calls with each step that begins; it ends with this one."""

    def say(what: str) -> None:
        if what.startswith(step):
            raise KilledError

    return say


def beats(session: int, *, until_ms: int = 10_000) -> Iterator[HeartbeatRecord]:
    """One session of each person, each with an item of their own."""
    for user in range(PEOPLE):
        yield heartbeat(
            user=user, content=user, session=session, until_ms=until_ms, sequence=session * 100 + user
        )


@dataclass(frozen=True)
class LostLog:
    """The pipeline, and the command."""

    whole: Whole
    connection: psycopg.Connection

    @property
    def settings(self) -> RebaseSettings:
        names = {name: f"PLAYHEAD_{name.upper()}" for name in RebaseSettings.model_fields}
        found = self.whole.environment
        return RebaseSettings.model_validate(
            {name: found[variable] for name, variable in names.items() if variable in found}
        )

    def rebaser(self, say: Callable[[str], object] = str, *, force: bool = False) -> Rebaser:
        return Rebaser(self.settings, {"default": self.connection}, say, force=force, wait_seconds=60)

    def fill(self) -> None:
        """Every store has the first session; Redis alone the second, and a person who is erased by now."""
        with self.whole.world.worker() as worker:
            with running(sink_settings(self.whole.topics, self.whole.database)):
                self.whole.world.send(beats(1))
                self.whole.through()
            self.whole.world.send(beats(2))
            self.whole.world.send([heartbeat(user=ERASED)])
            self.whole.world.settled()
            worker.send(signal.SIGTERM)
            worker.ended()
        erased = heartbeat(user=ERASED)
        self.connection.execute(
            "INSERT INTO progress.erased_people (tenant_id, user_id) VALUES (%s, %s)",
            (erased.tenant_id, erased.user_id),
        )

    def lose(self, partitions: int) -> None:
        """The topics are recreated, with so many partitions."""
        topics = self.whole.topics
        admin = AdminClient({"bootstrap.servers": topics.kafka_servers})
        names = [topic.name for topic in Topics.named(topics.kafka_prefix).all]
        for deleted in admin.delete_topics(names, operation_timeout=30).values():
            deleted.result()
        eventually(lambda: not set(names) & set(admin.list_topics(timeout=10).topics), "the topics are gone")
        ensure_topics(
            KafkaSettings(
                kafka_servers=topics.kafka_servers,
                kafka_prefix=topics.kafka_prefix,
                kafka_partitions=partitions,
            )
        )

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """The pipeline runs until it is through."""
        with self.whole.at_work():
            yield
            eventually(self._is_through, "the new log is stored", 60)

    def _is_through(self) -> bool:
        ends = heartbeat_ends(self.settings)
        return not heartbeats_not_stored(self.connection, self.settings, ends)

    def sessions(self) -> list[int]:
        """How many sessions each item of each person has."""
        rows = self.connection.execute("SELECT total_sessions FROM progress.user_progress").fetchall()
        return [count for (count,) in rows]
