"""The reports of an organisation of 50,000 people and 1,000,000 rows, alone and among nine times as many.

python -m benchmarks.reports [PEOPLE] [OTHERS]
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.query_harness import UNLIMITED, stores
from benchmarks.reports_load import NOW, Tenants, count, load, prepare
from benchmarks.reports_peers import by_group, by_view
from benchmarks.reports_plans import plans
from benchmarks.reports_requests import application, bench_id, measure
from operations.local.stores.postgres import Postgres
from operations.local.stores.redis import Redis
from playhead.settings import MigrateSettings, QuerySettings
from sinks.schema import migrate

PEOPLE = 50_000
OTHERS = 900
OTHERS_PEOPLE = 500
CALLS, PEER_CALLS = 30, 3
PLANS = Path(__file__).resolve().parents[1] / "docs" / "plans.md"
_SIZES = b"""
SELECT
    CASE WHEN relname LIKE 'sessions%' THEN 'sessions' ELSE relname END AS name,
    round(sum(pg_table_size(oid)) / 1048576.0, 1)::float8,
    round(sum(pg_indexes_size(oid)) / 1048576.0, 1)::float8
FROM pg_class
WHERE relnamespace = 'progress'::regnamespace AND relkind = 'r'
    AND relname ~ '^(user_|content_s|content_t|person_|daily_|sessions_)'
GROUP BY name ORDER BY 2 DESC
"""


def run(people: int = PEOPLE, others: int = OTHERS, *, write_plans: bool = True) -> dict[str, Any]:
    """Measure one tenant alone, then among others."""
    ours, theirs = Tenants(1, 1, people), Tenants(2, others, min(people, OTHERS_PEOPLE))
    with stores() as (redis, postgres):
        migrate(MigrateSettings(postgres_admin_dsn=postgres.dsn()))
        with psycopg.connect(postgres.dsn()) as connection:
            prepare(connection)
        alone = _round(redis, postgres, ours, ours.rows)
        among = _round(redis, postgres, theirs, ours.rows + theirs.rows)
        if write_plans:
            PLANS.write_text(_plans(postgres, ours.rows + theirs.rows), encoding="utf-8")
    slowest = {"alone": _slowest(alone["report"]), "among_others": _slowest(among["report"])}
    return {
        "people": people,
        "slowest_report": slowest,
        "grown_by": round(slowest["among_others"]["median_ms"] / slowest["alone"]["median_ms"], 2),
        f"{ours.rows:,} rows": alone,
        f"{ours.rows + theirs.rows:,} rows": among,
    }


def _round(redis: Redis, postgres: Postgres, added: Tenants, rows: int) -> dict[str, Any]:
    began = time.perf_counter()
    with psycopg.connect(postgres.dsn()) as connection:
        load(connection, added)
        connection.commit()
        count(connection)
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(b"VACUUM ANALYZE")
        connection.execute(b"CHECKPOINT")
        loaded = time.perf_counter() - began
        sizes = {
            name: {"table_MiB": table, "indexes_MiB": indexes}
            for name, table, indexes in connection.execute(_SIZES)
        }
    settings = QuerySettings(
        redis_url=redis.url,
        postgres_reader_dsn=postgres.dsn("playhead_reader"),
        query_postgres_timeout_seconds=30,
        **UNLIMITED,
    )
    found = asyncio.run(_reports(settings))
    now = datetime.fromtimestamp(NOW / 1000, UTC)
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        peers = by_group(connection, bench_id("tenant", 1, 0), now, PEER_CALLS) | by_view(connection)
    return {
        "rows": rows,
        "loaded_in_seconds": round(loaded),
        "report": found,
        "from_the_rows": peers,
        "stored": sizes,
    }


async def _reports(settings: QuerySettings) -> dict[str, dict[str, float]]:
    async with application(settings) as client:
        return await measure(client, settings, 1, CALLS)


def _slowest(found: dict[str, dict[str, float]]) -> dict[str, float]:
    return max(found.values(), key=lambda figures: figures["median_ms"])


def _plans(postgres: Postgres, rows: int) -> str:
    with psycopg.connect(postgres.dsn("playhead_reader"), autocommit=True) as connection:
        tenant = str(bench_id("tenant", 1, 0))
        connection.execute("SELECT set_config('playhead.tenant', %s, false)", [tenant])
        return plans(connection, 1, rows)


if __name__ == "__main__":
    print(json.dumps(run(*map(int, sys.argv[1:])), indent=2))
