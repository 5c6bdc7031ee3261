"""A producer that alone cannot write to a partition is replaced; one of an outage that all see is kept."""

from __future__ import annotations

import anyio
import pytest

from playhead.kafka.errors import BrokerUnavailableError
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics
from tests.playhead.kafka.proxy import proxied
from tests.topic_reader import read_topic

pytestmark = [pytest.mark.services, pytest.mark.anyio]

STUCK = 3
HEALED_S = 60
"""Ten times what a quiet machine needs: two delivery timeouts and three questions to the broker."""


def publisher_of(settings: KafkaSettings) -> Publisher:
    return Publisher(settings, client_id="test", ack_timeout_seconds=2.5, linger_ms=1)


async def publish_until_acknowledged(publisher: Publisher, record: ProducerRecord) -> int:
    """Publish until acknowledged, as a partition worker does; returns the number of failures."""
    failures = 0
    while True:
        try:
            await publisher.publish([record])
        except BrokerUnavailableError:
            failures += 1
            await anyio.sleep(0.1)
        else:
            return failures


async def test_a_partition_that_only_this_producer_cannot_write_to_is_healed(
    fresh_topics: KafkaSettings,
) -> None:
    topic = Topics.named(fresh_topics.kafka_prefix).heartbeats.name
    failures: dict[int, int] = {}

    async def write(publisher: Publisher, partition: int) -> None:
        for number in range(50):
            record = ProducerRecord(topic, b"%d" % partition, b"%d" % number, partition)
            failures[partition] = failures.get(partition, 0) + await publish_until_acknowledged(
                publisher, record
            )

    with proxied(fresh_topics) as (proxy, settings):
        async with publisher_of(settings) as publisher:
            for partition in range(4):
                await publish_until_acknowledged(
                    publisher, ProducerRecord(topic, b"%d" % partition, b"first", partition)
                )
            proxy.deny(STUCK)
            with anyio.fail_after(HEALED_S):
                async with anyio.create_task_group() as group:
                    for partition in range(4):
                        group.start_soon(write, publisher, partition)
            assert publisher.replacements == 1
            assert publisher.pending == 0
            assert publisher.stuck is None
            assert not publisher.failing
    assert failures[STUCK] >= 2
    written = read_topic(fresh_topics.kafka_servers, topic)
    for partition in range(4):
        values = [each.value() for each in written if each.partition() == partition]
        assert values == [b"first", *(b"%d" % number for number in range(50))], partition


async def test_what_waits_in_the_old_producer_fails_before_the_new_one_sends(
    fresh_topics: KafkaSettings,
) -> None:
    """Nothing of it reaches the log behind newer records: records reported as failed are not there."""
    topic = Topics.named(fresh_topics.kafka_prefix).heartbeats.name
    results: list[tuple[int, bool]] = []

    async def write(publisher: Publisher, number: int) -> None:
        try:
            await publisher.publish([ProducerRecord(topic, b"key", b"%d" % number, STUCK)])
        except BrokerUnavailableError:
            results.append((number, False))
        else:
            results.append((number, True))

    with proxied(fresh_topics) as (proxy, settings):
        async with publisher_of(settings) as publisher:
            await publish_until_acknowledged(publisher, ProducerRecord(topic, b"key", b"first", STUCK))
            proxy.deny(STUCK)
            number = 0
            with anyio.fail_after(HEALED_S):
                async with anyio.create_task_group() as group:
                    while not any(landed for _, landed in results):
                        group.start_soon(write, publisher, number)
                        number += 1
                        await anyio.sleep(0.02)
    assert len(results) == number
    landed = [b"%d" % each for each, is_landed in sorted(results) if is_landed]
    assert [r.value() for r in read_topic(fresh_topics.kafka_servers, topic)] == [b"first", *landed]


async def test_a_broker_that_answers_nobody_is_waited_for(fresh_topics: KafkaSettings) -> None:
    topic = Topics.named(fresh_topics.kafka_prefix).heartbeats.name
    with proxied(fresh_topics) as (proxy, settings):
        async with publisher_of(settings) as publisher:
            await publish_until_acknowledged(publisher, ProducerRecord(topic, b"key", b"before", STUCK))
            proxy.freeze()
            for _ in range(4):
                with pytest.raises(BrokerUnavailableError):
                    await publisher.publish([ProducerRecord(topic, b"key", b"meanwhile", STUCK)])
            assert publisher.stuck is None
            proxy.thaw()
            with anyio.fail_after(HEALED_S):
                await publish_until_acknowledged(publisher, ProducerRecord(topic, b"key", b"after", STUCK))
            assert publisher.replacements == 0
    assert read_topic(fresh_topics.kafka_servers, topic)[-1].value() == b"after"


async def test_who_comes_after_a_replacement_stays_behind_who_waited(
    fresh_topics: KafkaSettings,
) -> None:
    topic = Topics.named(fresh_topics.kafka_prefix).heartbeats.name
    async with publisher_of(fresh_topics) as publisher, anyio.create_task_group() as group:
        await publisher._replacing.acquire()
        for number in range(5):
            group.start_soon(publisher.publish, [ProducerRecord(topic, b"key", b"%d" % number, STUCK)])
        await anyio.wait_all_tasks_blocked()
        publisher._replacing.release()
        await publisher.publish([ProducerRecord(topic, b"key", b"5", STUCK)])
    written = [each.value() for each in read_topic(fresh_topics.kafka_servers, topic)]
    assert written == [b"%d" % number for number in range(6)]
