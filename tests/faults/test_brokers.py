"""Three brokers: what one, two and each in turn mean for saves, and that nothing acknowledged is lost.

Beside the servers of another test they are too much for two cores: they then take one another for dead.
The short form is `test_chaos`, which kills, stops and freezes brokers, too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import uuid4

import httpx
import psycopg
import pytest
from confluent_kafka.admin import AdminClient

from operations.local.stores.kafka_node import node_name
from playhead.kafka.topics import inspect_topics
from playhead.wire.topics import Topics, sink_group
from stream_processors.consumer.application import GROUP
from tests.faults.invariants import check
from tests.faults.load import TENANTS, save, under_load
from tests.faults.pipeline import PARTITIONS, READY_S, Part, Pipeline, running_pipeline, until

pytestmark = [pytest.mark.services, pytest.mark.faults, pytest.mark.chaos]

BROKERS: tuple[Part, ...] = ("kafka", "kafka-2", "kafka-3")
HEARTBEATS = Topics.named().heartbeats.name
ANSWER_S = 5 + 3
"""The limit for an acknowledgement, and three seconds for a busy machine."""


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """One for all tests: each leaves it healed, and the checks are over its whole history."""
    with running_pipeline("--brokers", "3") as running:
        yield running


def test_each_record_has_three_copies_of_which_two_are_acknowledged(pipeline: Pipeline) -> None:
    wanted = pipeline.settings.model_copy(
        update={"kafka_replication": 3, "kafka_min_in_sync_replicas": 2, "kafka_partitions": PARTITIONS}
    )
    assert [report.outcome for report in inspect_topics(wanted)] == ["as_it_should_be"] * 3
    alone = wanted.model_copy(update={"kafka_min_in_sync_replicas": 1})
    assert {str(each) for report in inspect_topics(alone) for each in report.differences} == {
        "min.insync.replicas is 2, not 1"
    }


@pytest.mark.parametrize("role", ["leader", GROUP, sink_group()])
def test_one_is_killed_and_saves_go_on_without_it(pipeline: Pipeline, role: str) -> None:
    """The leader of the partition that is saved to, or the coordinator of a group, and then it returns."""
    with under_load(pipeline, seed=len(role)) as load:
        part = leader(pipeline) if role == "leader" else coordinator(pipeline, role)
        with pipeline.down(part):
            load.await_more(500)
            await_stored(pipeline, saved(pipeline))
        load.await_more(300)
    check(pipeline, load.acknowledged)


def test_each_is_killed_in_turn_and_comes_back(pipeline: Pipeline) -> None:
    with under_load(pipeline, seed=31) as load:
        for part in BROKERS:
            pipeline.kill(part)
            load.await_more(300)
            until(lambda: whole(pipeline), 60, "all copies in step")
    check(pipeline, load.acknowledged)


@pytest.mark.watches_the_clock
def test_two_are_killed_and_saves_are_refused_until_one_is_back(pipeline: Pipeline) -> None:
    """One copy is too few to acknowledge: a typed 503 in time, and the client's next try arrives."""
    with under_load(pipeline, seed=32) as load:
        with pipeline.down("kafka", "kafka-3"):
            took, refused = until(lambda: refusal(pipeline), 60, "a refusal")
            before = len(load.acknowledged)
            again, _ = until(lambda: refusal(pipeline), 60, "another refusal")
            assert len(load.acknowledged) == before
        await_stored(pipeline, saved(pipeline))
        load.await_more(300)
    assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["status"] == 503
    assert refused.json()["detail"]
    assert max(took, again) < ANSWER_S
    check(pipeline, load.acknowledged)


def admin(pipeline: Pipeline) -> AdminClient:
    return AdminClient({"bootstrap.servers": pipeline.settings.kafka_servers, "log_level": 0})


def leader(pipeline: Pipeline) -> Part:
    """The broker that leads the first partition of the heartbeats."""
    partitions = admin(pipeline).list_topics(HEARTBEATS, timeout=10).topics[HEARTBEATS].partitions
    return broker(partitions[0].leader)


def coordinator(pipeline: Pipeline, group: str) -> Part:
    """The broker that coordinates a consumer group."""
    client = admin(pipeline)  # kept: a client that is collected answers nothing
    found = client.describe_consumer_groups([group], request_timeout=10)[group].result(20)
    return broker(found.coordinator.id)


def broker(number: int) -> Part:
    return next(each for each in BROKERS if each == node_name("kafka", number))


def whole(pipeline: Pipeline) -> bool:
    """Whether every copy of every heartbeat is in step."""
    partitions = admin(pipeline).list_topics(HEARTBEATS, timeout=10).topics[HEARTBEATS].partitions.values()
    return all(len(each.isrs) == len(BROKERS) for each in partitions)


def saved(pipeline: Pipeline) -> str:
    """Save as a client does: again after the pause that a 503 asks for. Returns the person's id."""
    user = str(uuid4())

    def attempt() -> bool:
        answer = save(pipeline, user)
        if answer.status_code != httpx.codes.ACCEPTED:
            assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
            time.sleep(int(answer.headers["Retry-After"]))
        return answer.is_success

    until(attempt, READY_S, "a save")
    return user


def await_stored(pipeline: Pipeline, user: str) -> None:
    """Processor and sink go on: what was saved gets to PostgreSQL."""
    query = "SELECT 1 FROM progress.user_progress WHERE tenant_id = %s AND user_id = %s"
    with psycopg.connect(pipeline.settings.postgres_admin_dsn, autocommit=True) as connection:
        until(
            lambda: connection.execute(query, [TENANTS[0], user]).fetchone(), READY_S, "it is in PostgreSQL"
        )


def refusal(pipeline: Pipeline) -> tuple[float, httpx.Response] | None:
    """How long an answer took that is no 2xx, and the answer."""
    began = time.monotonic()
    answer = save(pipeline)
    return None if answer.is_success else (time.monotonic() - began, answer)
