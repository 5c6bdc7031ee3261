"""From 4 to 8 partitions between a processor and a sink, killed at each step and run again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, NewPartitions

from operations.audit.hot_store import audit_hot
from operations.draining import heartbeat_ends, heartbeats_not_stored
from operations.repartition.plan import RepartitionError
from operations.repartition.repartitioner import Repartitioner
from operations.repartition.topics import RepartitionedTopics
from operations.stores import publish
from playhead.kafka.errors import RepartitioningError
from playhead.kafka.records import ProducerRecord
from playhead.settings import HotAuditSettings, RepartitionSettings
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import person_key
from playhead.wire.partitioner import partition_of
from playhead.wire.redis_keys import FENCE
from playhead.wire.topics import Topics
from tests.hot import KEYS, hash_of
from tests.operations.whole_pipeline import Whole
from tests.services import PARTITIONS
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.process import eventually

pytestmark = pytest.mark.services

TARGET = PARTITIONS * 2
PEOPLE = 40
TENANT = "00000000-0000-4000-8000-0000000000ee"
"""An organisation that was erased."""
WITH_THE_MARK = "waiting until everything"
STEPS = ("waiting until what", "saves are refused", WITH_THE_MARK, "adding", "moving", "saves go on")
"""How what a run says begins, the last of it before it takes the mark away."""


class KilledError(BaseException):
    """Ends a run between two of its steps, as a kill would: nothing is put back."""


@pytest.fixture
def connection(whole: Whole) -> Iterator[psycopg.Connection]:
    with psycopg.connect(whole.database.admin_dsn, autocommit=True) as admin:
        yield admin


@pytest.fixture(autouse=True)
def _killed_runs_put_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    lift = RepartitionedTopics.lift

    def lift_unless_killed(topics: RepartitionedTopics) -> None:
        if not isinstance(sys.exception(), KilledError):
            lift(topics)

    monkeypatch.setattr(RepartitionedTopics, "lift", lift_unless_killed)


def settings(whole: Whole) -> RepartitionSettings:
    names = {name: f"PLAYHEAD_{name.upper()}" for name in RepartitionSettings.model_fields}
    found = whole.environment
    return RepartitionSettings.model_validate(
        {name: found[variable] for name, variable in names.items() if variable in found}
    )


def quickly(
    whole: Whole,
    connection: psycopg.Connection,
    say: Callable[[str], object] = str,
    *,
    target: int = TARGET,
    wait: float = 60,
) -> Repartitioner:
    """A run that no ingest takes part in."""
    return Repartitioner(settings(whole), [connection], target, wait, say, hold_seconds=0)


def killed_at(step: str) -> Callable[[str], None]:
    """What a run calls with each step that begins; it ends with this one."""

    def say(what: str) -> None:
        if what.startswith(step):
            raise KilledError

    return say


def topics(whole: Whole) -> RepartitionedTopics:
    return RepartitionedTopics(settings(whole))


def is_through(whole: Whole, connection: psycopg.Connection) -> bool:
    return not heartbeats_not_stored(connection, settings(whole), heartbeat_ends(settings(whole)))


def require_keys(whole: Whole) -> None:
    """Everyone lies under the key, and with the fence, of their new partition, as do erased organisations."""
    with whole.world.redis() as redis:
        keys = [key.decode() for key in redis.scan_iter("progress:{*")]
        assert len(keys) == PEOPLE
        for key in keys:
            person = KEYS.person_of_hash(key)
            partition = partition_of(person, TARGET)
            assert key == KEYS.progress_hash(partition, person)
            assert redis.hget(key, FENCE).startswith(b"%d:" % partition)
            assert redis.ttl(key) > 0
        assert all(redis.hget(KEYS.erased_tenants_hash(each), TENANT) == b"1" for each in range(TARGET))
        assert redis.get(KEYS.partitions) == b"%d" % TARGET


def beats(session: int) -> Iterator[HeartbeatRecord]:
    """One session of each of forty people, each with an item of their own."""
    for user in range(PEOPLE):
        yield heartbeat(user=user, content=user, session=session, sequence=session * 100 + user)


def test_a_run_that_is_killed_at_any_step_is_completed_by_the_next(
    whole: Whole, connection: psycopg.Connection
) -> None:
    with whole.world.redis() as redis:
        redis.hset(KEYS.erased_tenants_hash(1), TENANT, "1")
    with whole.at_work():
        whole.world.send(beats(1))
        for step in STEPS:
            with pytest.raises(KilledError):
                quickly(whole, connection, killed_at(step)).run()
        assert topics(whole).is_marked()
        quickly(whole, connection).run()
        require_keys(whole)
        assert quickly(whole, connection).plan().is_done
        assert set(topics(whole).counts().values()) == {TARGET}
        whole.world.send(beats(2))
        assert quickly(whole, connection).await_takeover()
        eventually(lambda: is_through(whole, connection), "the new partitions are stored", 60)
    assert whole.findings() == []
    assert list(audit_hot(HotAuditSettings(**settings(whole).model_dump()))) == []
    rows = connection.execute(
        "SELECT source_partition, total_sessions FROM progress.user_progress"
    ).fetchall()
    assert [sessions for _, sessions in rows] == [2] * PEOPLE
    assert {partition for partition, _ in rows} - set(range(PARTITIONS))
    people = {person_key(beat.tenant_id, beat.user_id) for beat in beats(1)}
    assert set(whole.hot()) == {hash_of(person, TARGET).encode() for person in people}


def test_what_is_not_stored_in_time_leaves_everything_as_it_was(
    whole: Whole, connection: psycopg.Connection
) -> None:
    """No processor and no sink runs."""
    whole.world.send(beats(1))
    with pytest.raises(
        RepartitionError, match="40 heartbeats were not stored within 0 s: nothing was changed"
    ):
        quickly(whole, connection, wait=0).run()
    assert set(topics(whole).counts().values()) == {PARTITIONS}
    assert not topics(whole).is_marked()


def test_a_killed_run_is_given_up_until_it_added_partitions_and_commands_publish_nothing_meanwhile(
    whole: Whole, connection: psycopg.Connection
) -> None:
    with pytest.raises(KilledError):
        quickly(whole, connection, killed_at(WITH_THE_MARK)).run()
    record = ProducerRecord(Topics.named(whole.topics.kafka_prefix).heartbeats.name, b"key", b"value")
    with pytest.raises(RepartitioningError):
        publish(settings(whole), "test", [record])
    assert "a repartition is under way" in whole.command("status").output.replace("\n", " ")
    assert whole.command("repartition", "--abort").output == "Saves go on.\n"
    assert whole.command("repartition", "--abort").output == "No repartition is under way.\n"
    publish(settings(whole), "test", [record])
    topics(whole).mark()
    admin = AdminClient({"bootstrap.servers": whole.topics.kafka_servers})
    states = Topics.named(whole.topics.kafka_prefix).states.name
    admin.create_partitions([NewPartitions(states, TARGET)])[states].result()
    refused = whole.command("repartition", "--abort")
    assert refused.exit_code == 1
    assert f"--partitions {TARGET}" in refused.output
    assert topics(whole).is_marked()


def test_a_dry_run_says_what_there_is_and_changes_nothing(whole: Whole) -> None:
    shown = whole.command("repartition", "--partitions", str(TARGET), "--dry-run").output
    assert f"progress.states: {PARTITIONS} partitions" in shown
    assert f"To be {TARGET} of each." in shown
    assert set(topics(whole).counts().values()) == {PARTITIONS}
    assert whole.command("repartition", "--partitions", str(PARTITIONS)).output.endswith("to be done.\n")
    assert whole.command("repartition", "--partitions", str(PARTITIONS + 1), "--yes").exit_code == 1
    assert whole.command("repartition").exit_code != 0
