"""The rows of courses follow from those of their parts, in one transaction and with all counters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from playhead.policies.course_text import encode_course
from playhead.progress.figures.course import Course, CoursePart, FormerRequirement
from playhead.progress.identifiers import Instant
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import START, Author, Item
from tests.sinks.rederive.catalogue import rederive, requests, set_item
from tests.sinks.running import Direct, findings, rows

pytestmark = pytest.mark.services

COURSE = 9


@pytest.fixture
def store(fresh_database: Database) -> Iterator[Store]:
    store = Store(fresh_database.writer_dsn, "rederived")
    yield store
    store.close()


def part(number: int, **fields: Any) -> CoursePart:
    return CoursePart(content_id=Item.of(content=number).content_id, **fields)


def define(database: Database, *parts: CoursePart, past: tuple[FormerRequirement, ...] = ()) -> None:
    """The course, as the directory writes it."""
    tenant = Item.of().tenant_id
    course = Item.of(content=COURSE).content_id
    for number in (1, 2, 3, 4, COURSE):
        set_item(database, content=number)
    items = {each.content_id for each in parts}.union(*(each.required for each in past))
    with psycopg.connect(database.admin_dsn) as connection:
        for place, content in enumerate(sorted(items), 1):
            connection.execute(
                "INSERT INTO progress.course_parts VALUES (%s, %s, %s, %s, 1, false) ON CONFLICT DO NOTHING",
                [tenant, course, content, place],
            )
        connection.execute(
            "INSERT INTO progress.courses (tenant_id, content_id, definition) VALUES (%s, %s, %s)"
            " ON CONFLICT (tenant_id, content_id) DO UPDATE SET definition = excluded.definition",
            [tenant, course, encode_course(Course(parts=parts, past=past))],
        )


def courses(database: Database) -> list[tuple[Any, ...]]:
    found = rows(
        database,
        "SELECT status, progress_percentage, total_sessions, wall_ms,"
        " (extract(epoch FROM completed_at) * 1000)::bigint AS completed"
        f" FROM progress.user_progress WHERE content_id = '{Item.of(content=COURSE).content_id}'"
        " ORDER BY user_id",
    )
    return [tuple(row.values()) for row in found]


def of_courses(database: Database) -> list[str]:
    return [each for each in findings(database) if each.startswith("course of")]


def test_a_course_follows_its_parts_in_their_transaction(fresh_database: Database) -> None:
    define(fresh_database, part(1), part(2, weight=3000), part(3, optional=True))
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(content=1), 300), author.watch(Item.of(content=3), 600))
        assert courses(fresh_database) == [("in_progress", 12, 2, 900_000, None)]
        assert findings(fresh_database) == []
        sink.write(author.watch(Item.of(content=2), 600), author.watch(Item.of(content=1), 600))
        assert courses(fresh_database) == [("completed", 100, 3, 1_800_000, START + 600_000)]
    assert findings(fresh_database) == []
    (person,) = rows(fresh_database, "SELECT * FROM progress.user_summary")
    # Three items at once, the first 100 s of each in one quarter of an hour: 300 s, then a whole quarter.
    assert (person["total_items"], person["completed_items"], person["wall_ms"]) == (4, 4, 1_200_000)


def test_a_claim_of_the_course_changes_nothing_whatever_the_order(fresh_database: Database) -> None:
    define(fresh_database, part(1), part(2))
    author = Author()
    claim = author.watch(Item.of(content=COURSE), 600)
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(content=1), 600))
        sink.write(claim)
        assert courses(fresh_database)[0][:2] == ("in_progress", 50)
        sink.write(author.watch(Item.of(content=2), 600))
    assert courses(fresh_database)[0][:2] == ("completed", 100)
    assert findings(fresh_database) == []


def test_other_peoples_and_other_tenants_rows_stay(fresh_database: Database) -> None:
    define(fresh_database, part(1))
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(
            author.watch(Item.of(content=1), 600),
            author.watch(Item.of(user=2, content=1), 300),
            author.watch(Item.of(tenant=2, content=1), 300),
            author.watch(Item.of(user=3, content=2), 300),
        )
    assert sorted(each[:2] for each in courses(fresh_database)) == [("completed", 100), ("in_progress", 50)]
    assert findings(fresh_database) == []


def test_a_course_defined_later_has_rows_of_everyone_who_opened_a_part(
    fresh_database: Database, store: Store
) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 600), author.watch(Item.of(user=2, content=2), 300))
    define(fresh_database, part(1), part(2))
    assert len(of_courses(fresh_database)) == 2
    rederive(store)
    assert sorted(each[:2] for each in courses(fresh_database)) == [("in_progress", 25), ("in_progress", 50)]
    assert (requests(fresh_database), findings(fresh_database)) == ([], [])


def test_a_part_added_later_undoes_no_completion(fresh_database: Database, store: Store) -> None:
    define(fresh_database, part(1))
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 600), author.watch(Item.of(user=2), 300))
        past = FormerRequirement(until=Instant(START + 700_000), required=(Item.of(content=1).content_id,))
        define(fresh_database, part(1), part(2), past=(past,))
        rederive(store)
        shown = sorted(each[:2] for each in courses(fresh_database))
        assert shown == [("completed", 100), ("in_progress", 25)]
        sink.write(author.watch(Item.of(user=2), 600, at_s=800))
    shown = sorted(each[:2] for each in courses(fresh_database))
    assert shown == [("completed", 100), ("in_progress", 50)]
    assert findings(fresh_database) == []


def test_a_change_of_a_parts_policy_changes_its_course(fresh_database: Database, store: Store) -> None:
    define(fresh_database, part(1))
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(), 300))
    set_item(fresh_database, threshold=0.5)
    rederive(store)
    assert courses(fresh_database)[0][:2] == ("completed", 100)
    assert findings(fresh_database) == []


def test_an_audit_finds_a_wrong_row_and_a_missing_one(fresh_database: Database) -> None:
    define(fresh_database, part(1), part(2))
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(content=1), 600))
    course = Item.of(content=COURSE).content_id
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        connection.execute(
            "UPDATE progress.user_progress SET progress_percentage = 60 WHERE content_id = %s", [course]
        )
    (wrong,) = of_courses(fresh_database)
    assert "progress_percentage is 60, the parts make it 50" in wrong
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        connection.execute("DELETE FROM progress.user_progress WHERE content_id = %s", [course])
    (missing,) = of_courses(fresh_database)
    assert course in missing
