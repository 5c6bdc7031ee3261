from __future__ import annotations

import secrets

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from playhead.kafka.topics import BrokerUnreachableError, TopicDifference, TopicRefusedError, ensure_topics
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics

pytestmark = pytest.mark.services


@pytest.fixture
def settings(kafka_servers: str) -> KafkaSettings:
    prefix = f"topics-{secrets.token_hex(4)}."
    return KafkaSettings(kafka_servers=kafka_servers, kafka_prefix=prefix, kafka_partitions=3)


def test_makes_the_three_topics_with_leaders_at_once(settings: KafkaSettings) -> None:
    reports = ensure_topics(settings)
    assert [report.outcome for report in reports] == ["created"] * 3
    assert [report.name for report in reports] == [
        topic.name for topic in Topics.named(settings.kafka_prefix).all
    ]
    found = AdminClient({"bootstrap.servers": settings.kafka_servers}).list_topics(timeout=10).topics
    for report in reports:
        assert [part.leader >= 0 for part in found[report.name].partitions.values()] == [True] * 3


def test_a_second_run_finds_them_as_they_should_be(settings: KafkaSettings) -> None:
    ensure_topics(settings)
    assert [report.outcome for report in ensure_topics(settings)] == ["as_it_should_be"] * 3


def test_tells_what_differs_and_changes_nothing(settings: KafkaSettings) -> None:
    ensure_topics(settings)
    other = settings.model_copy(update={"kafka_partitions": 5})
    for _ in range(2):
        reports = ensure_topics(other)
        assert [report.differences for report in reports] == [(TopicDifference("partitions", "3", "5"),)] * 3


def test_tells_of_a_states_topic_that_would_forget(settings: KafkaSettings) -> None:
    topic = Topics.named(settings.kafka_prefix).states
    states = topic.name
    admin = AdminClient({"bootstrap.servers": settings.kafka_servers})
    made = admin.create_topics([NewTopic(states, 3, 1, config={**topic.config, "cleanup.policy": "delete"})])
    made[states].result()
    outcomes = {report.name: report for report in ensure_topics(settings)}
    assert outcomes[states].differences == (TopicDifference("cleanup.policy", "delete", "compact"),)
    assert str(outcomes[states]) == f"{states}: cleanup.policy is delete, not compact"
    assert sorted(report.outcome for report in outcomes.values()) == ["created", "created", "differs"]


def test_names_the_topic_that_the_brokers_refuse(settings: KafkaSettings) -> None:
    with pytest.raises(TopicRefusedError, match="replication factor of 3") as refused:
        ensure_topics(settings.model_copy(update={"kafka_replication": 3}))
    assert refused.value.topic in {topic.name for topic in Topics.named(settings.kafka_prefix).all}


def test_names_the_servers_that_do_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playhead.kafka.topics.REQUEST_SECONDS", 0.5)
    with pytest.raises(BrokerUnreachableError, match=r"127\.0\.0\.1:1 \(PLAYHEAD_KAFKA_SERVERS\)"):
        ensure_topics(KafkaSettings(kafka_servers="127.0.0.1:1"))


def test_by_default_half_of_the_replicas_acknowledge_and_never_more_than_there_are() -> None:
    wanted = [KafkaSettings(kafka_replication=each).min_in_sync_replicas for each in (1, 2, 3, 4, 5)]
    assert wanted == [1, 1, 2, 2, 3]
    with pytest.raises(ValueError, match="PLAYHEAD_KAFKA_MIN_IN_SYNC_REPLICAS is 2, and there are only 1"):
        KafkaSettings(kafka_min_in_sync_replicas=2)


def test_tells_of_topics_that_acknowledge_with_fewer_copies(settings: KafkaSettings) -> None:
    ensure_topics(settings)
    safer = settings.model_copy(update={"kafka_min_in_sync_replicas": 2})
    wanted = TopicDifference("min.insync.replicas", "1", "2")
    assert [report.differences for report in ensure_topics(safer)] == [(wanted,)] * 3
