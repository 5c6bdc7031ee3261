-- Privileged acts. Ids alone: a name belongs to the directory, from which an erasure removes it.
CREATE TABLE progress.audit_events (
    tenant_id  uuid        NOT NULL,
    at         timestamptz NOT NULL,
    event_id   uuid        NOT NULL,
    actor_id   uuid,
    act        text        NOT NULL,
    subject_id uuid,
    target     text        NOT NULL,
    outcome    text        NOT NULL,
    reason     text        NOT NULL,
    count      int         NOT NULL CHECK (count > 0),
    rows       bigint,
    request_id text        NOT NULL,
    origin     text        NOT NULL,
    PRIMARY KEY (tenant_id, at, event_id)
);

COMMENT ON COLUMN progress.audit_events.actor_id IS 'null for a command of an operator; origin then says whose';
COMMENT ON COLUMN progress.audit_events.target IS 'the route of the request, or the name of the command';
COMMENT ON COLUMN progress.audit_events.count IS 'acts that are alike within a minute are one event';

CREATE INDEX audit_events_at ON progress.audit_events (at);  -- of every tenant, for the retention

ALTER TABLE progress.audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.audit_events FORCE ROW LEVEL SECURITY;

-- The reader's role appends and reads. No role that a service connects as can change an event, and none can delete one
-- before it is 30 days old.
CREATE POLICY tenant_reads ON progress.audit_events FOR SELECT TO playhead_reader
    USING (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
CREATE POLICY tenant_appends ON progress.audit_events FOR INSERT TO playhead_reader
    WITH CHECK (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
CREATE POLICY writer_reads ON progress.audit_events FOR SELECT TO playhead_writer USING (true);
CREATE POLICY writer_appends ON progress.audit_events FOR INSERT TO playhead_writer WITH CHECK (true);
CREATE POLICY writer_expires ON progress.audit_events FOR DELETE TO playhead_writer
    USING (at < now() - interval '30 days');
GRANT SELECT, INSERT ON progress.audit_events TO playhead_reader;
GRANT SELECT, INSERT, DELETE ON progress.audit_events TO playhead_writer;
