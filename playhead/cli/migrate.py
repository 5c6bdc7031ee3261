from __future__ import annotations

from typing import TYPE_CHECKING

from playhead.cli.failures import explained
from playhead.cli.options import DEFAULT_DATA_DIR, DataDir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playhead.settings import MigrateSettings


def migrate(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Create the topics, the schema and the roles, or bring them up to date; safe to run again."""
    from playhead.cli.running_stack import read_settings  # noqa: PLC0415 - loads every client library
    from playhead.kafka.topics import TopicsError  # noqa: PLC0415
    from playhead.settings import MigrateSettings  # noqa: PLC0415
    from sinks.migrations import MigrationError  # noqa: PLC0415

    with explained(TopicsError, MigrationError):
        for done in bring_up_to_date(read_settings(MigrateSettings, data_dir)):
            print(done)  # noqa: T201 - a command speaks to a person


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
