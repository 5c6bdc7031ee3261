"""Requirements that a change of the directory leaves to the sink, and the counters that follow progress."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from playhead.curriculum import statements
from sinks.curriculum.refresher import CHUNK, CurriculumRefresher
from sinks.metrics import REFRESHED
from sinks.states.batch import BatchBuilder
from sinks.states.decode import ConsumedRecord, decode
from sinks.tables.connection import connect, read_positions
from sinks.tables.prepare import prepare
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item
from tests.sinks.running import findings, rows

pytestmark = pytest.mark.services

ITEM, OTHER = Item.of(user=1, content=1), Item.of(user=1, content=2)
COUNTED = """
SELECT curriculum_items, curriculum_in_progress, progress, optional_in_progress, former
FROM progress.user_summary
"""


def change(database: Database, statement: str, item: Item = ITEM) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(
            statement.encode(),
            {"tenant": item.tenant_id, "user": item.user_id, "content": item.content_id},
        )


def store_progress(store: Store, author: Author, item: Item, offset: int) -> None:
    builder = BatchBuilder()
    record = author.watch(item, 60, session=0)
    source = ConsumedRecord(0, offset, record.key, record.value)
    builder.add(source, offset, decode(source))
    store.write(prepare(builder, POLICY), lambda *refused: pytest.fail(f"{refused}"))


def test_a_requirement_is_computed_and_progress_counts_for_it(fresh_database: Database) -> None:
    database, author = fresh_database, Author()
    read_positions(database.writer_dsn, "states", [0])
    store = Store(database.writer_dsn, "states")
    store_progress(store, author, OTHER, 0)
    assert list(rows(database, COUNTED)[0].values()) == [1, 1, 10, 1, False]

    change(database, "INSERT INTO progress.people VALUES (%(tenant)s, %(user)s, 'Ada')")
    change(database, "INSERT INTO progress.content_items VALUES (%(tenant)s, %(content)s, 'A film', 'video')")
    change(
        database,
        "INSERT INTO progress.assignments VALUES (%(tenant)s, %(content)s, 'everyone', %(tenant)s)",
    )
    CurriculumRefresher(store).work()
    assert rows(database, "SELECT FROM progress.requirement_changes") == []
    assert list(rows(database, COUNTED)[0].values()) == [1, 0, 0, 1, False], "nothing of it is begun"

    store_progress(store, author, ITEM, 1)
    assert list(rows(database, COUNTED)[0].values()) == [1, 1, 10, 1, False], "optional items change nothing"

    change(database, "DELETE FROM progress.people WHERE user_id = %(user)s")
    CurriculumRefresher(store).work()
    store.close()
    assert rows(database, "SELECT FROM progress.requirements") == []
    assert rows(database, COUNTED)[0]["former"] is True
    assert findings(database) == []


def test_a_person_who_was_noted_more_than_once_is_computed_once(fresh_database: Database) -> None:
    database, people = fresh_database, CHUNK + 100
    change(database, "INSERT INTO progress.content_items VALUES (%(tenant)s, %(content)s, 'A film', 'video')")
    add_people(database, people)
    change(
        database,
        "INSERT INTO progress.assignments VALUES (%(tenant)s, %(content)s, 'everyone', %(tenant)s)",
    )
    assert len(rows(database, "SELECT FROM progress.requirement_changes")) == 2 * people
    store, before = Store(database.writer_dsn, "states"), refreshed()
    refresher = CurriculumRefresher(store)
    while rows(database, "SELECT FROM progress.requirement_changes"):
        refresher.work()
    store.close()
    assert refreshed() - before == people
    assert len(rows(database, "SELECT FROM progress.requirements")) == people
    assert findings(database) == []


def test_no_two_sets_of_people_are_compared_each_with_each(fresh_database: Database) -> None:
    """The sink's connection has no hash joins, so such a join takes the square of a chunk."""
    database = fresh_database
    change(database, "INSERT INTO progress.content_items VALUES (%(tenant)s, %(content)s, 'A film', 'video')")
    add_people(database, CHUNK)
    change(
        database,
        "INSERT INTO progress.assignments VALUES (%(tenant)s, %(content)s, 'everyone', %(tenant)s)",
    )
    people = [row["user_id"] for row in rows(database, "SELECT user_id::text FROM progress.people")]
    with connect(database.writer_dsn) as connection:
        for _ in range(2):  # without requirements, and then with them
            for statement in statements.REFRESH:
                explained = connection.execute(
                    b"EXPLAIN (ANALYZE, FORMAT JSON) " + statement.encode(),
                    {"tenant": ITEM.tenant_id, "people": people},
                ).fetchone()
                assert explained is not None
                assert removed_by_joins(explained[0]) == 0


def add_people(database: Database, count: int) -> None:
    change(
        database,
        "INSERT INTO progress.people (tenant_id, user_id, display_name) "
        f"SELECT %(tenant)s, gen_random_uuid(), 'P' FROM generate_series(1, {count})",
    )


def refreshed() -> float:
    return float(next(sample.value for each in REFRESHED.collect() for sample in each.samples))


def removed_by_joins(plan: Any) -> int:
    """The pairs of rows that nested loops compared in vain, in a whole plan."""
    if isinstance(plan, list):
        return sum(map(removed_by_joins, plan))
    if not isinstance(plan, dict):
        return 0
    return int(plan.get("Rows Removed by Join Filter", 0)) + sum(map(removed_by_joins, plan.values()))
