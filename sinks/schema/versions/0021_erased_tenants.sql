-- What is left of an organisation that was erased: its id, so that late heartbeats and replays bring nothing back.
CREATE TABLE progress.erased_tenants (
    tenant_id uuid NOT NULL PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE progress.erased_tenants IS 'organisations of which nothing is stored until they are readmitted';

-- Row-level security, as in 0001.
ALTER TABLE progress.erased_tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.erased_tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON progress.erased_tenants TO playhead_writer USING (true);
CREATE POLICY tenant ON progress.erased_tenants TO playhead_reader
    USING (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
GRANT SELECT, INSERT, DELETE ON progress.erased_tenants TO playhead_writer;
GRANT SELECT ON progress.erased_tenants TO playhead_reader;

-- An erased organisation leaves no directory behind.
GRANT DELETE ON progress.content_items, progress.course_parts, progress.courses, progress.teams TO playhead_writer;
