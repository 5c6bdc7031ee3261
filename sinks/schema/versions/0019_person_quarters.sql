-- The watch time of people by quarter of an hour, from which days follow in any time zone.
CREATE TABLE progress.person_quarters (
    tenant_id uuid   NOT NULL,
    user_id   uuid   NOT NULL,
    quarter   int    NOT NULL,
    wall_ms   bigint NOT NULL,
    PRIMARY KEY (tenant_id, user_id, quarter)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
-- Months that are archived are deleted from it; rows are written in the order of time, nearly.
CREATE INDEX person_quarters_quarter ON progress.person_quarters USING brin (quarter);

COMMENT ON COLUMN progress.person_quarters.quarter IS 'quarters of an hour since 1970';
COMMENT ON COLUMN progress.person_quarters.wall_ms IS
    'the sum over sessions, of those of one item as far as the clock allows it; figures count 900,000 at most';

ALTER TABLE progress.person_quarters ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.person_quarters FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON progress.person_quarters TO playhead_writer USING (true);
CREATE POLICY tenant ON progress.person_quarters TO playhead_reader
    USING (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.person_quarters TO playhead_writer;
GRANT SELECT ON progress.person_quarters TO playhead_reader;

ALTER TABLE progress.sessions ADD COLUMN quarters int[];
COMMENT ON COLUMN progress.sessions.quarters IS
    'the first quarter of an hour since 1970, then the ms of watch time counted in it and in each that follows; '
    'null where wall_ms is spread evenly over the session';

ALTER TABLE progress.user_summary ADD COLUMN archived_wall_ms bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN progress.user_summary.wall_ms IS
    'the sum of the person''s quarters of an hour, each within a quarter of an hour, and of archived months';
COMMENT ON COLUMN progress.user_summary.archived_wall_ms IS 'the part of wall_ms whose quarters were archived';

-- The quarters of an hour of a session. As `playhead.progress.figures.watch_time` spreads the watch time of a session.
CREATE FUNCTION progress.quarters_of(started_at timestamptz, last_at timestamptz, whole_ms int, quarters int[])
RETURNS TABLE (quarter int, wall_ms bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT
        q,
        CASE
            WHEN quarters_of.quarters IS NOT NULL THEN quarters_of.quarters[q - first + 2]::bigint
            WHEN ends = begins THEN quarters_of.whole_ms::bigint
            ELSE quarters_of.whole_ms * (least(ends, (q + 1) * 900000::bigint) - begins) / (ends - begins)
                - quarters_of.whole_ms * (greatest(begins, q * 900000::bigint) - begins) / (ends - begins)
        END
    FROM (
        SELECT
            e AS ends,
            greatest(  -- no session is longer without quarters of its own: 60 days, of a row that is wrong
                least((extract(epoch FROM quarters_of.started_at) * 1000)::bigint, e - quarters_of.whole_ms),
                e - 5184000000
            ) AS begins
        FROM (SELECT (extract(epoch FROM quarters_of.last_at) * 1000)::bigint AS e) AS ended
    ) AS opened
    CROSS JOIN LATERAL (
        SELECT
            coalesce(quarters_of.quarters[1], (begins / 900000)::int) AS first,
            coalesce(
                quarters_of.quarters[1] + cardinality(quarters_of.quarters) - 2,
                (greatest(begins, ends - 1) / 900000)::int
            ) AS last
    ) AS bounds
    CROSS JOIN LATERAL generate_series(first, last) AS q
    WHERE quarters_of.whole_ms <> 0;
END;

-- People are counted again from their sessions, by the sinks and while services run: from zone to the same zone.
ALTER TABLE progress.day_zones ADD COLUMN recount boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN progress.day_zones.recount IS
    'whether people are counted again from their sessions once all of them are in next_zone';
ALTER TABLE progress.user_summary NO FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.day_zones NO FORCE ROW LEVEL SECURITY;
INSERT INTO progress.day_zones AS z (tenant_id, zone, next_zone, next_to)
SELECT tenant_id, 'UTC', 'UTC', '00000000-0000-0000-0000-000000000000'
FROM (SELECT DISTINCT tenant_id FROM progress.user_summary) AS s
ON CONFLICT (tenant_id) DO UPDATE SET
    next_zone = coalesce(z.next_zone, z.zone),
    next_to = coalesce(z.next_to, '00000000-0000-0000-0000-000000000000'),
    recount = z.next_zone IS NOT NULL;
ALTER TABLE progress.day_zones FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.user_summary FORCE ROW LEVEL SECURITY;
