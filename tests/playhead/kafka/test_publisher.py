from __future__ import annotations

import time
from pathlib import Path

import anyio
import pytest

from operations.local import ports
from playhead.kafka.errors import BrokerUnavailableError, QueueFullError, RecordRefusedError
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from playhead.kafka.topics import ensure_topics
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics
from tests.kafka_only import own_kafka
from tests.topic_reader import read_topic

pytestmark = [pytest.mark.services, pytest.mark.anyio]


def topic_of(settings: KafkaSettings) -> str:
    return Topics.named(settings.kafka_prefix).heartbeats.name


def publisher_of(
    settings: KafkaSettings, *, timeout: float = 10.0, max_in_flight: int = 100_000
) -> Publisher:
    return Publisher(
        settings, client_id="test", ack_timeout_seconds=timeout, max_in_flight=max_in_flight, linger_ms=1
    )


async def test_what_was_published_is_in_the_log_whole_and_in_order(fresh_topics: KafkaSettings) -> None:
    topic = topic_of(fresh_topics)
    headers = (("reason", b"why"), ("reason", b"again"))
    async with publisher_of(fresh_topics) as publisher:
        for start in range(0, 200, 50):
            await publisher.publish(
                [ProducerRecord(topic, b"one", b"%d" % n, partition=2) for n in range(start, start + 50)]
            )
        await publisher.publish([ProducerRecord(topic, b"two", b"value", headers=headers)])
        assert publisher.pending == 0
    records = read_topic(fresh_topics.kafka_servers, topic)
    assert [r.value() for r in records if r.key() == b"one"] == [b"%d" % n for n in range(200)]
    assert {r.partition() for r in records if r.key() == b"one"} == {2}
    (two,) = [r for r in records if r.key() == b"two"]
    assert (two.value(), two.headers()) == (b"value", list(headers))


async def test_a_key_goes_where_java_clients_would_send_it(fresh_topics: KafkaSettings) -> None:
    topic = topic_of(fresh_topics)
    # kafka-clients: Utils.toPositive(Utils.murmur2(key)) % 4
    expected = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    async with publisher_of(fresh_topics) as publisher:
        await publisher.publish([ProducerRecord(topic, key, b"") for key in expected])
    found = {r.key(): r.partition() for r in read_topic(fresh_topics.kafka_servers, topic)}
    assert found == {key: (hashed & 0x7FFFFFFF) % 4 for key, hashed in expected.items()}


async def test_many_publishers_at_once_are_each_told_of_their_own(fresh_topics: KafkaSettings) -> None:
    topic = topic_of(fresh_topics)
    async with publisher_of(fresh_topics) as publisher, anyio.create_task_group() as group:
        for number in range(2_000):
            group.start_soon(
                publisher.publish, [ProducerRecord(topic, b"%d" % (number % 97), b"%d" % number)]
            )
    values = {int(r.value() or b"-1") for r in read_topic(fresh_topics.kafka_servers, topic)}
    assert values == set(range(2_000))


async def test_a_record_too_large_is_refused_and_its_company_written(fresh_topics: KafkaSettings) -> None:
    topic = topic_of(fresh_topics)
    large = ProducerRecord(topic, b"key", b"x" * 2_000_000)
    async with publisher_of(fresh_topics) as publisher:
        with pytest.raises(RecordRefusedError) as refused:
            await publisher.publish(
                [ProducerRecord(topic, b"key", b"1"), large, ProducerRecord(topic, b"key", b"2")]
            )
        assert not publisher.failing
    assert refused.value.record is large
    assert [r.value() for r in read_topic(fresh_topics.kafka_servers, topic)] == [b"1", b"2"]


async def test_too_much_in_flight_sends_nothing(fresh_topics: KafkaSettings) -> None:
    topic = topic_of(fresh_topics)
    async with publisher_of(fresh_topics, max_in_flight=10) as publisher:
        with pytest.raises(QueueFullError):
            await publisher.publish([ProducerRecord(topic, b"key", b"")] * 11)
        await publisher.publish([ProducerRecord(topic, b"key", b"")] * 10)
    assert len(read_topic(fresh_topics.kafka_servers, topic)) == 10


async def test_a_missing_topic_is_an_outage_and_told_of(fresh_topics: KafkaSettings) -> None:
    missing = f"{fresh_topics.kafka_prefix}missing"
    async with publisher_of(fresh_topics, timeout=1.0) as publisher:
        assert await publisher.unavailable_reason(topic_of(fresh_topics), 10.0) is None
        assert await publisher.unavailable_reason(missing, 10.0) == f"topic {missing}: UNKNOWN_TOPIC_OR_PART"
        with pytest.raises(BrokerUnavailableError):
            await publisher.publish([ProducerRecord(missing, b"key", b"")])


@pytest.mark.watches_the_clock
async def test_without_a_broker_the_answer_comes_within_the_timeout() -> None:
    settings = KafkaSettings(kafka_servers=f"127.0.0.1:{ports.choose()}")
    async with publisher_of(settings, timeout=1.0) as publisher:
        began = time.monotonic()
        with pytest.raises(BrokerUnavailableError):
            await publisher.publish([ProducerRecord("topic", b"key", b"")])
        assert time.monotonic() - began < 2.5
        assert "no broker" in str(await publisher.unavailable_reason("topic", 0.2))


async def test_closing_awaits_acks_and_refuses_more(fresh_topics: KafkaSettings) -> None:
    topic = topic_of(fresh_topics)
    publisher = publisher_of(fresh_topics)
    publisher.start()
    async with anyio.create_task_group() as group:
        group.start_soon(publisher.publish, [ProducerRecord(topic, b"key", b"%d" % n) for n in range(500)])
        await anyio.lowlevel.checkpoint()
        assert publisher.pending == 500
        await publisher.close(10.0)
    with pytest.raises(BrokerUnavailableError):
        await publisher.publish([ProducerRecord(topic, b"key", b"")])
    assert len(read_topic(fresh_topics.kafka_servers, topic)) == 500


@pytest.mark.watches_the_clock
async def test_closing_without_a_broker_gives_up_within_its_budget() -> None:
    settings = KafkaSettings(kafka_servers=f"127.0.0.1:{ports.choose()}")
    publisher = publisher_of(settings, timeout=60.0)
    publisher.start()
    raised: list[Exception] = []

    async def publish() -> None:
        try:
            await publisher.publish([ProducerRecord("topic", b"key", b"")])
        except BrokerUnavailableError as error:
            raised.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(publish)
        await anyio.lowlevel.checkpoint()
        with anyio.fail_after(5.0):
            await publisher.close(0.5)
    assert len(raised) == 1


@pytest.mark.faults
async def test_a_killed_broker_costs_no_acked_record_and_the_publisher_recovers(stack_dir: Path) -> None:
    with own_kafka(stack_dir) as kafka:
        settings = KafkaSettings(kafka_servers=kafka.servers, kafka_partitions=3)
        ensure_topics(settings)
        topic = topic_of(settings)
        acked: set[int] = set()
        async with publisher_of(settings, timeout=3.0) as publisher:

            async def publish(number: int) -> bool:
                try:
                    await publisher.publish([ProducerRecord(topic, b"%d" % (number % 7), b"%d" % number)])
                except BrokerUnavailableError:
                    return False
                acked.add(number)
                return True

            with anyio.fail_after(60):
                while not await publish(0):
                    pass  # a broker that has just started may take longer than the timeout to give out ids
            for number in range(1, 100):
                assert await publish(number)
            kafka.kill()
            assert not await publish(100)
            failing = [publisher.failing]
            await anyio.to_thread.run_sync(kafka.start)
            with anyio.fail_after(30):
                number = 101
                while not await publish(number):
                    number += 1
            for following in range(number + 1, number + 101):
                assert await publish(following)
            failing.append(publisher.failing)
            assert failing == [True, False]
            assert not publisher.failed.done()
        stored = {int(r.value() or b"-1") for r in read_topic(kafka.servers, topic)}
        assert acked <= stored
