-- Keys of servers. Of a secret, 256 random bits, only the SHA-256 is here: none can be guessed from it.
CREATE TABLE progress.api_keys (
    tenant_id     uuid        NOT NULL,
    key_id        text        NOT NULL CHECK (key_id ~ '^pk_[A-Za-z0-9_-]{32}$'),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    scopes        text[]      NOT NULL CHECK (cardinality(scopes) > 0),
    secret_sha256 bytea       NOT NULL CHECK (length(secret_sha256) = 32),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by    uuid,
    last_used_at  timestamptz,
    revoked_at    timestamptz,
    PRIMARY KEY (tenant_id, key_id)
);

COMMENT ON COLUMN progress.api_keys.key_id IS 'contains the tenant: a key is looked up within its tenant alone';
COMMENT ON COLUMN progress.api_keys.created_by IS 'null for a command of an operator';
COMMENT ON COLUMN progress.api_keys.last_used_at IS 'to about a minute';

ALTER TABLE progress.api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON progress.api_keys TO playhead_writer USING (true);
CREATE POLICY tenant ON progress.api_keys TO playhead_reader
    USING (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
-- No role of a service can change the secret or the scopes of a key.
GRANT SELECT, INSERT, UPDATE (last_used_at, revoked_at) ON progress.api_keys TO playhead_reader;
GRANT SELECT, INSERT, UPDATE (revoked_at), DELETE ON progress.api_keys TO playhead_writer;
