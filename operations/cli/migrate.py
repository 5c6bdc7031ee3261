from __future__ import annotations

from typing import Annotated

import typer

from operations.cli.failures import explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir

DRIFTED = 3


def migrate(
    *,
    check: Annotated[bool, typer.Option("--check", help="Say what differs, and change nothing.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Create the topics, the schema and the roles, or bring them up to date; safe to run again.

    With --check, exits with 3 where a topic is missing or has other settings or
    partitions than it should have, or where the schema is of another revision.
    """
    from operations.bring_up import bring_up_to_date, differences
    from operations.local.running_stack import read_settings
    from playhead.kafka.topics import TopicsError
    from playhead.settings import MigrateSettings
    from sinks.schema import MigrationError

    with explained(TopicsError, MigrationError):
        settings = read_settings(MigrateSettings, data_dir)
        drift = None
        for done in differences(settings) if check else bring_up_to_date(settings):
            drift = done
            print(done)
    if check and drift is not None:
        raise typer.Exit(DRIFTED)
    if check:
        print("Topics and schema are as they should be.")
