"""`playhead check` names each right to Kafka that a service lacks: topic or group, operation, setting."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from confluent_kafka.admin import ResourceType

from operations.check.kafka import KafkaNeeds, kafka_checks
from operations.check.services import ingest_needs, processor_needs, sink_needs
from playhead.settings import KafkaSettings
from playhead.wire.topics import repartition_mark
from tests.kafka_security.broker import Right, SecureKafka
from tests.kafka_security.test_pipeline import DESCRIBE, rights
from tests.kafka_security.test_refusals import by_password

pytestmark = pytest.mark.services

NEEDS: dict[str, Callable[[KafkaSettings], KafkaNeeds]] = {
    "ingest": ingest_needs,
    "processor": processor_needs,
    "sink": sink_needs,
}


def checked(broker: SecureKafka, service: str, prefix: str, granted: list[Right]) -> list[tuple[str, str]]:
    """What is wrong for a user with these rights; each prefix has topics of its own."""
    broker.make_topics(prefix)
    broker.permit("User:checked", *granted)
    broker.change_password("checked", "correct-horse")
    settings = by_password(broker, kafka_sasl_username="checked", kafka_prefix=prefix)
    found = kafka_checks(settings, NEEDS[service](settings))
    return [(each.name, each.detail) for each in found if not each.ok]


@pytest.mark.parametrize("service", NEEDS)
def test_each_right_that_is_missing_is_named(broker: SecureKafka, service: str) -> None:
    every = f"check-{service}-"
    assert checked(broker, service, every, rights(every)[service]) == []
    for number, _ in enumerate(rights(every)[service]):
        prefix = f"check-{service}-{number}-"
        granted = rights(prefix)[service]
        kind, name, operation = granted.pop(number)
        if operation == DESCRIBE and name != repartition_mark(prefix):
            continue  # a part of the other rights to this topic
        subject = f"consumer group {name}" if kind == ResourceType.GROUP else f"topic {name}"
        wrong = checked(broker, service, prefix, granted)
        assert [each for each, _ in wrong] == [subject]
        assert "user checked (PLAYHEAD_KAFKA_SASL_USERNAME) lacks the right" in wrong[0][1]
        is_described = any(other[1] == name for other in granted)
        missing = operation.name.capitalize() if is_described or kind == ResourceType.GROUP else "Describe"
        assert f"lacks the right {missing}" in wrong[0][1]


def test_a_login_that_is_refused_is_named(broker: SecureKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.check.kafka.ANSWER_SECONDS", 2.0)
    settings = by_password(broker, kafka_sasl_password="canary-4711")
    (found,) = kafka_checks(settings, ingest_needs(settings))
    assert not found.ok
    assert "PLAYHEAD_KAFKA_SASL_PASSWORD" in found.detail
    assert "canary" not in found.detail
