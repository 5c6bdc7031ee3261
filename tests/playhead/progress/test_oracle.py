"""PostgreSQL's multiranges as an independent judge of the interval algebra."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playhead.progress.intervals import LIMIT, Intervals
from tests.playhead.progress.strategies import intervals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.services import Services

pytestmark = pytest.mark.services

anywhere = st.lists(st.integers(0, LIMIT), max_size=12, unique=True).map(
    lambda bounds: Intervals(tuple(sorted(bounds[: len(bounds) // 2 * 2])))
)
some = intervals() | anywhere


@pytest.fixture(scope="module")
def postgres(services: Services) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(services.postgres_admin_dsn, autocommit=True) as connection:
        yield connection


def literal(these: Intervals) -> str:
    return "{" + ",".join(f"[{start},{end})" for start, end in these.spans) + "}"


def bounds(text: str) -> Intervals:
    return Intervals(tuple(json.loads("[" + text.translate(str.maketrans("", "", "{}[)")) + "]")))


# One connection serves all examples: none of them changes anything.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(one=some, other=some)
def test_postgres_agrees(
    postgres: psycopg.Connection[tuple[object, ...]], one: Intervals, other: Intervals
) -> None:
    row = postgres.execute(
        """
        select (a + b)::text, (a * b)::text, (a - b)::text, a <@ b,
               coalesce((select sum(upper(r) - lower(r)) from unnest(a) r), 0)::bigint
        from (select %s::int4multirange a, %s::int4multirange b) operands
        """,
        (literal(one), literal(other)),
    ).fetchone()
    assert row is not None
    union, intersection, difference, within, length = row
    assert bounds(str(union)) == one | other
    assert bounds(str(intersection)) == one & other
    assert bounds(str(difference)) == one - other
    assert within == (one <= other)
    assert length == one.length
