-- Every completion of every attempt, written by the sink in the transaction of the progress.
CREATE TABLE progress.completions (
    tenant_id    uuid        NOT NULL,
    user_id      uuid        NOT NULL,
    content_id   uuid        NOT NULL,
    number       int         NOT NULL CHECK (number > 0),
    completed_at timestamptz NOT NULL,
    evidence     text        NOT NULL,
    marked_by    uuid,
    PRIMARY KEY (user_id, content_id, number, tenant_id)
);
CREATE INDEX completions_time ON progress.completions (tenant_id, completed_at, user_id, content_id, number);

COMMENT ON COLUMN progress.completions.number IS '1 for the first completion of the item by the person';
COMMENT ON COLUMN progress.completions.marked_by IS 'who marked it on the person''s behalf';

-- What people did to items by hand, and what was imported: shown in the history beside sessions.
CREATE TABLE progress.acts (
    tenant_id   uuid        NOT NULL,
    user_id     uuid        NOT NULL,
    content_id  uuid        NOT NULL,
    acted_at    timestamptz NOT NULL,
    act_key     text        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('mark', 'mark_removed', 'attempt', 'expired', 'import')),
    acted_by    uuid,
    adjusted_ms bigint      NOT NULL DEFAULT 0,
    percentage  float8,
    wall_ms     bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, acted_at, content_id, act_key, tenant_id)
);

COMMENT ON COLUMN progress.acts.act_key IS 'distinguishes acts of one instant';
COMMENT ON COLUMN progress.acts.acted_by IS 'who acted on the person''s behalf; null for the person';
COMMENT ON COLUMN progress.acts.adjusted_ms IS 'how far acted_at was moved, since the client''s clock was wrong';
COMMENT ON COLUMN progress.acts.percentage IS 'of an import: the percentage that it brought; null elsewhere';
COMMENT ON COLUMN progress.acts.wall_ms IS 'of an import: the watch time that it brought';

ALTER TABLE progress.user_progress ADD COLUMN milestones text;
COMMENT ON COLUMN progress.user_progress.milestones IS
    'the digest of the row''s completions and acts; empty where it has none, null where they were never written';

-- Row-level security, as in 0001.
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['completions', 'acts'] LOOP
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

GRANT SELECT ON progress.completions, progress.acts TO playhead_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.completions, progress.acts TO playhead_writer;

-- Rows from before are derived again by the sinks, while services run. Every item with a row has a counter.
ALTER TABLE progress.content_summary NO FORCE ROW LEVEL SECURITY;
INSERT INTO progress.rederivations (tenant_id, content_id, requested_at)
SELECT DISTINCT tenant_id, content_id, clock_timestamp() FROM progress.content_summary
ON CONFLICT (tenant_id, content_id) DO NOTHING;
ALTER TABLE progress.content_summary FORCE ROW LEVEL SECURITY;
