"""Archive and erase while a sink works: nothing of other people is lost, and the audit is clean."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import psycopg
import pytest

from operations.erase import database as erasure
from operations.erase.subject import Subject
from operations.stores import postgres
from playhead.progress.identifiers import TenantId, UserId
from tests.operations import past_sessions as past
from tests.operations.archive.months import archive
from tests.operations.whole_pipeline import Whole
from tests.sinks.author import START, Author, Item, Log
from tests.sinks.running import findings, running, sink_settings, stored_up_to, until

pytestmark = pytest.mark.services

MONTH = datetime.fromtimestamp(START / 1000, UTC).date().replace(day=1)
AFTER = date(MONTH.year, MONTH.month + 1, 1)
DAY_S = 86_400


def test_the_audit_is_clean_after_a_month_was_archived_and_its_sessions_are_heard_of_again(
    whole: Whole,
) -> None:
    author, log = Author(), Log(whole.topics)
    items = [Item.of(user=number % 4, content=number) for number in range(20)]
    with running(sink_settings(whole.topics, whole.database)):
        log.write(*(author.watch(item, 30 + 20 * n) for n, item in enumerate(items)), author.checkpoint())
        until(20, stored_up_to(whole.database, 0, 21))
        assert findings(whole.database) == []
        directory = whole.world.directory / "files"
        directory.mkdir()
        assert {each.done for each in archive(whole.database, directory, AFTER)} == {"dropped"}
        assert findings(whole.database) == []
        assert past.sessions(whole.database) == []
        late = [author.watch(item, 590, session=1) for item in items[:5]]
        later = [
            author.watch(item, 60, at_s=12 * DAY_S + 60, began_s=12 * DAY_S, session=2) for item in items[:5]
        ]
        log.write(*late, *later, author.checkpoint())
        until(20, stored_up_to(whole.database, 0, 32))
    assert findings(whole.database) == []
    assert len(past.sessions(whole.database)) == 5
    assert not past.rows(whole.database, "SELECT FROM progress.sessions_default")
    with postgres(whole.database.writer_dsn, "erase") as connection:
        erasure.delete(connection, subject(items[0]), for_real=True)
    assert findings(whole.database) == []


def test_an_erasure_waits_for_the_batch_under_way_and_the_next_batch_for_the_erasure(whole: Whole) -> None:
    item = Item.of()
    author, log = Author(), Log(whole.topics)
    with (
        psycopg.connect(whole.database.writer_dsn) as batch,
        running(sink_settings(whole.topics, whole.database)),
    ):
        batch.execute("SELECT pg_advisory_xact_lock_shared(hashtext('playhead erase'))")
        erased = threading.Thread(target=_erase, args=(whole, item))
        erased.start()
        until(20, lambda: _waiting(whole, "playhead-erase"))
        log.write(author.watch(item, 60), author.checkpoint())
        until(20, lambda: _waiting(whole, "playhead-sink"))
        batch.rollback()
        erased.join(20)
        until(20, stored_up_to(whole.database, 0, 3))  # its own tombstone is the third
    assert past.rows(whole.database, "SELECT FROM progress.user_progress") == []
    assert findings(whole.database) == []


def subject(item: Item) -> Subject:
    return Subject(TenantId(item.tenant_id), UserId(item.user_id))


def _erase(whole: Whole, item: Item) -> None:
    with postgres(whole.database.writer_dsn, "erase") as connection:
        erasure.delete(connection, subject(item), for_real=True)


def _waiting(whole: Whole, who: str) -> bool:
    found = past.rows(
        whole.database,
        "SELECT FROM pg_stat_activity WHERE application_name = %s AND wait_event = 'advisory'"
        " AND datname = current_database()",
        who,
    )
    return bool(found)
