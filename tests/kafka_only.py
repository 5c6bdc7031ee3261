"""A broker of a test's own, to be killed and started again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from operations.local import ports
from operations.local.stores.kafka import Kafka
from operations.local.stores.kafka_node import KafkaNode
from operations.local.stores.store import StorePlace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def own_kafka(directory: Path) -> Iterator[Kafka]:
    """A running broker with its data in the directory."""
    place = StorePlace.below(directory, "kafka")
    kafka = Kafka(place, KafkaNode.alone(ports.choose(taken=frozenset({place.port}))))
    kafka.start()
    try:
        yield kafka
    finally:
        kafka.stop()
