-- When the last audit ended and how many findings it had, which the sink shows in its metrics. One row.
CREATE TABLE progress.audit_runs (
    only_row boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (only_row),
    ended_at timestamptz NOT NULL,
    findings bigint NOT NULL CHECK (findings >= 0)
);

COMMENT ON TABLE progress.audit_runs IS 'when `playhead audit` last ended, and what it found';

GRANT SELECT, INSERT, UPDATE ON progress.audit_runs TO playhead_writer;
