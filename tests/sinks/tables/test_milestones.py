"""Completions and acts are stored in the transaction of the progress that they are part of."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from playhead.progress import Heartbeat, HeartbeatEvent, HeartbeatId, UserId
from playhead.progress.identifiers import Instant
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import START, Author, Item, Record, identifier
from tests.sinks.rederive.catalogue import rederive
from tests.sinks.running import Direct, findings, rows

pytestmark = pytest.mark.services

BOSS = UserId(identifier("user", 7))


@pytest.fixture
def store(fresh_database: Database) -> Iterator[Store]:
    store = Store(fresh_database.writer_dsn, "rederived")
    yield store
    store.close()


def act(author: Author, event: HeartbeatEvent, at_s: float, by: UserId | None = None) -> Record:
    """The state after an act on the first item."""
    at = Instant(START + int(at_s * 1000))
    item = Item.of()
    return author.take(
        Heartbeat(
            heartbeat_id=HeartbeatId(str(uuid.uuid4())),
            tenant_id=item.tenant_id,
            user_id=item.user_id,
            content_id=item.content_id,
            occurred_at=at,
            received_at=at,
            event=event,
            acting_user=by,
        )
    )


def completions(database: Database) -> list[tuple[Any, ...]]:
    found = rows(
        database,
        "SELECT number, (extract(epoch FROM completed_at) * 1000)::bigint, evidence, marked_by::text"
        " FROM progress.completions ORDER BY content_id, number",
    )
    return [tuple(row.values()) for row in found]


def acts(database: Database) -> list[tuple[Any, ...]]:
    found = rows(
        database,
        "SELECT kind, (extract(epoch FROM acted_at) * 1000)::bigint, acted_by::text"
        " FROM progress.acts ORDER BY acted_at",
    )
    return [tuple(row.values()) for row in found]


def test_every_attempt_s_completion_stays_and_a_mark_taken_back_does_not(fresh_database: Database) -> None:
    author, item = Author(), Item.of()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(item, 600))
        first = (1, START + 600_000, "watched", None)
        assert completions(fresh_database) == [first]
        sink.write(act(author, "attempt", 700), act(author, "complete", 800, BOSS))
        assert completions(fresh_database) == [first, (2, START + 800_000, "manual", BOSS)]
        assert findings(fresh_database) == []
        sink.write(
            act(author, "reopen", 900, BOSS), act(author, "complete", 1000), act(author, "complete", 1001)
        )
        sink.write(act(author, "reopen", 1100))
    assert completions(fresh_database) == [first]
    assert acts(fresh_database) == [
        ("attempt", START + 700_000, None),
        ("mark", START + 800_000, BOSS),
        ("mark_removed", START + 900_000, BOSS),
        ("mark", START + 1_000_000, None),  # the second click is none
        ("mark_removed", START + 1_100_000, None),
    ]
    assert findings(fresh_database) == []


def test_a_state_that_is_older_than_the_row_changes_no_milestones(fresh_database: Database) -> None:
    author, item = Author(), Item.of()
    older = author.watch(item, 300)
    with Direct(fresh_database) as sink:
        sink.write(author.watch(item, 600), act(author, "attempt", 700))
        sink.write(older)
    assert completions(fresh_database) == [(1, START + 600_000, "watched", None)]
    assert acts(fresh_database) == [("attempt", START + 700_000, None)]


def test_rows_from_before_get_theirs_while_services_run(fresh_database: Database, store: Store) -> None:
    author, item = Author(), Item.of()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(item, 600), act(author, "attempt", 700))
        before = (completions(fresh_database), acts(fresh_database))
        with psycopg.connect(fresh_database.admin_dsn) as connection:
            connection.execute("UPDATE progress.user_progress SET milestones = NULL")
            connection.execute("DELETE FROM progress.completions")
            connection.execute("DELETE FROM progress.acts")
            connection.execute(
                "INSERT INTO progress.rederivations VALUES (%s, %s, now())", [item.tenant_id, item.content_id]
            )
        assert any("waits for a sink" in each for each in findings(fresh_database))
        rederive(store)
    assert (completions(fresh_database), acts(fresh_database)) == before
    assert findings(fresh_database) == []


def test_a_mark_that_is_taken_back_is_no_activity(fresh_database: Database) -> None:
    author, other = Author(), Item.of(content=2)
    last = "SELECT (extract(epoch FROM last_viewed_at) * 1000)::bigint AS at FROM progress.user_summary"
    with Direct(fresh_database) as sink:
        sink.write(author.watch(other, 60), act(author, "complete", 500))
        assert rows(fresh_database, last) == [{"at": START + 500_000}]
        sink.write(act(author, "reopen", 600))
    assert rows(fresh_database, last) == [{"at": START + 60_000}]
    opened = "SELECT started_at, last_viewed_at FROM progress.user_progress WHERE status = 'not_started'"
    assert rows(fresh_database, opened) == [{"started_at": None, "last_viewed_at": None}]
    assert findings(fresh_database) == []


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("UPDATE progress.completions SET evidence = 'manual'", "completions is [["),
        ("DELETE FROM progress.completions", "completions is [], the state makes it [["),
        ("UPDATE progress.acts SET kind = 'mark'", "acts is [["),
        ("DELETE FROM progress.acts", "acts is [], the state makes it [["),
        ("UPDATE progress.user_progress SET milestones = NULL", "waits for a sink to derive it again"),
    ],
)
def test_the_audit_finds_what_differs(fresh_database: Database, statement: str, detail: str) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(), 600), act(author, "attempt", 700))
    rows(fresh_database, f"{statement} RETURNING 1")
    (finding,) = findings(fresh_database)
    assert finding.startswith("row of ")
    assert detail in finding
