from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from playhead.settings import KafkaSettings
from playhead.wire.codec import encode
from tests.services import Database
from tests.sinks.author import START, Author, Item, Log
from tests.sinks.running import rows, running, sink_settings, stored_up_to, until

pytestmark = pytest.mark.services

ORIGIN = datetime.fromtimestamp(START / 1000, UTC)


def test_a_state_lands_with_every_column(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    author, item = Author(), Item.of()
    Log(fresh_topics).write(author.watch(item, 450), author.checkpoint())
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 2))
    (row,) = rows(fresh_database, "SELECT *, watched::text AS watched_text FROM progress.user_progress")
    assert {name: str(row[name]) for name in ("tenant_id", "user_id", "content_id")} == {
        "tenant_id": item.tenant_id,
        "user_id": item.user_id,
        "content_id": item.content_id,
    }
    assert row["progress_type"] == "video"
    assert row["progress_percentage"] == 75
    assert (row["completion_count"], row["total_sessions"]) == (0, 1)
    assert (row["status"], row["evidence"]) == ("in_progress", "watched")
    assert row["started_at"] == ORIGIN
    assert row["last_viewed_at"] == ORIGIN + timedelta(seconds=450)
    assert row["completed_at"] is None
    assert row["metadata"] == {"watch_time_seconds": 450, "last_position_seconds": 450}
    assert row["watched_text"] == "{[0,450000)}"
    assert (row["duration_ms"], row["content_ms"], row["wall_ms"]) == (600_000, 450_000, 450_000)
    assert row["state"].encode() == encode(author.known[item])
    assert (row["source_partition"], row["source_offset"]) == (0, 1)
