-- Stores the incoming sessions, and adds what they change to the counters of days and of people's days.
--
-- Also deletes the rows that they replace: a session that now began earlier, and a visit that now is part of
-- another. Both began within the row's own time, since sessions only ever grow. Each of the two has an index
-- (migration 0007), to which IS TRUE keeps the planner: the primary key leads by all sessions that the person
-- began since. A named session whose row has the same start has replaced nothing.
--
-- Sessions of a month that was archived are left out: its file has them, and they were counted. The fence of the
-- positions also guards a person's quarters of an hour and days; a day of which nothing is left is deleted.
--
-- MERGE for the reason that `store_progress.sql` has. It also returns what came in as milliseconds: timestamps are
-- converted only of what was stored before.
--
-- Watch time is counted in the quarters of an hour in which it was spent, and a person's quarter holds a quarter of an
-- hour at most, over all items: days and the person's sum take what each quarter changes by, within that.
--
-- The parts in braces are in `parts_of_sessions.sql`: a server before 18 has the same in another order. The
-- last of them is `add_to_days.sql`.
WITH stored AS (
    MERGE INTO progress.sessions AS s
    USING (
        {incoming}
    ) AS i
    {store}
    RETURNING WITH (OLD AS o)
    {stored}
),
{moved}
quarters AS (
    MERGE INTO progress.person_quarters AS p
    USING moved AS m
    ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id AND p.quarter = m.quarter
    WHEN MATCHED AND p.wall_ms + m.wall_ms = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET wall_ms = p.wall_ms + m.wall_ms
    WHEN NOT MATCHED THEN INSERT (tenant_id, user_id, quarter, wall_ms)
        VALUES (m.tenant_id, m.user_id, m.quarter, m.wall_ms)
    RETURNING WITH (OLD AS o, NEW AS n)
        m.tenant_id, m.user_id, to_timestamp(m.quarter * 900.0::float8) AS at,
        (least(coalesce(n.wall_ms, 0), 900000) - least(coalesce(o.wall_ms, 0), 900000))::int AS wall_ms
),
{changed}
{days}
