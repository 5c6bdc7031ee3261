"""A rebase right after new brokers answer, which have no topic of the groups' offsets yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.local import ports
from operations.local.stores.kafka import Kafka
from operations.local.stores.kafka_node import KafkaNode
from operations.local.stores.store import StorePlace
from operations.rebase.log import RebasedLog
from playhead.settings import RebaseSettings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.services
@pytest.mark.chaos
def test_groups_that_nothing_coordinates_yet_are_waited_for(stack_dir: Path) -> None:
    kafka = Kafka(StorePlace.below(stack_dir, "kafka"), KafkaNode.alone(ports.choose()))
    try:
        kafka.start()
        RebasedLog(RebaseSettings(kafka_servers=kafka.servers)).require_at_rest()
    finally:
        kafka.stop()
