"""The planner finds rows by the index that is meant, whatever it knows of the tables."""

from __future__ import annotations

import psycopg
import pytest

from sinks.rederive import statements as rederive_statements
from sinks.states.batch import BatchBuilder
from sinks.states.decode import ConsumedRecord, decode
from sinks.tables import statements
from sinks.tables.connection import connect, read_positions
from sinks.tables.forms import BEFORE_18, SINCE_18, StoreForms
from sinks.tables.prepare import prepare
from sinks.tables.store import Store
from tests.services import POSTGRES_MAJOR, Database
from tests.sinks.author import POLICY, Author, Item

pytestmark = pytest.mark.services

BY_PERSON = "user_progress_user_id_content_id_tenant_id_key"
FORMS = {"before 18": BEFORE_18} | ({"since 18": SINCE_18} if POSTGRES_MAJOR >= 18 else {})
of_each_form = pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))


def plan(database: Database, *planned: bytes, form: StoreForms = BEFORE_18, **parameters: object) -> str:
    with connect(database.writer_dsn) as connection, connection.transaction():
        connection.execute(form.begin)
        lines = [connection.execute(b"EXPLAIN " + each, parameters or None).fetchall() for each in planned]
        return "\n".join(line for found in lines for (line,) in found)


def run(database: Database, statement: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def grown(fresh_database: Database) -> Database:
    """Many people with the same few items, and no statistics, as when autovacuum has not come by yet."""
    author, builder = Author(), BatchBuilder()
    run(fresh_database, "ALTER TABLE progress.user_progress SET (autovacuum_enabled = false)")
    for offset in range(3_000):
        record = author.watch(Item.of(user=offset // 3, content=offset % 3), 30)
        source = ConsumedRecord(0, offset, record.key, record.value)
        builder.add(source, 0, decode(source))
    read_positions(fresh_database.writer_dsn, "states", [0])
    store = Store(fresh_database.writer_dsn, "states")
    store.write(prepare(builder, POLICY), lambda *refused: pytest.fail(f"{refused}"))
    store.close()
    return fresh_database


@of_each_form
@pytest.mark.parametrize("analyzed", [False, True])
def test_a_batch_finds_its_rows_by_person(grown: Database, form: StoreForms, *, analyzed: bool) -> None:
    if analyzed:
        run(grown, "ANALYZE progress.user_progress")
    for statements_of_one in ((statements.FIND_STALE,), form.store_progress):
        check_found_by_person(plan(grown, *statements_of_one, form=form, shard=0))


def check_found_by_person(found: str) -> None:
    assert f"Index Scan using {BY_PERSON} on user_progress" in found
    assert "Seq Scan on user_progress" not in found
    assert "user_progress_content" not in found


@of_each_form
@pytest.mark.parametrize("analyzed", [False, True])
def test_a_batch_finds_sessions_by_person(grown: Database, form: StoreForms, *, analyzed: bool) -> None:
    if analyzed:
        run(grown, "ANALYZE progress.sessions")
    found = plan(grown, *form.store_sessions, form=form, shard=0)
    assert "Seq Scan on sessions_" not in found


@of_each_form
@pytest.mark.parametrize("analyzed", [False, True])
def test_what_a_session_replaces_is_not_sought_among_all_of_a_persons_sessions(
    grown: Database, form: StoreForms, *, analyzed: bool
) -> None:
    """Somebody with 300,000 sessions would hold up everybody's batch for ever."""
    if analyzed:
        run(grown, "ANALYZE progress.sessions")
    found = plan(grown, *form.store_sessions, form=form, shard=0)
    assert "sessions_2026_09_user_id_content_id_session_key_idx" in found, found
    assert "sessions_2026_09_user_id_content_id_started_at_idx" in found, found
    assert "sessions_2026_09_pkey" not in found, found


@of_each_form
@pytest.mark.parametrize("analyzed", [False, True])
def test_no_counter_is_ever_read_whole(grown: Database, form: StoreForms, *, analyzed: bool) -> None:
    if analyzed:
        run(grown, "ANALYZE progress.user_summary, progress.person_days")
    found = plan(grown, *form.every, form=form, shard=0)
    assert "Index Scan using user_summary_" in found  # by both of its columns, whichever comes first
    assert "Index Scan using person_days_pkey on person_days" in found
    for table in ("user_summary", "person_days", "content_summary", "content_slices", "daily_activity"):
        assert f"Seq Scan on {table}" not in found
    for table in ("content_summary", "content_slices", "content_times", "daily_activity"):
        assert f"Insert on {table}" in found  # on conflict, which takes no plan


@of_each_form
@pytest.mark.parametrize("analyzed", [False, True])
def test_people_whose_last_activity_is_earlier_are_not_compared_with_the_whole_batch(
    grown: Database, form: StoreForms, *, analyzed: bool
) -> None:
    """A batch in which 6,000 people's was earlier ran into its time limit, and was never stored."""
    if analyzed:
        run(grown, "ANALYZE progress.user_progress, progress.user_summary")
    assert "on user_progress q" not in plan(grown, *form.store_progress, form=form, shard=0)
    item = Item.of()
    owners = {"tenants": [item.tenant_id], "users": [item.user_id]}
    found = plan(grown, statements.FIND_LAST_VIEWED, **owners)
    assert f"using {BY_PERSON}" in found or f"on {BY_PERSON}" in found, found
    assert "Seq Scan" not in found, found


def test_a_batch_is_not_looked_at_where_nobody_was_erased(grown: Database) -> None:
    for statement in (*statements.DROP_ERASED, *statements.DROP_ERASED_OLDER):
        found = plan(grown, statement)
        assert "One-Time Filter: (InitPlan 1).col1" in found or "One-Time Filter: $0" in found, found


@pytest.mark.parametrize("analyzed", [False, True])
def test_an_items_rows_are_found_by_the_item_and_then_by_person(grown: Database, *, analyzed: bool) -> None:
    if analyzed:
        run(grown, "ANALYZE progress.user_progress")
    item = Item.of(content=2)
    named = {"tenant_id": item.tenant_id, "content_id": item.content_id, "override": None, "version": "{%"}
    first_id = "00000000-0000-0000-0000-000000000000"
    people = plan(grown, rederive_statements.FIND_PEOPLE, **named, after=first_id, limit=1_000)
    assert "Scan using user_progress_content on" in people or "Scan on user_progress_content" in people, (
        people
    )
    rows = plan(grown, rederive_statements.LOCK_ROWS, **named, people=[item.user_id])
    assert f"Index Scan using {BY_PERSON} on user_progress" in rows, rows
