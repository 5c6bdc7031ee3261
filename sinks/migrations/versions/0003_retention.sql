-- What is left of a person who was erased: the ids alone, so that late heartbeats and replays bring nothing back.
CREATE TABLE progress.erased_people (
    tenant_id uuid NOT NULL,
    user_id   uuid NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, tenant_id)
);

ALTER TABLE progress.erased_people ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.erased_people FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON progress.erased_people TO playhead_writer USING (true);
CREATE POLICY tenant ON progress.erased_people TO playhead_reader
    USING (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.erased_people TO playhead_writer;
GRANT SELECT ON progress.erased_people TO playhead_reader;

-- Months of sessions that were written to files.
CREATE TABLE progress.archives (
    month       date   NOT NULL PRIMARY KEY CHECK (extract(day FROM month) = 1),
    path        text   NOT NULL,
    rows        bigint NOT NULL,
    bytes       bigint NOT NULL,
    sha256      text   NOT NULL,
    archived_at timestamptz NOT NULL DEFAULT now(),
    dropped_at  timestamptz
);

COMMENT ON COLUMN progress.archives.dropped_at IS 'when its rows left the database; null where only the file was written';
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.archives TO playhead_writer;
