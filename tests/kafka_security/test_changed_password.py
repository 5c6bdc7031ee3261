"""A password that changes while everything runs: each kind of client goes on without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from aiokafka import AIOKafkaConsumer
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AclOperation, ResourceType
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from playhead.kafka.errors import BrokerUnavailableError
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from playhead.kafka.repartition_mark import RepartitionMark
from playhead.settings import KafkaSettings, SinkSettings
from playhead.settings.secret_files import SecretFile
from sinks.states.consume import StatesConsumer
from stream_processors.consumer.credentials import faust_credentials, read_password_again
from tests.kafka_security.broker import PASSWORD, SecureKafka
from tests.stream_processors.process import eventually

pytestmark = pytest.mark.services

PREFIX = "rotated-"
USER = "rotated"
HEARTBEATS, STATES = f"{PREFIX}progress.heartbeats", f"{PREFIX}progress.states"
FIRST, SECOND = PASSWORD, "battery-staple"
WITHIN_S = 60.0


@pytest.fixture
def file(tmp_path: Path, broker: SecureKafka) -> Path:
    broker.permit(
        f"User:{USER}",
        *((ResourceType.TOPIC, name, AclOperation.ALL) for name in (HEARTBEATS, STATES)),
        (ResourceType.TOPIC, f"{PREFIX}progress.repartition", AclOperation.DESCRIBE),
        (ResourceType.GROUP, f"{PREFIX}playhead-sink", AclOperation.READ),
    )
    broker.change_password(USER, FIRST)
    path = tmp_path / "password"
    path.write_text(FIRST)
    return path


def settings_of(broker: SecureKafka, file: Path) -> dict[str, object]:
    return {
        "kafka_servers": broker.sasl_servers,
        "kafka_security_protocol": "SASL_SSL",
        "kafka_sasl_mechanism": "SCRAM-SHA-512",
        "kafka_sasl_username": USER,
        "kafka_sasl_password": SecretFile("PLAYHEAD_KAFKA_SASL_PASSWORD_FILE", file),
        "kafka_ssl_ca": broker.authority.path,
        "kafka_prefix": PREFIX,
    }


def change(broker: SecureKafka, file: Path) -> None:
    """File and broker have another password; the connections that were made with the former are cut."""
    file.write_text(SECOND)
    broker.change_password(USER, SECOND)
    broker.restart()


@pytest.mark.anyio
@pytest.mark.chaos
async def test_every_kind_of_client_goes_on_with_the_new_password(broker: SecureKafka, file: Path) -> None:
    given = settings_of(broker, file)
    settings = KafkaSettings.model_validate(given)
    broker.make_topics(PREFIX)
    record = ProducerRecord(HEARTBEATS, b"key", b"value")
    consumer = StatesConsumer(
        SinkSettings.model_validate(given), lambda numbers: dict.fromkeys(numbers, 0), lambda: None
    )
    consumer.join()
    mark = RepartitionMark(settings, "test")
    login = credentials_to_aiokafka_auth(faust_credentials(settings))
    faust = AIOKafkaConsumer(bootstrap_servers=settings.kafka_servers, **login)
    read_password_again(faust, settings)
    await faust.start()
    async with Publisher(settings, client_id="test", ack_timeout_seconds=10.0) as publisher:
        await publisher.publish([record])
        assert not mark.exists()
        await asyncio.to_thread(until, lambda: joined(consumer))
        change(broker, file)  # not by a thread of the loop, with which the broker would end
        assert await asyncio.to_thread(until, lambda: looked(mark)) == "no repartition"
        await asyncio.wait_for(published(publisher, record), WITHIN_S)
        assert HEARTBEATS in await asyncio.wait_for(topics_of(faust), WITHIN_S)
        write(broker)
        found = await asyncio.to_thread(until, lambda: consumer.read(10, 0.5) or None)
        assert [message.value() for message in found] == [b"value"]
    await faust.stop()
    consumer.close()


T = TypeVar("T")


def until(found: Callable[[], T]) -> T:
    return eventually(found, "it works with the new password", WITHIN_S)


def joined(consumer: StatesConsumer) -> bool:
    consumer.read(1, 0.1)
    return consumer.has_joined


def looked(mark: RepartitionMark) -> str | None:
    try:
        return "repartition" if mark.exists() else "no repartition"
    except KafkaException:
        return None


async def published(publisher: Publisher, record: ProducerRecord) -> None:
    while True:
        try:
            return await publisher.publish([record])
        except BrokerUnavailableError:
            await asyncio.sleep(0.1)


async def topics_of(consumer: AIOKafkaConsumer) -> set[str]:
    while True:
        if await vars(consumer)["_client"].force_metadata_update():
            return set(await consumer.topics())
        await asyncio.sleep(0.1)


def write(broker: SecureKafka) -> None:
    producer = Producer({"bootstrap.servers": broker.servers})
    producer.produce(STATES, b"value", b"key")
    assert producer.flush(WITHIN_S) == 0
