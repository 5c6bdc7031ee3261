"""A tenant with many rows, for plans and pages."""

from __future__ import annotations

from hashlib import md5
from uuid import UUID

import psycopg

from playhead.progress import TenantId
from tests.query_api.reports.counters import recount
from tests.query_api.world import World


def crowd(world: World, tenant: TenantId, *, people: int, items: int, team_size: int) -> None:
    """Insert people who have each opened every item, in teams under one manager each, with assignments."""
    values = {"tenant": tenant, "people": people, "items": items, "size": team_size}
    with psycopg.connect(world.database.admin_dsn) as connection:
        for statement in _CROWD.split(";"):
            connection.execute(statement.encode(), values)
        connection.commit()
    recount(world)
    with psycopg.connect(world.database.admin_dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def crowd_id(tenant: TenantId, kind: str, number: int) -> UUID:
    """The id of a crowd's n-th `person`, `item`, `team`, or `manager` of that team."""
    return UUID(md5(f"{tenant} {kind} {number}".encode(), usedforsecurity=False).hexdigest())


_CROWD = """
CREATE FUNCTION pg_temp.crowd_id(kind text, number int) RETURNS uuid LANGUAGE sql STABLE
RETURN md5(current_setting('playhead.tenant') || ' ' || kind || ' ' || number)::uuid;
SELECT set_config('playhead.tenant', %(tenant)s, true);

INSERT INTO progress.people (tenant_id, user_id, display_name, email)
SELECT %(tenant)s::uuid, pg_temp.crowd_id(kind, n), initcap(kind) || ' ' || n, kind || n || '@example.org'
FROM (
    SELECT 'person' AS kind, n FROM generate_series(0, %(people)s - 1) AS n
    UNION ALL
    SELECT 'manager', n FROM generate_series(0, (%(people)s - 1) / %(size)s) AS n
) AS everybody;
INSERT INTO progress.content_items (tenant_id, content_id, title, type, duration_ms)
SELECT %(tenant)s::uuid, pg_temp.crowd_id('item', n), 'Item ' || n, 'video', 600000
FROM generate_series(0, %(items)s - 1) AS n;
INSERT INTO progress.teams (tenant_id, team_id, name)
SELECT %(tenant)s::uuid, pg_temp.crowd_id('team', n), 'Team ' || n
FROM generate_series(0, (%(people)s - 1) / %(size)s) AS n;
INSERT INTO progress.team_members (tenant_id, team_id, user_id, role)
SELECT %(tenant)s::uuid, pg_temp.crowd_id('team', n), pg_temp.crowd_id('manager', n), 'manager'
FROM generate_series(0, (%(people)s - 1) / %(size)s) AS n
UNION ALL
SELECT %(tenant)s::uuid, pg_temp.crowd_id('team', n / %(size)s), pg_temp.crowd_id('person', n), 'member'
FROM generate_series(0, %(people)s - 1) AS n;
INSERT INTO progress.assignments (tenant_id, content_id, target, target_id, due_at)
SELECT
    %(tenant)s::uuid, pg_temp.crowd_id('item', item), 'team', pg_temp.crowd_id('team', team),
    CASE WHEN item %% 2 = 0 THEN now() - make_interval(days => item) END
FROM
    generate_series(0, (%(people)s - 1) / %(size)s) AS team,
    generate_series(0, least(%(items)s, 50) - 1) AS item;
INSERT INTO progress.user_progress (
    tenant_id, user_id, content_id, progress_type, progress_percentage, completion_count, total_sessions,
    started_at, last_viewed_at, completed_at, metadata, status, evidence, watched, duration_ms, content_ms,
    wall_ms, state, source_partition, source_offset, coverage, attained, slices
)
SELECT
    %(tenant)s::uuid, pg_temp.crowd_id('person', p), pg_temp.crowd_id('item', i), 'video', share,
    (share = 100)::int, 1,
    now() - make_interval(days => p %% 50 + 1), now() - make_interval(days => p %% 50),
    CASE WHEN share = 100 THEN now() - make_interval(days => p %% 50) END,
    '{}', CASE share WHEN 0 THEN 'not_started' WHEN 100 THEN 'completed' ELSE 'in_progress' END, 'watched',
    CASE share WHEN 0 THEN '{}' ELSE int4multirange(int4range(0, share * 6000)) END, 600000, share * 6000,
    share * 6000, '{"empty":true}', p %% 4, i + 1, share * 10, share * 10, (1 << (share / 5)) - 1
FROM
    generate_series(0, %(people)s - 1) AS p, generate_series(0, %(items)s - 1) AS i,
    LATERAL (SELECT (p * 7 + i * 13) %% 21 * 5 AS share)
"""
