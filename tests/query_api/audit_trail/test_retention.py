from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from operations.archive.dropping import count_expired_events, delete_expired_events
from playhead.audit_trail import events as audit
from tests.playhead.audit_trail.test_deduplication import READ
from tests.services import Database

pytestmark = pytest.mark.services


def test_events_are_kept_as_long_as_the_setting_says(fresh_database: Database) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(fresh_database.writer_dsn, autocommit=True) as writer:
        for days in (5, 31, 100, 401):
            event = replace(READ, at=now - timedelta(days=days), rows=days)
            writer.execute(audit.INSERT, audit.row(event))
            writer.execute(audit.INSERT, audit.row(event))  # written again, it is there once

        assert count_expired_events(writer, 400) == 1
        assert delete_expired_events(writer, 400) == 1
        assert delete_expired_events(writer, 30) == 2
        assert delete_expired_events(writer, 0) == 0  # the database refuses
        assert writer.execute("SELECT rows FROM progress.audit_events").fetchall() == [(5,)]
