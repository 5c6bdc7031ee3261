"""The Faust application: one agent that hands runs to the lanes; partitions come and go by Faust."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import faust
from yarl import URL

from playhead.kafka.agreement import METADATA_MS
from playhead.settings import ProcessorSettings
from playhead.wire.topics import Topics
from stream_processors.consumer.batch_consumer import BatchTopic, BatchTransport
from stream_processors.partition.workers import PartitionWorkers

GROUP = "playhead-processor"
REQUEST_SECONDS = 10.0
FETCH_BYTES = 4 * 1024 * 1024
"""Of one partition at once: more than a run of 5,000 heartbeats of 330 bytes."""
BUFFERED_BATCHES = 4
"""Between consumer and agent, over all partitions; the rest waits in the log."""
NEVER_SECONDS = 7 * 86_400.0
"""A partition is held for as long as Redis or Postgres is away; that nothing moves is our own watchdog's."""


class ProcessorApp(faust.App):
    """Faust without what this service has no use for: no web server, no tables, no folders on disk."""

    def __init__(self, settings: ProcessorSettings, lanes: PartitionWorkers) -> None:
        brokers = [URL(f"kafka://{server.strip()}") for server in settings.kafka_servers.split(",")]
        super().__init__(
            f"{settings.kafka_prefix}{GROUP}",
            broker=brokers,
            broker_client_id=GROUP,
            autodiscover=False,
            web_enabled=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            table_standby_replicas=0,  # else Faust's own assignor, made for tables, which there are none of
            consumer_auto_offset_reset="earliest",
            consumer_max_fetch_size=FETCH_BYTES,
            consumer_metadata_max_age_ms=METADATA_MS,
            stream_buffer_maxsize=BUFFERED_BATCHES,
            broker_max_poll_records=settings.processor_max_run,
            broker_max_poll_interval=NEVER_SECONDS,
            broker_request_timeout=max(REQUEST_SECONDS, settings.processor_session_timeout_seconds * 1.5),
            broker_session_timeout=settings.processor_session_timeout_seconds,
            broker_heartbeat_interval=settings.processor_session_timeout_seconds / 6,
            broker_rebalance_timeout=settings.processor_session_timeout_seconds,
            broker_commit_interval=settings.processor_commit_interval_seconds,
        )
        self.lanes = lanes
        self.heartbeats_topic = Topics.named(settings.kafka_prefix).heartbeats.name
        self.transport = BatchTransport(brokers, self)

    def _create_directories(self) -> None:
        """Faust would make a folder for tables where the process stands."""


def build(
    settings: ProcessorSettings, lanes: PartitionWorkers, fail: Callable[[BaseException], None]
) -> ProcessorApp:
    """The application with its agent; `fail` hears of what Faust would swallow."""
    app = ProcessorApp(settings, lanes)
    topic = BatchTopic(app, topics=[app.heartbeats_topic])

    async def hand_over(stream: Any) -> None:
        try:
            async for event in stream.noack().events():
                await lanes.put(event.value, event.ack)
        except Exception as error:
            fail(error)
            raise

    app.agent(topic, name="heartbeats")(hand_over)
    return app
