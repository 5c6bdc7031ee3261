"""Bring topics and schema up to date, or report how they differ from those of this release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playhead.kafka.topics import ensure_topics, inspect_topics
from sinks import schema
from sinks.schema.pending import pending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playhead.settings import MigrateSettings


def differences(settings: MigrateSettings) -> Iterator[str]:
    """Report topics and schema revisions that differ from those of this release; changes nothing."""
    for report in inspect_topics(settings):
        if report.outcome != "as_it_should_be":
            yield f"topic {report}"
    yield from (f"schema: {each}" for each in pending(settings))


def bring_up_to_date(settings: MigrateSettings) -> Iterator[str]:
    """Create missing topics, then migrate the schema; yields one line for each step done."""
    for report in ensure_topics(settings):
        yield f"topic {report}"
    applied = schema.migrate(settings)
    yield from (f"schema {revision}" for revision in applied)
    if not applied:
        yield "schema up to date"
