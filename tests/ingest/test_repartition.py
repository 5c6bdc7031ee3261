"""Saves during a repartition: refused with the time to wait, then taken up in the new partitions."""

from __future__ import annotations

from uuid import uuid4

import anyio
import httpx
import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from playhead.kafka.broker_watch import BrokerWatch
from playhead.kafka.errors import BrokerUnavailableError, RepartitioningError
from playhead.kafka.repartition_mark import LOOK_HOLDS_SECONDS
from playhead.wire.topics import Topics, repartition_mark
from tests.ingest.client import CONTENT, Client
from tests.services import PARTITIONS
from tests.topic_reader import read_topic

pytestmark = pytest.mark.anyio


class Broker:
    """What a broker answers, and the clock."""

    failing = False

    def __init__(self) -> None:
        self.now = 0.0
        self.is_marked: bool | None = False
        self.reason: str | None = None
        self.watch = BrokerWatch(self, "heartbeats", self, clock=lambda: self.now)

    async def unavailable_reason(self, topic: str, timeout_seconds: float) -> str | None:
        del topic, timeout_seconds
        return self.reason

    def exists(self) -> bool:
        if self.is_marked is None:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
        return self.is_marked


async def test_a_look_holds_for_a_while_and_no_longer() -> None:
    broker = Broker()
    with pytest.raises(BrokerUnavailableError):
        broker.watch.require_open()
    await broker.watch.look()
    broker.is_marked, broker.now = None, LOOK_HOLDS_SECONDS - 0.1
    await broker.watch.look()
    broker.watch.require_open()
    broker.now = LOOK_HOLDS_SECONDS
    with pytest.raises(BrokerUnavailableError):
        broker.watch.require_open()


async def test_after_a_repartition_saves_wait_until_the_topic_is_described_again() -> None:
    broker = Broker()
    await broker.watch.look()
    broker.is_marked = True
    await broker.watch.look()
    for is_marked, reason in ((True, None), (None, None), (False, "no broker answers")):
        with pytest.raises(RepartitioningError):
            broker.watch.require_open()
        broker.is_marked, broker.reason = is_marked, reason
        await broker.watch.look()
    with pytest.raises(RepartitioningError):
        broker.watch.require_open()
    broker.reason = None
    await broker.watch.look()
    broker.watch.require_open()
    assert broker.watch.repartition is None


@pytest.mark.services
async def test_saves_are_refused_while_it_lasts_and_use_the_new_partitions_after_it(client: Client) -> None:
    await client.until_ready()
    admin = AdminClient({"bootstrap.servers": client.settings.kafka_servers})
    mark = repartition_mark(client.settings.kafka_prefix)
    topic = Topics.named(client.settings.kafka_prefix).heartbeats.name
    admin.create_topics([NewTopic(mark, 1, 1)])[mark].result()
    refused = await until(client, 503)
    assert refused.headers["Retry-After"] == "5"
    assert refused.json()["detail"] == "the log is given more partitions; keep the heartbeat and try again"
    ready = await client.http.get("/readyz")
    assert ready.status_code == 200
    assert "a repartition is under way" in ready.text
    admin.create_partitions([NewPartitions(topic, PARTITIONS * 8)])[topic].result()
    assert (await save(client)).status_code == 503
    admin.delete_topics([mark])[mark].result()
    await until(client, 202)
    for _ in range(40):
        assert (await save(client)).status_code == 202
    partitions = {record.partition() for record in read_topic(client.settings.kafka_servers, topic)}
    assert max(partitions) >= PARTITIONS


async def save(client: Client) -> httpx.Response:
    return await client.post("/api/progress", {"contentId": CONTENT}, user=str(uuid4()))


async def until(client: Client, status: int) -> httpx.Response:
    with anyio.fail_after(30):
        while (answer := await save(client)).status_code != status:
            await anyio.sleep(0.05)
    return answer
