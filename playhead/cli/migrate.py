from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from playhead.cli.failures import explained
from playhead.cli.options import DEFAULT_DATA_DIR, DataDir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playhead.settings import MigrateSettings

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
    from playhead.cli.running_stack import read_settings  # noqa: PLC0415 - loads every client library
    from playhead.kafka.topics import TopicsError  # noqa: PLC0415
    from playhead.settings import MigrateSettings  # noqa: PLC0415
    from sinks.migrations import MigrationError  # noqa: PLC0415

    with explained(TopicsError, MigrationError):
        settings = read_settings(MigrateSettings, data_dir)
        drift = None
        for done in differences(settings) if check else bring_up_to_date(settings):
            drift = done
            print(done)  # noqa: T201 - a command speaks to a person
    if check and drift is not None:
        raise typer.Exit(DRIFTED)
    if check:
        print("Topics and schema are as they should be.")  # noqa: T201


def differences(settings: MigrateSettings) -> Iterator[str]:
    """What is not as this release would have made it."""
    from playhead.kafka.topics import inspect_topics  # noqa: PLC0415
    from sinks.migrations.pending import pending  # noqa: PLC0415

    for report in inspect_topics(settings):
        if report.outcome != "as_it_should_be":
            yield f"topic {report}"
    yield from (f"schema: {each}" for each in pending(settings))


def bring_up_to_date(settings: MigrateSettings) -> Iterator[str]:
    """Make topics, then the schema; tell each thing as it is done."""
    from playhead.kafka.topics import ensure_topics  # noqa: PLC0415
    from sinks import migrations  # noqa: PLC0415

    for report in ensure_topics(settings):
        yield f"topic {report}"
    applied = migrations.migrate(settings)
    yield from (f"schema {revision}" for revision in applied)
    if not applied:
        yield "schema up to date"
