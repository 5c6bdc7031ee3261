-- The directory: what administrators tell of items, people, teams and what is required of whom.

CREATE TABLE progress.content_items (
    tenant_id     uuid    NOT NULL,
    content_id    uuid    NOT NULL,
    title         text    NOT NULL CHECK (title <> ''),
    type          text    NOT NULL CHECK (type IN ('video', 'document', 'course')),
    duration_ms   int     CHECK (duration_ms > 0),
    thumbnail_url text,
    threshold     numeric(4, 3) CHECK (threshold > 0 AND threshold <= 1),
    evidence      text    CHECK (evidence IN ('any', 'watched')),
    archived      boolean NOT NULL DEFAULT false,
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, content_id)
);
-- The services that cache the catalogue ask for what changed since they last asked.
CREATE INDEX content_items_updated ON progress.content_items (updated_at);
CREATE INDEX content_items_title ON progress.content_items (tenant_id, title, content_id);

COMMENT ON COLUMN progress.content_items.duration_ms IS 'overrules what players claim; null where it is not known';
COMMENT ON COLUMN progress.content_items.threshold IS 'the share that completes it; null for the installation''s own';
COMMENT ON COLUMN progress.content_items.evidence IS 'what counts as evidence; null for the installation''s own';

CREATE TABLE progress.people (
    tenant_id    uuid NOT NULL,
    user_id      uuid NOT NULL,
    display_name text NOT NULL CHECK (display_name <> ''),
    email        text,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX people_name ON progress.people (tenant_id, display_name, user_id);

CREATE TABLE progress.teams (
    tenant_id  uuid NOT NULL,
    team_id    uuid NOT NULL,
    name       text NOT NULL CHECK (name <> ''),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, team_id)
);
CREATE INDEX teams_name ON progress.teams (tenant_id, name, team_id);

CREATE TABLE progress.team_members (
    tenant_id uuid NOT NULL,
    team_id   uuid NOT NULL,
    user_id   uuid NOT NULL,
    role      text NOT NULL CHECK (role IN ('member', 'manager')),
    PRIMARY KEY (tenant_id, team_id, user_id),
    FOREIGN KEY (tenant_id, team_id) REFERENCES progress.teams ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES progress.people ON DELETE CASCADE
);
CREATE INDEX team_members_user ON progress.team_members (tenant_id, user_id, role);

COMMENT ON COLUMN progress.team_members.role IS
    'a manager may see the team''s members, and is one of those shown only where also a member of another team';

CREATE TABLE progress.assignments (
    tenant_id  uuid NOT NULL,
    content_id uuid NOT NULL,
    target     text NOT NULL CHECK (target IN ('person', 'team', 'everyone')),
    target_id  uuid NOT NULL,
    due_at     timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, target, target_id, content_id),
    FOREIGN KEY (tenant_id, content_id) REFERENCES progress.content_items ON DELETE CASCADE,
    CHECK (target <> 'everyone' OR target_id = tenant_id)
);
CREATE INDEX assignments_content ON progress.assignments (tenant_id, content_id);

COMMENT ON COLUMN progress.assignments.target_id IS 'the person or the team; for everyone, the tenant itself';

-- What a row of user_progress amounts to, in the numbers that reports count.

ALTER TABLE progress.user_progress
    ADD COLUMN coverage int NOT NULL DEFAULT 0 CHECK (coverage BETWEEN 0 AND 1000),
    ADD COLUMN attained int NOT NULL DEFAULT 0 CHECK (attained BETWEEN 0 AND 1000),
    ADD COLUMN slices   int NOT NULL DEFAULT 0 CHECK (slices >= 0 AND slices < 1 << 20),
    ADD COLUMN override text DEFAULT '',
    ADD COLUMN took_ms  bigint GENERATED ALWAYS AS (
        -- Not greatest(0, …), which takes a null for the less of the two.
        CASE WHEN completed_at < started_at THEN 0 ELSE (extract(epoch FROM completed_at - started_at) * 1000)::bigint END
    ) STORED;

-- So that rows which are there already differ from any catalogue, and are derived anew: see the end.
ALTER TABLE progress.user_progress ALTER COLUMN override DROP DEFAULT;

COMMENT ON COLUMN progress.user_progress.coverage IS 'thousandths of the item that were played or read, each once';
COMMENT ON COLUMN progress.user_progress.attained IS
    'thousandths that count towards completion, by whatever evidence the policy believes; 1000 where marked by hand';
COMMENT ON COLUMN progress.user_progress.slices IS 'bit k: something of the k-th twentieth of the item was watched';
COMMENT ON COLUMN progress.user_progress.override IS
    'the catalogue''s part of the policy that the row was derived under, as JSON; null where there was none';
COMMENT ON COLUMN progress.user_progress.took_ms IS 'from the first start to the completion; null while not completed';

-- Changes of neither column are frequent, so updates stay within their page (HOT) all the same.
CREATE INDEX user_progress_took ON progress.user_progress (tenant_id, content_id, took_ms) WHERE took_ms IS NOT NULL;
-- For the sums over a tenant's people; neither column changes.
CREATE INDEX user_summary_tenant ON progress.user_summary (tenant_id, user_id);

ALTER TABLE progress.sessions ADD COLUMN wall_ms int NOT NULL DEFAULT 0;
COMMENT ON COLUMN progress.sessions.wall_ms IS 'wall-clock time spent playing, as far as the clock allows it';

-- Counters, kept by the sink from old and new rows. A shard is a partition of the batch that a change came in, so that
-- no two sinks ever wait for one another; only sums over the shards mean anything, and a shard's own number may be
-- negative. What is derived anew counts under -2, what is erased under -1.

CREATE TABLE progress.content_summary (
    tenant_id      uuid   NOT NULL,
    content_id     uuid   NOT NULL,
    shard          int    NOT NULL,
    people         bigint NOT NULL,
    started        bigint NOT NULL,
    completed      bigint NOT NULL,
    percentage_sum bigint NOT NULL,
    coverage_sum   bigint NOT NULL,
    wall_ms        bigint NOT NULL,
    PRIMARY KEY (tenant_id, content_id, shard)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

COMMENT ON COLUMN progress.content_summary.people IS 'rows of the item, those not started included';
COMMENT ON COLUMN progress.content_summary.started IS 'rows that are in progress or completed';

CREATE TABLE progress.content_slices (
    tenant_id  uuid     NOT NULL,
    content_id uuid     NOT NULL,
    slice      smallint NOT NULL CHECK (slice BETWEEN 0 AND 19),
    shard      int      NOT NULL,
    viewers    bigint   NOT NULL,
    PRIMARY KEY (tenant_id, content_id, slice, shard)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

COMMENT ON TABLE progress.content_slices IS 'how many watched something of each twentieth of an item';

CREATE TABLE progress.content_times (
    tenant_id   uuid     NOT NULL,
    content_id  uuid     NOT NULL,
    bucket      smallint NOT NULL,
    shard       int      NOT NULL,
    completions bigint   NOT NULL,
    PRIMARY KEY (tenant_id, content_id, bucket, shard)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

COMMENT ON TABLE progress.content_times IS
    'how many completed an item within a time: took_bounds()[bucket] <= took_ms < took_bounds()[bucket + 1]';

-- In eighths of an octave, from a second to eleven years. The buckets lead to the median's neighbourhood, whatever
-- the number of rows; the median itself is read there from the index by took_ms.
CREATE FUNCTION progress.took_bounds() RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg(round(1000 * power(2.0::float8, n / 8.0))::bigint ORDER BY n) FROM generate_series(0, 227) AS n);

CREATE FUNCTION progress.took_bucket(took_ms bigint) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN width_bucket(took_ms, progress.took_bounds())::smallint;

CREATE TABLE progress.person_days (
    tenant_id uuid   NOT NULL,
    day       date   NOT NULL,
    user_id   uuid   NOT NULL,
    sessions  int    NOT NULL,
    wall_ms   bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, user_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

COMMENT ON TABLE progress.person_days IS 'who began sessions on which day (UTC), from which a day''s people are counted';

CREATE TABLE progress.daily_activity (
    tenant_id uuid   NOT NULL,
    day       date   NOT NULL,
    shard     int    NOT NULL,
    people    bigint NOT NULL,
    sessions  bigint NOT NULL,
    wall_ms   bigint NOT NULL,
    started   bigint NOT NULL,
    completed bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, shard)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

COMMENT ON COLUMN progress.daily_activity.people IS 'who began a session on the day (UTC)';
COMMENT ON COLUMN progress.daily_activity.started IS 'items begun for the first time, by the day of user_progress.started_at';
COMMENT ON COLUMN progress.daily_activity.completed IS 'items completed, by the day of user_progress.completed_at';

-- Items whose rows the sink is to derive anew, as the catalogue's part of their policy changed.

CREATE TABLE progress.rederivations (
    tenant_id    uuid NOT NULL,
    content_id   uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, content_id)
);

CREATE FUNCTION progress.request_rederivation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO progress.rederivations (tenant_id, content_id, requested_at)
    VALUES (NEW.tenant_id, NEW.content_id, clock_timestamp())
    ON CONFLICT (tenant_id, content_id) DO UPDATE SET requested_at = excluded.requested_at;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION progress.request_rederivation FROM PUBLIC;

CREATE TRIGGER content_items_added AFTER INSERT ON progress.content_items FOR EACH ROW
    WHEN (NEW.duration_ms IS NOT NULL OR NEW.threshold IS NOT NULL OR NEW.evidence IS NOT NULL)
    EXECUTE FUNCTION progress.request_rederivation();
CREATE TRIGGER content_items_changed AFTER UPDATE ON progress.content_items FOR EACH ROW
    WHEN ((OLD.duration_ms, OLD.threshold, OLD.evidence) IS DISTINCT FROM (NEW.duration_ms, NEW.threshold, NEW.evidence))
    EXECUTE FUNCTION progress.request_rederivation();

-- What was stored before: the counters of the rows as they are, and every item to be derived anew. An owner that is
-- no superuser would see nothing of it under FORCE.

ALTER TABLE progress.user_progress NO FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.sessions NO FORCE ROW LEVEL SECURITY;
UPDATE progress.sessions
SET wall_ms = least(watch_ms, (extract(epoch FROM last_at - started_at) * 1000)::bigint + 20000);
INSERT INTO progress.content_summary
SELECT
    tenant_id, content_id, 0, count(*), count(*) FILTER (WHERE status <> 'not_started'),
    count(*) FILTER (WHERE status = 'completed'), sum(progress_percentage), sum(coverage), sum(wall_ms)
FROM progress.user_progress GROUP BY tenant_id, content_id;
INSERT INTO progress.content_times
SELECT tenant_id, content_id, progress.took_bucket(took_ms), 0, count(*)
FROM progress.user_progress WHERE took_ms IS NOT NULL GROUP BY tenant_id, content_id, progress.took_bucket(took_ms);
INSERT INTO progress.person_days
SELECT tenant_id, (started_at AT TIME ZONE 'UTC')::date, user_id, count(*), sum(wall_ms)
FROM progress.sessions GROUP BY tenant_id, (started_at AT TIME ZONE 'UTC')::date, user_id;
INSERT INTO progress.daily_activity
SELECT tenant_id, day, 0, sum(people), sum(sessions), sum(wall_ms), sum(started), sum(completed)
FROM (
    SELECT tenant_id, day, 1 AS people, sessions, wall_ms, 0 AS started, 0 AS completed FROM progress.person_days
    UNION ALL
    SELECT tenant_id, (started_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 1, 0
    FROM progress.user_progress WHERE started_at IS NOT NULL
    UNION ALL
    SELECT tenant_id, (completed_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 1
    FROM progress.user_progress WHERE completed_at IS NOT NULL
) AS counted
GROUP BY tenant_id, day;
INSERT INTO progress.rederivations SELECT DISTINCT tenant_id, content_id, now() FROM progress.user_progress;
ALTER TABLE progress.user_progress FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.sessions FORCE ROW LEVEL SECURITY;

-- Row-level security, as in 0001.
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'content_items', 'people', 'teams', 'team_members', 'assignments',
        'content_summary', 'content_slices', 'content_times', 'person_days', 'daily_activity'
    ] LOOP
        EXECUTE format('ALTER TABLE progress.%I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE progress.%I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY writer ON progress.%I TO playhead_writer USING (true)', tenant_table);
        EXECUTE format(
            'CREATE POLICY tenant ON progress.%I TO playhead_reader USING '
            '(tenant_id = (SELECT nullif(current_setting(''playhead.tenant'', true), '''')::uuid))',
            tenant_table
        );
    END LOOP;
END
$$;

ALTER TABLE progress.rederivations ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.rederivations FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON progress.rederivations TO CURRENT_USER USING (true);  -- whom the trigger writes as
CREATE POLICY writer ON progress.rederivations TO playhead_writer USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON progress.content_summary, progress.content_slices, progress.content_times, progress.person_days,
       progress.daily_activity, progress.rederivations
    TO playhead_writer;
GRANT SELECT ON progress.content_items, progress.teams TO playhead_writer;
GRANT SELECT, DELETE ON progress.people, progress.team_members, progress.assignments TO playhead_writer;
GRANT SELECT
    ON progress.content_summary, progress.content_slices, progress.content_times, progress.person_days,
       progress.daily_activity
    TO playhead_reader;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON progress.content_items, progress.people, progress.teams, progress.team_members, progress.assignments
    TO playhead_reader;
