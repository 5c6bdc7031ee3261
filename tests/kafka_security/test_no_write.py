"""A login that may write to no topic: librdkafka gives up on its producer, and each caller learns why."""

from __future__ import annotations

import asyncio
import time

import pytest

from playhead.kafka.errors import PublisherFailedError
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from playhead.settings import KafkaSettings
from sinks.dead_letters.publish import DeadLetterPublisher
from sinks.errors import DeadLetterRefusedError
from sinks.states.decode import ConsumedRecord
from tests.kafka_security.broker import PASSWORD, SecureKafka
from tests.kafka_security.test_pipeline import READ, TOPIC, scram

pytestmark = pytest.mark.services

STATES = "unwritable-progress.states"


@pytest.fixture
def settings(broker: SecureKafka, monkeypatch: pytest.MonkeyPatch) -> KafkaSettings:
    broker.make_topics("unwritable-")
    broker.change_password("reader", PASSWORD)
    broker.permit("User:reader", (TOPIC, STATES, READ))
    _, login = scram(broker)
    for name, value in login("reader").items():
        monkeypatch.setenv(name, value)
    return KafkaSettings(kafka_prefix="unwritable-")


@pytest.mark.anyio
async def test_a_publisher_fails_at_once_and_names_the_right(settings: KafkaSettings) -> None:
    record = ProducerRecord(STATES, b"key", b"value", 0)
    began = time.monotonic()
    async with Publisher(settings, client_id="test", ack_timeout_seconds=60) as publisher:
        async with asyncio.timeout(50):
            with pytest.raises(PublisherFailedError, match=f"lacks the right Write on topic {STATES}"):
                await publisher.publish([record])
        assert publisher.failed.done()
        with pytest.raises(PublisherFailedError):
            await publisher.publish([record])
    assert time.monotonic() - began < 60


def test_the_sink_ends_and_says_that_kafka_refuses(settings: KafkaSettings) -> None:
    record = ConsumedRecord(0, 1, b"key", b"value")
    with pytest.raises(DeadLetterRefusedError, match="Cluster authorization failed"):
        DeadLetterPublisher(settings).publish([], [record])
