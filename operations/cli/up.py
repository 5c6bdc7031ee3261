"""`playhead up`: the stores, the services and the gateway of one developer, in one terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.cli.failures import explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir


def up(
    port: Annotated[int, typer.Option(help="The one port to open in a browser.", min=0, max=65535)] = 8080,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    demo: Annotated[
        bool, typer.Option(help="Add an organisation with a past, films to watch, and a simulated audience.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open the demo's library, where there is a screen.")] = True,
    partitions: Annotated[int, typer.Option(help="Of each topic, when it is made.", min=1, max=1000)] = 4,
) -> None:
    """Run it all on this machine: Kafka, Redis, PostgreSQL, the four services and a gateway before them."""
    from operations.directory.calls import DirectoryCallError
    from operations.local.errors import LocalStackError
    from operations.up.run import Options, run
    from playhead.kafka.topics import TopicsError
    from sinks.schema import MigrationError

    with explained(LocalStackError, TopicsError, MigrationError, DirectoryCallError):
        run(Options(port=port, data_dir=data_dir, demo=demo, browser=browser, partitions=partitions))
