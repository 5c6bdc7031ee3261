"""One service in the foreground, as a deployment runs it; configured by `PLAYHEAD_*` variables alone."""

from __future__ import annotations

from operations.cli.failures import explained


def ingest() -> None:
    """Take heartbeats over HTTP and publish them to Kafka."""
    from ingest import service  # noqa: PLC0415 - each command loads its own service only
    from playhead.settings import IngestSettings  # noqa: PLC0415

    with explained():
        settings = IngestSettings()
    service.run(settings)


def process() -> None:
    """Fold heartbeats into each person's progress, in Redis and as states in Kafka."""
    from playhead.settings import ProcessorSettings  # noqa: PLC0415
    from stream_processors import service  # noqa: PLC0415

    with explained():
        settings = ProcessorSettings()
    service.run(settings)


def sink() -> None:
    """Write states to PostgreSQL."""
    from playhead.settings import SinkSettings  # noqa: PLC0415
    from sinks import service  # noqa: PLC0415

    with explained():
        settings = SinkSettings()
    service.run(settings)


def query() -> None:
    """Answer what people ask about progress, over HTTP."""
    from playhead.settings import QuerySettings  # noqa: PLC0415
    from query_api import service  # noqa: PLC0415

    with explained():
        settings = QuerySettings()
    service.run(settings)


def gateway() -> None:
    """Put one port before ingest and the query API."""
    from operations.local.gateway import app  # noqa: PLC0415
    from operations.local.gateway.settings import GatewaySettings  # noqa: PLC0415

    with explained():
        settings = GatewaySettings()
    app.run(settings)
