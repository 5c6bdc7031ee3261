"""The SQL that an organisation is made by, for `reports_load`."""

from __future__ import annotations

PER_PERSON = 20
CATALOGUE = 495
"""Items of a tenant. Everybody has opened the first; a person's others lie 26 apart: none is twice."""
TEAM = 50
VARIANTS = 64
SHARDS = 12
"""As the counters have with as many partitions."""

PREPARE = b"""
SET LOCAL synchronous_commit = off;
CREATE UNLOGGED TABLE bench_variants (
    n int, kind text, percentage int, completions int, sessions int, metadata jsonb, status text,
    evidence text, watched int4multirange, duration_ms int, content_ms bigint, wall_ms bigint, state text,
    coverage int, attained int, slices int
);
CREATE FUNCTION bench_id(kind text, tenant bigint, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN md5(kind || ' ' || tenant || ' ' || number)::uuid;
CREATE FUNCTION bench_chance(number bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(number, salt) & 1048575) / 1048576.0
"""
MONTHS = """
SELECT progress.make_sessions_month((to_timestamp(%(now)s / 1000) - make_interval(months => n))::date)
FROM generate_series(0, 13) AS n
"""
ROWS = f"""
CREATE TEMPORARY TABLE added ON COMMIT DROP AS
SELECT t, bench_id('tenant', t, 0) AS tenant FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS t;
CREATE TEMPORARY TABLE added_people ON COMMIT DROP AS
SELECT t, tenant, p, bench_id('person', t, p) AS person
FROM added, generate_series(0, %(people)s::bigint - 1) AS p;
CREATE TEMPORARY TABLE added_teams ON COMMIT DROP AS
SELECT t, tenant, n, bench_id('team', t, n) AS team
FROM added, generate_series(0, (%(people)s::bigint - 1) / {TEAM}) AS n;
ANALYZE added, added_people, added_teams;

INSERT INTO progress.people (tenant_id, user_id, display_name, email)
SELECT tenant, person, 'Person ' || p, 'person' || p || '@example.org' FROM added_people;
INSERT INTO progress.content_items (tenant_id, content_id, title, type, duration_ms)
SELECT tenant, bench_id('item', t, i), 'Item ' || i, 'video', 600000
FROM added, generate_series(0, {CATALOGUE} - 1) AS i;
INSERT INTO progress.teams (tenant_id, team_id, name) SELECT tenant, team, 'Team ' || n FROM added_teams;
INSERT INTO progress.team_members (tenant_id, team_id, user_id, role)
SELECT tenant, bench_id('team', t, p / {TEAM}), person, 'member' FROM added_people
UNION ALL
SELECT tenant, team, bench_id('person', t, (n + 1) * {TEAM} %% %(people)s::bigint), 'manager' FROM added_teams
WHERE %(people)s::bigint > {TEAM};
INSERT INTO progress.assignments (tenant_id, content_id, target, target_id, due_at)
SELECT tenant, bench_id('item', t, 0), 'everyone', tenant, NULL FROM added
UNION ALL
SELECT
    tenant, bench_id('item', t, 1 + (n * 7 + i) %% ({CATALOGUE} - 1)), 'team', team,
    to_timestamp(%(now)s / 1000.0) - make_interval(days => i)
FROM added_teams, generate_series(0, 4) AS i;

INSERT INTO progress.user_progress (
    tenant_id, user_id, content_id, progress_type, progress_percentage, completion_count, total_sessions,
    started_at, last_viewed_at, completed_at, metadata, status, evidence, watched, duration_ms, content_ms,
    wall_ms, state, source_partition, source_offset, coverage, attained, slices
)
SELECT
    tenant, person, bench_id('item', t, content), v.kind, v.percentage, v.completions, v.sessions, began,
    began + make_interval(secs => 86400 * bench_chance(row, 2)),
    CASE
        WHEN v.status = 'completed'
        THEN began + make_interval(secs => 300 * power(2, 12 * bench_chance(row, 3)))
    END,
    v.metadata, v.status, v.evidence, v.watched, v.duration_ms, v.content_ms, v.wall_ms, v.state,
    p %% {SHARDS}, row, v.coverage, v.attained, v.slices
FROM (
    SELECT
        t, tenant, person, p, row, floor({VARIANTS} * bench_chance(row, 4))::int AS n,
        CASE i WHEN 0 THEN 0 ELSE 1 + (p + (i - 1) * 26) %% ({CATALOGUE} - 1) END AS content,
        to_timestamp(%(now)s / 1000.0) - make_interval(secs => 31536000 * bench_chance(row, 1)) AS began
    FROM (
        SELECT *, (t * 1000000 + p) * {PER_PERSON} + i AS row
        FROM added_people, generate_series(0, {PER_PERSON} - 1) AS i
    ) AS numbered
) AS made
JOIN bench_variants AS v USING (n);
INSERT INTO progress.sessions (
    tenant_id, user_id, started_at, content_id, session_key, last_at, watched, pages, watch_ms, wall_ms,
    content_ms, ended
)
SELECT
    tenant_id, user_id, started_at, content_id, 'bench', last_viewed_at, '{{}}', '{{}}', wall_ms, wall_ms,
    content_ms, false
FROM progress.user_progress WHERE tenant_id IN (SELECT tenant FROM added) AND started_at IS NOT NULL
"""
