from __future__ import annotations

import random

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics
from sinks.dead_letters import publish as letters
from sinks.dead_letters.publish import DeadLetterPublisher
from sinks.errors import LettersOutageError
from sinks.states.decode import ConsumedRecord, RejectedRecord
from tests.playhead.kafka.proxy import proxied
from tests.topic_reader import read_topic

pytestmark = pytest.mark.services


def rejected(value: bytes) -> RejectedRecord:
    return RejectedRecord(ConsumedRecord(0, 7, b"key", value, None), "malformed", "for this test")


def test_a_letter_too_large_for_its_topic_leaves_its_value_out(fresh_topics: KafkaSettings) -> None:
    """It would stop the sink for everybody otherwise."""
    topic = Topics.named(fresh_topics.kafka_prefix).dead_letters.name
    admin = AdminClient({"bootstrap.servers": fresh_topics.kafka_servers})
    small = ConfigEntry("max.message.bytes", "4000", incremental_operation=AlterConfigOpType.SET)
    changed = admin.incremental_alter_configs(
        [ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[small])]
    )
    for each in changed.values():
        each.result(30)
    values = [b"small", random.Random(1).randbytes(10_000), b"small too"]
    DeadLetterPublisher(fresh_topics).publish([rejected(value) for value in values])
    found = {each.value(): dict(each.headers()) for each in read_topic(fresh_topics.kafka_servers, topic)}
    assert found.keys() == {b"small", b"", b"small too"}
    assert found[b""]["value-left-out"].startswith(b"10000 bytes")
    assert found[b""]["source-offset"] == b"7"


def publish_until_acknowledged(kept: DeadLetterPublisher, value: bytes) -> int:
    """As the sink does: again until it is acknowledged; how often that failed."""
    for failures in range(20):
        try:
            kept.publish([rejected(value)])
        except LettersOutageError:
            continue
        return failures
    pytest.fail(f"{value!r} was not acknowledged in 20 attempts")


def test_dead_letters_outlive_a_producer_that_alone_finds_no_leader(
    fresh_topics: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "ACK_SECONDS", 2.0)
    with proxied(fresh_topics) as (proxy, settings):
        kept = DeadLetterPublisher(settings)
        publish_until_acknowledged(kept, b"first")
        proxy.deny()
        assert publish_until_acknowledged(kept, b"second") >= 1
        publish_until_acknowledged(kept, b"third")
    topic = Topics.named(fresh_topics.kafka_prefix).dead_letters.name
    assert [each.value() for each in read_topic(fresh_topics.kafka_servers, topic)] == [
        b"first",
        b"second",
        b"third",
    ]
