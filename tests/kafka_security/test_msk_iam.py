"""Logins by AWS_MSK_IAM: every kind of client outlives its first token, and what is missing is named."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from confluent_kafka import Producer
from confluent_kafka.admin import AclOperation, ResourceType
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from pydantic import ValidationError

from operations.check.kafka import KafkaNeeds, kafka_checks
from operations.draining import heartbeat_ends
from operations.stores import StoreUnavailableError
from playhead.kafka.connection import refusal
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from playhead.kafka.tokens import iam_tokens
from playhead.kafka.topics import BrokerUnreachableError, inspect_topics
from playhead.settings import KafkaSettings, SinkSettings
from sinks.states.consume import StatesConsumer
from stream_processors.consumer.credentials import faust_credentials
from tests.kafka_security import signer
from tests.kafka_security.broker import SecureKafka
from tests.stream_processors.process import eventually

pytestmark = pytest.mark.services

PREFIX = "iam-"
USER = "iam"
HEARTBEATS, STATES = f"{PREFIX}progress.heartbeats", f"{PREFIX}progress.states"
TOKEN_S = 8.0
WITHIN_S = 60.0
MISSING = "AWS_MSK_IAM, and the credentials of Amazon are not found"


@pytest.mark.anyio
async def test_every_kind_of_client_outlives_its_token(
    broker: SecureKafka, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tokens = signer.install(monkeypatch, tmp_path, TOKEN_S)
    signer.become(monkeypatch, USER)
    broker.permit(
        f"User:{USER}",
        *((ResourceType.TOPIC, name, AclOperation.ALL) for name in (HEARTBEATS, STATES)),
        (ResourceType.GROUP, f"{PREFIX}playhead-sink", AclOperation.READ),
    )
    broker.make_topics(PREFIX)
    given = signer.settings_of(broker, kafka_prefix=PREFIX)
    settings = KafkaSettings.model_validate(given)
    record = ProducerRecord(HEARTBEATS, b"key", b"value")
    consumer = StatesConsumer(
        SinkSettings.model_validate(given), lambda numbers: dict.fromkeys(numbers, 0), lambda: None
    )
    consumer.join()
    login = credentials_to_aiokafka_auth(faust_credentials(settings))
    faust = AIOKafkaConsumer(HEARTBEATS, bootstrap_servers=settings.kafka_servers, **login)
    await faust.start()
    async with Publisher(settings, client_id="test", ack_timeout_seconds=10.0) as publisher:
        await publisher.publish([record])
        assert (await asyncio.wait_for(faust.getone(), WITHIN_S)).value == b"value"
        await asyncio.to_thread(eventually, lambda: joined(consumer), "the sink joins", WITHIN_S)
        before, old_at = tokens.count(), time.monotonic() + TOKEN_S * 1.5
        # Nothing polls the producer's client meanwhile but its own timer, nor the consumer's.
        await asyncio.to_thread(
            eventually,
            lambda: tokens.count() >= before + 2 and time.monotonic() > old_at,
            "both of librdkafka's clients have other tokens",
            WITHIN_S,
            found=tokens.count,
        )
        await asyncio.wait_for(publisher.publish([record]), WITHIN_S)
        assert (await asyncio.wait_for(faust.getone(), WITHIN_S)).value == b"value"
        write(broker)
        found = await asyncio.to_thread(eventually, lambda: consumer.read(10, 0.5) or None, "it reads")
        assert [message.value() for message in found] == [b"value"]
    await faust.stop()
    consumer.close()


def joined(consumer: StatesConsumer) -> bool:
    consumer.read(1, 0.1)
    return consumer.has_joined


def write(broker: SecureKafka) -> None:
    producer = Producer({"bootstrap.servers": broker.servers})
    producer.produce(STATES, b"value", b"key")
    assert producer.flush(WITHIN_S) == 0


def migrate(settings: KafkaSettings) -> None:
    with pytest.raises(BrokerUnreachableError, match=MISSING):
        inspect_topics(settings)


def command(settings: KafkaSettings) -> None:
    with pytest.raises(StoreUnavailableError, match=MISSING):
        heartbeat_ends(settings)


def check(settings: KafkaSettings) -> None:
    (found,) = kafka_checks(settings, KafkaNeeds())
    assert not found.ok
    assert MISSING in found.detail


def service(settings: KafkaSettings) -> None:
    assert MISSING in str(refusal(settings))


@pytest.mark.parametrize("attempt", [migrate, command, check, service])
def test_credentials_that_are_not_found_are_named_at_once(
    broker: SecureKafka,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    attempt: Callable[[KafkaSettings], None],
) -> None:
    signer.without_credentials(monkeypatch, tmp_path)
    began = time.monotonic()
    attempt(KafkaSettings.model_validate(signer.settings_of(broker)))
    assert time.monotonic() - began < 9, "a client waits ten seconds for a token that is never signed"


def test_a_role_that_brokers_refuse_is_named(
    broker: SecureKafka, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    signer.install(monkeypatch, tmp_path)
    signer.become(monkeypatch, "refused")
    said = refusal(KafkaSettings.model_validate(signer.settings_of(broker)), WITHIN_S)
    assert said is not None
    assert "PLAYHEAD_KAFKA_SASL_MECHANISM" in said


def test_the_signature_is_amazons(monkeypatch: pytest.MonkeyPatch) -> None:
    signer.become(monkeypatch, "AKIDEXAMPLE")
    before = time.time()
    token = iam_tokens(signer.REGION)()
    assert token.expires_at is not None
    assert before + 890 < token.expires_at < time.time() + 901
    signer.forget_credentials()


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playhead.settings.kafka.has_msk_signer", lambda: False)
    given = {"security_protocol": "SASL_SSL", "sasl_mechanism": "AWS_MSK_IAM", "aws_region": signer.REGION}
    with pytest.raises(
        ValidationError, match=r"PLAYHEAD_KAFKA_SASL_MECHANISM is AWS_MSK_IAM.*playhead\[msk\]"
    ):
        KafkaSettings.model_validate({f"kafka_{name}": value for name, value in given.items()})


def test_a_region_that_is_missing_is_named() -> None:
    given = {"security_protocol": "SASL_SSL", "sasl_mechanism": "AWS_MSK_IAM"}
    with pytest.raises(
        ValidationError, match="PLAYHEAD_KAFKA_AWS_REGION is not set, which AWS_MSK_IAM needs"
    ):
        KafkaSettings.model_validate({f"kafka_{name}": value for name, value in given.items()})
