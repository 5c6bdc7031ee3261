"""The Faust application: one agent that passes batches to the partition workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import faust
from yarl import URL

from playhead.kafka.topics import METADATA_MS
from playhead.settings import ProcessorSettings
from playhead.wire.topics import Topics, processor_group
from stream_processors.consumer.batch_consumer import BatchTopic, BatchTransport
from stream_processors.consumer.credentials import faust_credentials
from stream_processors.errors import ProcessorError
from stream_processors.partition.workers import PartitionWorkers

GROUP = processor_group()
REQUEST_SECONDS = 10.0
FETCH_BYTES = 4 * 1024 * 1024
"""Of one partition at once: more than a batch of 5,000 heartbeats of 330 bytes."""
BUFFERED_BATCHES = 4
"""Between consumer and agent, over all partitions; the rest waits in the log."""
NEVER_SECONDS = 7 * 86_400.0
"""A partition is held as long as a store is unavailable; our own watchdog finds one that does not move."""


class ProcessorApp(faust.App):
    """Faust without the parts that this service does not use: no web server, no tables, no local files."""

    def __init__(self, settings: ProcessorSettings, workers: PartitionWorkers) -> None:
        brokers = [URL(f"kafka://{server.strip()}") for server in settings.kafka_servers.split(",")]
        super().__init__(
            processor_group(settings.kafka_prefix),
            broker=brokers,
            broker_client_id=GROUP,
            broker_credentials=faust_credentials(settings),
            consumer_group_instance_id=settings.kafka_instance_id,
            autodiscover=False,
            web_enabled=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            table_standby_replicas=0,  # else Faust uses its own assignor, which is made for tables
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
        self.workers = workers
        self.processor_settings = settings
        self.heartbeats_topic = Topics.named(settings.kafka_prefix).heartbeats.name
        self.transport = BatchTransport(brokers, self)

    def _create_directories(self) -> None:
        """Faust would create a directory for tables in the working directory."""

    async def run_until(self, ending: asyncio.Future[None]) -> None:
        """Run until `ending` is done; the caller stops the application.

        Raises:
            ProcessorError: Faust crashed.
            Exception: Faust did not start, or the error that is set on `ending`.
        """
        starting: asyncio.Future[Any] = asyncio.ensure_future(self.start())
        crashed: asyncio.Future[Any] = asyncio.ensure_future(self._crashed.wait())
        try:
            await asyncio.wait({starting, crashed, ending}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
            await asyncio.wait({crashed, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (starting, crashed):
                task.cancel()
        if ending.done():
            ending.result()
        else:
            raise ProcessorError("Faust crashed") from self.crash_reason


def build(
    settings: ProcessorSettings, workers: PartitionWorkers, fail: Callable[[BaseException], None]
) -> ProcessorApp:
    """The application with its agent; `fail` is called with errors that Faust would swallow."""
    app = ProcessorApp(settings, workers)
    topic = BatchTopic(app, topics=[app.heartbeats_topic])

    async def submit_batches(stream: Any) -> None:
        try:
            async for event in stream.noack().events():
                await workers.submit(event.value, event.ack)
        except Exception as error:
            fail(error)
            raise

    app.agent(topic, name="heartbeats")(submit_batches)
    return app
