"""The partition that readers compute is the one that librdkafka chooses."""

from __future__ import annotations

from uuid import UUID

import pytest
from confluent_kafka import Producer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playhead.kafka.producer import producer_configuration
from playhead.settings import KafkaSettings
from playhead.wire.keys import person_key
from playhead.wire.partitioner import murmur2, partition_of
from tests.services import PARTITIONS

UUIDS = st.uuids().map(str)
KEYS = st.builds(person_key, UUIDS, UUIDS) | st.text(min_size=1, max_size=40).filter(
    lambda text: text.isprintable()
)


def test_the_hash_is_that_of_java() -> None:
    # kafka-clients: Utils.murmur2(key)
    known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    assert {key: murmur2(key) for key in known} == {key: each % 2**32 for key, each in known.items()}


@pytest.mark.services
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(KEYS, min_size=1, max_size=200, unique=True))
def test_librdkafka_chooses_the_same(fresh_topics: KafkaSettings, keys: list[str]) -> None:
    assert chosen_by_librdkafka(fresh_topics, keys) == {key: partition_of(key, PARTITIONS) for key in keys}


def test_partitions_get_equal_shares_of_people() -> None:
    counts = [0] * 12
    for number in range(6_000):
        counts[partition_of(person_key(*(str(UUID(int=number)),) * 2), 12)] += 1  # type: ignore[arg-type]
    assert min(counts) > 400


def chosen_by_librdkafka(settings: KafkaSettings, keys: list[str]) -> dict[str, int]:
    """Where our producers' configuration puts records of these keys."""
    producer = Producer(producer_configuration(settings, "tests", 10.0, 1_000, 5))
    found: dict[str, int] = {}

    def reported(error: object, message: object) -> None:
        assert error is None, error
        found[message.key().decode()] = message.partition()  # type: ignore[attr-defined]

    for key in keys:
        producer.produce(
            f"{settings.kafka_prefix}progress.heartbeats", b"", key.encode(), on_delivery=reported
        )
    assert producer.flush(30) == 0
    return found
