"""One service in the foreground, as a deployment runs it; configured by `PLAYHEAD_*` variables alone."""

from __future__ import annotations

from operations.cli.failures import explained


def ingest() -> None:
    """Take heartbeats over HTTP and publish them to Kafka."""
    from ingest import service
    from playhead.settings import IngestSettings

    with explained():
        settings = IngestSettings()
    service.run(settings)


def process() -> None:
    """Fold heartbeats into each person's progress, in Redis and as states in Kafka."""
    from playhead.settings import ProcessorSettings
    from stream_processors import service

    with explained():
        settings = ProcessorSettings()
    service.run(settings)


def sink() -> None:
    """Write states to PostgreSQL."""
    from playhead.settings import SinkSettings
    from sinks import service

    with explained():
        settings = SinkSettings()
    service.run(settings)


def query() -> None:
    """Answer what people ask about progress, over HTTP."""
    from playhead.settings import QuerySettings
    from query_api import service

    with explained():
        settings = QuerySettings()
    service.run(settings)
