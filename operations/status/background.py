"""What sinks still do in the background after a change of an organisation's settings or a migration."""

from __future__ import annotations

from operations.status.partitions import StatusSettings
from operations.stores import postgres
from playhead.resources import read_text

_RECOUNTS = read_text("operations.status", "background.sql")
_REDERIVATIONS = "SELECT count(*), count(DISTINCT tenant_id) FROM progress.rederivations"


def background_work(settings: StatusSettings) -> list[str]:
    """One line for each organisation whose days are counted again, and one for rows to be derived again."""
    return [line for each in settings.databases.named.values() for line in _of(each.dsn)]


def _of(dsn: str) -> list[str]:
    with postgres(dsn, "status") as connection:
        recounts = connection.execute(_RECOUNTS).fetchall()
        items, organisations = connection.execute(_REDERIVATIONS).fetchone() or (0, 0)
    lines = [
        f"days of organisation {tenant} are counted again, "
        f"{'from the sessions' if zone == next_zone else f'{zone} to {next_zone}'}: "
        f"{done:,} of {people:,} people"
        for tenant, zone, next_zone, done, people in recounts
    ]
    if items:
        lines.append(f"rows of {items:,} items of {organisations:,} organisations are derived again")
    return lines
