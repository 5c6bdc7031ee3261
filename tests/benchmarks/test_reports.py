"""The organisation that the reports are measured on is one that the audit finds no fault with."""

from __future__ import annotations

import psycopg
import pytest

from benchmarks.reports_load import Tenants, count, load, prepare
from benchmarks.reports_plans import HEAVIEST, plans
from benchmarks.reports_requests import application, bench_id, measure, reports
from operations.audit.counters import COUNTERS
from playhead.settings import QuerySettings
from tests.services import Database

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_counters_and_reports_of_what_is_loaded(fresh_database: Database, redis_url: str) -> None:
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        prepare(connection)
        load(connection, Tenants(1, 1, 300))
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        load(connection, Tenants(2, 2, 10))
        count(connection)
        for counter in COUNTERS:
            assert connection.execute(counter.query.encode()).fetchall() == [], counter.table
        assert connection.execute(b"SELECT count(*) FROM progress.user_progress").fetchall() == [(6_400,)]
    settings = QuerySettings(
        redis_url=redis_url,
        postgres_reader_dsn=fresh_database.reader_dsn,
        query_redis_timeout_seconds=2,
    )

    async with application(settings) as client:
        found = await measure(client, settings, 1, 1)

    assert found.keys() == reports(1).keys()
    with psycopg.connect(fresh_database.reader_dsn, autocommit=True) as connection:
        tenant = str(bench_id("tenant", 1, 0))
        connection.execute("SELECT set_config('playhead.tenant', %s, false)", [tenant])
        assert plans(connection, 1, 6_400).count("Execution Time") == HEAVIEST
