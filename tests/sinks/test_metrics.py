"""What a running sink shows."""

from __future__ import annotations

import time

import pytest
from prometheus_client import REGISTRY

from playhead.settings import KafkaSettings
from tests.services import Database
from tests.sinks.author import Author, Item, Log
from tests.sinks.running import positions, running, sink_settings, until

pytestmark = pytest.mark.services


def test_each_partition_shows_its_lag_and_when_it_last_moved(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    def shown(name: str) -> float | None:
        return REGISTRY.get_sample_value(f"playhead_sink_partition_{name}", {"partition": "0"})

    began = time.time()
    with running(sink_settings(fresh_topics, fresh_database)):
        Log(fresh_topics).write(Author().watch(Item.of(), 30))
        until(30, lambda: (shown("progress_timestamp_seconds") or 0) >= began)
        until(30, lambda: positions(fresh_database).get(0) == 1 and shown("lag_records") == 0)
        until(30, lambda: shown("lag_seconds") == 0)
