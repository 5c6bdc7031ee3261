"""Waits until the services know of a merge, and until they have stored all heartbeats that there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import sleep

import psycopg

from operations.draining import drain
from operations.merge.errors import PipelineBehindError
from playhead.settings import KafkaSettings


def wait_for_services(merged_at: datetime, refresh_seconds: float) -> None:
    """Wait until every service that reaches PostgreSQL has read the alias, even if it failed to once."""
    known_at = merged_at + timedelta(seconds=2 * refresh_seconds)
    sleep(max(0.0, (known_at - datetime.now(UTC)).total_seconds()))


def wait_until_stored(connection: psycopg.Connection, settings: KafkaSettings, seconds: float) -> None:
    """Wait until everything of the heartbeats that the log has now is in PostgreSQL.

    Raises:
        PipelineBehindError: it is not, in time.
        StoreUnavailableError: Kafka does not answer, or has no such topic.
    """
    if behind := drain([connection], settings, seconds):
        raise PipelineBehindError(
            f"{behind:,} heartbeats were not stored within {seconds:.0f} s: see that a processor and a "
            "sink run (`playhead status`), and run the command again, which continues"
        )
