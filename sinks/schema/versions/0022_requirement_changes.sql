-- Without it, each chunk of the sink's work sorts all changes of the organisation. The table holds only what waits, so
-- the index is made within moments.
CREATE INDEX requirement_changes_oldest ON progress.requirement_changes (tenant_id, id);
