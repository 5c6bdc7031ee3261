"""The machinery of reports, on a real Postgres: pages, orders, cursors."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from query_api.errors import InvalidRequestError
from query_api.http.problems import problem_of
from query_api.reports.cells import shown_row
from query_api.reports.query import count_query, every_row, page_query
from query_api.reports.reader import read_cursor, report_page
from query_api.reports.table import Column, ColumnType, ReportRequest, Table
from tests.services import Database

KINDS: dict[str, tuple[ColumnType, str, st.SearchStrategy[Any]]] = {
    "word": ("text", "text", st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=3)),
    "many": ("integer", "bigint", st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2)),
    "share": ("percentage", "int", st.integers(0, 3)),
    "mean": (
        "number",
        "float8",
        st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.1, 1 / 3]),
    ),
    "spent": ("seconds", "bigint", st.integers(0, 3)),
    "at": ("time", "timestamptz", st.datetimes(datetime(2, 2, 2), timezones=st.just(UTC))),
    "day": ("date", "date", st.dates(date(2, 2, 2))),
    "done": ("boolean", "boolean", st.booleans()),
}
COLUMNS = (
    Column("id", "id", "r.id", "the key"),
    *(Column(name, kind, f"r.{name}", name, nullable=True) for name, (kind, _, _) in KINDS.items()),
    Column("words", "list", "ARRAY[r.word]", "a list"),
    Column("twice", "integer", "r.share * 2", "an expression", nullable=True, sortable=False),
)
TABLE = Table(
    "things",
    COLUMNS,
    "progress.things AS r",
    ("id",),
    "id",
    {"share": "r.share = %(share)s", "none": "false"},
)
DETAILED = replace(
    TABLE,
    columns=(*COLUMNS, Column("next", "integer", "d.next", "joined later", nullable=True, sortable=False)),
    detail="CROSS JOIN LATERAL (SELECT r.share + 1 AS next) AS d",
)
ROWS = st.lists(
    st.tuples(st.uuids(), *(st.none() | values for _, _, values in KINDS.values())),
    max_size=12,
    unique_by=lambda row: row[0],
)
SORTS = st.sampled_from(["id", *KINDS]).flatmap(lambda name: st.sampled_from([name, f"-{name}"]))
on_postgres = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def things(fresh_database: Database) -> Iterator[psycopg.Connection]:
    typed = ", ".join(f"{name} {of}" for name, (_, of, _) in KINDS.items())
    with psycopg.connect(fresh_database.admin_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE progress.things (id uuid PRIMARY KEY, {typed})".encode())
        yield connection


def fill(things: psycopg.Connection, rows: list[tuple[Any, ...]]) -> None:
    things.execute("TRUNCATE progress.things")
    places = ", ".join(["%s"] * (1 + len(KINDS)))
    with things.cursor() as cursor:
        cursor.executemany(f"INSERT INTO progress.things VALUES ({places})".encode(), rows)


def walk(things: psycopg.Connection, ask: ReportRequest, limit: int) -> Iterator[list[dict[str, Any]]]:
    cursor: str | None = None
    while True:
        query, values = page_query(ask, read_cursor(ask, cursor), limit)
        page = report_page(ask, things.execute(query.encode(), values).fetchall(), limit)
        yield page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def whole(things: psycopg.Connection, ask: ReportRequest) -> list[dict[str, Any]]:
    query, values = every_row(ask)
    return [shown_row(ask.table, row) for row in things.execute(query.encode(), values)]


@pytest.mark.services
@on_postgres
@given(rows=ROWS, sort=SORTS, limit=st.integers(1, 5), table=st.sampled_from([TABLE, DETAILED]))
def test_the_pages_are_every_row_in_order(
    things: psycopg.Connection, rows: list[tuple[Any, ...]], sort: str, limit: int, table: Table
) -> None:
    fill(things, rows)
    ask = table.request({}, sort)

    pages = list(walk(things, ask, limit))

    assert [row for page in pages for row in page] == whole(things, ask)
    assert sorted(row["id"] for page in pages for row in page) == sorted(str(row[0]) for row in rows)
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)


@pytest.mark.services
@on_postgres
@given(rows=ROWS, sort=st.sampled_from(["many", "-many", "mean", "-mean", "share", "-share", "at", "-at"]))
def test_the_order_is_that_of_the_values(
    things: psycopg.Connection, rows: list[tuple[Any, ...]], sort: str
) -> None:
    place = 1 + list(KINDS).index(sort.removeprefix("-"))
    fill(things, [row for row in rows if row[place] is not None])

    found = [UUID(row["id"]) for row in whole(things, TABLE.request({}, sort))]

    values = {row[0]: row[place] for row in rows}
    expected = sorted(found, key=lambda each: (values[each], each), reverse=sort.startswith("-"))
    assert found == expected


@pytest.mark.services
def test_what_is_empty_comes_before_what_is_not(things: psycopg.Connection) -> None:
    low, high = UUID(int=1), UUID(int=2)
    fill(things, [(low, "a", 0, 0, 0.0, 0, datetime(2, 2, 2, tzinfo=UTC), date(2, 2, 2), True)])
    fill_more = "INSERT INTO progress.things (id) VALUES (%s)"
    things.execute(fill_more, [high])

    for name in KINDS:
        assert [row["id"] for row in whole(things, TABLE.request({}, name))] == [str(high), str(low)], name
        assert [row["id"] for row in whole(things, TABLE.request({}, f"-{name}"))] == [str(low), str(high)], (
            name
        )


@pytest.mark.services
@pytest.mark.parametrize("table", [TABLE, DETAILED])
def test_filters_hold_where_they_are_wanted(things: psycopg.Connection, table: Table) -> None:
    rows = [(UUID(int=n), None, None, n % 3, None, None, None, None, None) for n in range(7)]
    fill(things, rows)
    ask = table.request({"share": 1, "none": None})

    found = [row for page in walk(things, ask, 1) for row in page]

    assert [(row["id"], row["share"], row["twice"]) for row in found] == [
        (str(UUID(int=1)), 1, 2),
        (str(UUID(int=4)), 1, 2),
    ]
    query, values = count_query(ask)
    assert things.execute(query.encode(), values).fetchone() == (2,)
    assert whole(things, table.request({"none": True})) == []


def forge(*parts: Any) -> str:
    return urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(width=64)
    | st.text(max_size=20)
    | st.sampled_from(
        [
            *("\ud800", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"),
            *("2026-01-01T00:00:00+00:00:00.000001", "9999-12-31", "infinity", "nan", "1e400", "-0"),
            *("00000000-0000-0000-0000-000000000000", "{0b7c2a52-6f0e-4f6e-9a53-5f3f6f1f9d10}", 10**400),
        ]
    )
)


@pytest.mark.services
@on_postgres
@given(sort=SORTS, first=ANYTHING, second=st.just(str(UUID(int=1))) | ANYTHING)
def test_a_forged_place_is_another_place_or_refused(
    things: psycopg.Connection, sort: str, first: Any, second: Any
) -> None:
    ask = TABLE.request({}, sort)
    place = [second] if ask.order.name == "id" else [first, second]
    try:
        text = msgspec.json.encode(("things", sort, place))
    except (TypeError, UnicodeEncodeError, OverflowError):
        text = str(["things", sort, place]).replace("'", '"').encode("utf-8", "surrogatepass")
    cursor = urlsafe_b64encode(text).decode()

    with suppress(InvalidRequestError):  # whatever else is raised would be a 500
        query, values = page_query(ask, read_cursor(ask, cursor), 1)
        things.execute(query.encode(), values)


@given(cursor=st.text() | st.binary().map(lambda given: urlsafe_b64encode(given).decode()))
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read_cursor(TABLE.request({}), cursor)

    assert (problem_of(refused.value).status, refused.value.field) == (422, "cursor")


@pytest.mark.parametrize(
    "cursor",
    [
        forge("others", "id", [str(UUID(int=1))]),
        forge("things", "-id", [str(UUID(int=1))]),
        forge("things", "word", [str(UUID(int=1))]),
        forge("things", "id", []),
        forge("things", "id", [str(UUID(int=1)), 1]),
        forge("things", "id", [None]),
        forge("things", "id", [[]]),
        forge("things", "id"),
        "W" * 4_000,
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequestError):
        read_cursor(TABLE.request({}), cursor)


@pytest.mark.parametrize("sort", ["", "-", "--id", "nothing", "twice", "words", "id desc", "ID", "next"])
def test_an_order_that_there_is_not_is_refused(sort: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        TABLE.request({}, sort)

    assert (problem_of(refused.value).status, refused.value.field) == (422, "sort")
    assert "id, word, many" in refused.value.detail


def test_by_default_a_table_has_its_own_order() -> None:
    assert TABLE.request({}).sort == "id"
    assert replace(TABLE, order="-many").request({}).sort == "-many"


@pytest.mark.parametrize("changed", [{"key": ("nothing",)}, {"order": "-nothing"}])
def test_a_table_is_ordered_by_its_own_columns(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="things"):
        replace(TABLE, **changed)
