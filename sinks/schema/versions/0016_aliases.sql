-- People who were merged into others: ingest and the query API take the one for the other.
CREATE TABLE progress.aliases (
    tenant_id    uuid NOT NULL,
    from_user    uuid NOT NULL,
    into_user    uuid NOT NULL,
    merged_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    by           text NOT NULL,
    completed_at timestamptz,
    PRIMARY KEY (from_user, tenant_id),
    CHECK (from_user <> into_user)
);
CREATE INDEX aliases_into ON progress.aliases (into_user, tenant_id);

COMMENT ON COLUMN progress.aliases.merged_at IS 'from when on what from_user sends is into_user''s';
COMMENT ON COLUMN progress.aliases.by IS 'the operator, as in audit_events.origin';
COMMENT ON COLUMN progress.aliases.completed_at IS
    'when everything of from_user had moved; null while it has not, and `playhead merge people` is to be run again';

ALTER TABLE progress.aliases ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.aliases FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON progress.aliases TO playhead_writer USING (true);
-- Services keep the whole map: who a request is of must be known before anything is asked of PostgreSQL, and while it
-- is away. It holds ids and times, and no request is answered with a row of it.
CREATE POLICY map ON progress.aliases FOR SELECT TO playhead_reader USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.aliases TO playhead_writer;
GRANT SELECT ON progress.aliases TO playhead_reader;

-- What a merge moves in the directory.
GRANT INSERT ON progress.people, progress.team_members, progress.assignments TO playhead_writer;
GRANT UPDATE ON progress.team_members TO playhead_writer;
