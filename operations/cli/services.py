"""One command for each service, which it runs in the foreground; only `PLAYHEAD_*` variables configure it."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.cli.failures import explained
from playhead.settings import IngestSettings, ProcessorSettings, QuerySettings, SinkSettings


def ingest(
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that serve the port; else PLAYHEAD_INGEST_WORKERS."),
    ] = None,
) -> None:
    """Take heartbeats over HTTP and publish them to Kafka."""
    from ingest import service

    with explained():
        settings = IngestSettings() if workers is None else IngestSettings(ingest_workers=workers)
    service.run(settings)


def process() -> None:
    """Apply heartbeats to each person's progress, in Redis and as states in Kafka."""
    from stream_processors import service

    with explained():
        settings = ProcessorSettings()
    service.run(settings)


def sink(
    database: Annotated[
        str | None,
        typer.Option(help="Of several databases, the one to store into; else PLAYHEAD_SINK_DATABASE."),
    ] = None,
) -> None:
    """Write states to PostgreSQL."""
    from sinks import service

    with explained():
        settings = SinkSettings() if database is None else SinkSettings(sink_database=database)
    service.run(settings)


def query(
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that serve the port; else PLAYHEAD_QUERY_WORKERS."),
    ] = None,
) -> None:
    """Answer questions about progress, over HTTP."""
    from query_api import service

    with explained():
        settings = QuerySettings() if workers is None else QuerySettings(query_workers=workers)
    service.run(settings)
