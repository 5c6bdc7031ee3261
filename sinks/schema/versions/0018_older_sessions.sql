-- All but the youngest sessions of a person's item, which the stream processor reads when a heartbeat touches them.
-- Most items have none.
CREATE TABLE progress.older_sessions (
    tenant_id        uuid   NOT NULL,
    user_id          uuid   NOT NULL,
    content_id       uuid   NOT NULL,
    state            text   NOT NULL,
    source_partition int    NOT NULL,
    source_offset    bigint NOT NULL,
    PRIMARY KEY (user_id, content_id, tenant_id)
);
COMMENT ON TABLE progress.older_sessions IS 'encoded progress, as in user_progress.state, whose sums include it';

ALTER TABLE progress.older_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.older_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON progress.older_sessions TO playhead_writer USING (true);
CREATE POLICY tenant ON progress.older_sessions TO playhead_reader
    USING (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.older_sessions TO playhead_writer;
GRANT SELECT ON progress.older_sessions TO playhead_reader;
