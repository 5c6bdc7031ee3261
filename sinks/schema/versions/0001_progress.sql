-- The schema `progress` itself, the roles and alembic's own table are made before this; see run.py.

CREATE TABLE progress.user_progress (
    id                  uuid        NOT NULL DEFAULT uuidv7() PRIMARY KEY,
    tenant_id           uuid        NOT NULL,
    user_id             uuid        NOT NULL,
    content_id          uuid        NOT NULL,
    progress_type       text        NOT NULL CHECK (progress_type IN ('video', 'document', 'course')),
    progress_percentage int         NOT NULL CHECK (progress_percentage BETWEEN 0 AND 100),
    completion_count    int         NOT NULL CHECK (completion_count >= 0),
    total_sessions      int         NOT NULL CHECK (total_sessions >= 0),
    started_at          timestamptz,
    last_viewed_at      timestamptz,
    completed_at        timestamptz,
    metadata            jsonb       NOT NULL,
    status              text        NOT NULL CHECK (status IN ('not_started', 'in_progress', 'completed')),
    evidence            text        NOT NULL CHECK (evidence IN ('watched', 'reported', 'manual')),
    watched             int4multirange NOT NULL,
    duration_ms         int         CHECK (duration_ms >= 0),
    content_ms          bigint      NOT NULL CHECK (content_ms >= 0),
    wall_ms             bigint      NOT NULL CHECK (wall_ms >= 0),
    state               text        NOT NULL,
    source_partition    int         NOT NULL,
    source_offset       bigint      NOT NULL,
    updated_at          timestamptz NOT NULL DEFAULT now(),
    -- Led by the person, so that it also finds a person's items. None of its columns ever changes, nor does any
    -- other index's: an update stays within its page (HOT) and touches no index, which doubles the sink's speed.
    -- A person's items are few hundred and are sorted by last_viewed_at when read.
    UNIQUE (user_id, content_id, tenant_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

CREATE INDEX user_progress_content ON progress.user_progress (tenant_id, content_id);

COMMENT ON COLUMN progress.user_progress.watched IS 'what was credited, in ms of media';
COMMENT ON COLUMN progress.user_progress.content_ms IS 'media time played, rewatching included';
COMMENT ON COLUMN progress.user_progress.wall_ms IS 'wall-clock time spent playing';
COMMENT ON COLUMN progress.user_progress.state IS 'the encoded Progress, as received: every other column derives from it';
COMMENT ON COLUMN progress.user_progress.source_offset IS 'every heartbeat before it, in source_partition, is in the state';

CREATE TABLE progress.sessions (
    tenant_id       uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    started_at      timestamptz NOT NULL,
    content_id      uuid        NOT NULL,
    session_key     text        NOT NULL,
    last_at         timestamptz NOT NULL,
    watched         int4multirange NOT NULL,
    pages           int4multirange NOT NULL,
    watch_ms        int         NOT NULL,
    content_ms      bigint      NOT NULL,
    position_ms     int,
    scroll_position real,
    ended           boolean     NOT NULL,
    -- In this order it also serves a person's history, latest first.
    PRIMARY KEY (tenant_id, user_id, started_at, content_id, session_key)
) PARTITION BY RANGE (started_at);

COMMENT ON COLUMN progress.sessions.session_key IS 'the client''s session id, or ~ and the start in ms of a visit that no client named';
COMMENT ON COLUMN progress.sessions.watched IS 'as the client claimed, in ms of media, before any credit budget';
COMMENT ON COLUMN progress.sessions.watch_ms IS 'wall-clock time spent playing, as claimed';
COMMENT ON COLUMN progress.sessions.content_ms IS 'the length of watched';

-- For starts that no month is made for: a client's clock may be decades off. The sink warns of what lands here,
-- `playhead audit` tells of it, and a month made later takes its rows out.
CREATE TABLE progress.sessions_default PARTITION OF progress.sessions DEFAULT;

CREATE TABLE progress.user_summary (
    tenant_id         uuid   NOT NULL,
    user_id           uuid   NOT NULL,
    total_items       int    NOT NULL,
    completed_items   int    NOT NULL,
    in_progress_items int    NOT NULL,
    percentage_sum    bigint NOT NULL,
    content_ms        bigint NOT NULL,
    wall_ms           bigint NOT NULL,
    last_viewed_at    timestamptz,
    PRIMARY KEY (user_id, tenant_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE progress.dismissals (
    tenant_id    uuid        NOT NULL,
    user_id      uuid        NOT NULL,
    content_id   uuid        NOT NULL,
    dismissed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, content_id, tenant_id)
);

CREATE TABLE progress.positions (
    topic              text   NOT NULL,
    partition          int    NOT NULL,
    next_offset        bigint NOT NULL,
    source_next_offset bigint,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 10);

COMMENT ON TABLE progress.positions IS 'how far the sink has stored each partition of a states topic';
COMMENT ON COLUMN progress.positions.source_next_offset IS 'every heartbeat before it is stored; null until a checkpoint was read';

CREATE TABLE progress.ledger (
    topic         text   NOT NULL,
    partition     int    NOT NULL,
    first_offset  bigint NOT NULL,
    next_offset   bigint NOT NULL,
    applied       bigint NOT NULL,
    duplicates    bigint NOT NULL,
    dead_lettered bigint NOT NULL,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 10);

COMMENT ON TABLE progress.ledger IS
    'what became of the heartbeats [first_offset, next_offset); keyed as positions, by the states topic that told';

-- Row-level security: FORCE, so that the owner is not exempt either. An unset tenant is null, which equals nothing.
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['user_progress', 'sessions', 'sessions_default', 'user_summary', 'dismissals'] LOOP
        EXECUTE format('ALTER TABLE progress.%I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE progress.%I FORCE ROW LEVEL SECURITY', tenant_table);
        CONTINUE WHEN tenant_table = 'sessions_default';  -- reached through its parent only
        EXECUTE format('CREATE POLICY writer ON progress.%I TO playhead_writer USING (true)', tenant_table);
        EXECUTE format(
            'CREATE POLICY tenant ON progress.%I TO playhead_reader USING '
            '(tenant_id = (SELECT nullif(current_setting(''playhead.tenant'', true), '''')::uuid))',
            tenant_table
        );
    END LOOP;
END
$$;

CREATE POLICY owner ON progress.sessions_default TO CURRENT_USER USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON progress.user_progress, progress.sessions, progress.user_summary, progress.dismissals,
       progress.positions, progress.ledger
    TO playhead_writer;
GRANT SELECT ON progress.user_progress, progress.sessions, progress.user_summary TO playhead_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.dismissals TO playhead_reader;

-- The writer owns nothing, so it asks for a month: true if it was made now. Rows that wait in the default partition
-- move into it.
CREATE FUNCTION progress.make_sessions_month(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    start timestamptz := first;
    stop timestamptz := (first + interval '1 month')::date;
    name text := 'sessions_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass(format('progress.%I', name)) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- Rows may move out of it, and it makes a second caller wait. (After an advisory lock instead, the second would not
    -- yet see the table that the first made.)
    LOCK TABLE progress.sessions_default IN ACCESS EXCLUSIVE MODE;
    IF to_regclass(format('progress.%I', name)) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE progress.%I (LIKE progress.sessions INCLUDING ALL) WITH (fillfactor = 80)', name);
    EXECUTE format(
        'WITH moved AS (DELETE FROM progress.sessions_default WHERE started_at >= $1 AND started_at < $2 RETURNING *) '
        'INSERT INTO progress.%I SELECT * FROM moved',
        name
    ) USING start, stop;
    EXECUTE format('ALTER TABLE progress.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE progress.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
        'ALTER TABLE progress.sessions ATTACH PARTITION progress.%I FOR VALUES FROM (%L) TO (%L)', name, start, stop
    );
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION progress.make_sessions_month FROM PUBLIC;
GRANT EXECUTE ON FUNCTION progress.make_sessions_month TO playhead_writer;
