-- What items are counted by: of whom they are required, and former people apart.

ALTER TABLE progress.user_progress ADD COLUMN former boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN progress.user_progress.former IS 'there is a row in progress.former_people';

ALTER TABLE progress.content_summary
    ADD COLUMN assigned              bigint NOT NULL DEFAULT 0,
    ADD COLUMN required_started      bigint NOT NULL DEFAULT 0,
    ADD COLUMN required_completed    bigint NOT NULL DEFAULT 0,
    ADD COLUMN former_started        bigint NOT NULL DEFAULT 0,
    ADD COLUMN former_completed      bigint NOT NULL DEFAULT 0,
    ADD COLUMN former_percentage_sum bigint NOT NULL DEFAULT 0,
    ADD COLUMN former_coverage_sum   bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN progress.content_summary.assigned IS 'rows of progress.requirements';
COMMENT ON COLUMN progress.content_summary.required_started IS
    'rows of user_progress with the flag required that are begun; required_completed are the completed ones of them';
COMMENT ON COLUMN progress.content_summary.former_started IS
    'rows with the flag former that are begun, which started counts too; the columns former_… are of these';

-- Under the shard -3, which every transaction changes under the exclusive lock of its tenant's requirements.
CREATE FUNCTION progress.count_assigned() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO progress.content_summary AS c (
        tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms, assigned
    )
    SELECT
        tenant_id, content_id, -3, 0, 0, 0, 0, 0, 0, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
    FROM changed
    GROUP BY tenant_id, content_id
    ORDER BY tenant_id, content_id
    ON CONFLICT (tenant_id, content_id, shard) DO UPDATE SET assigned = c.assigned + excluded.assigned;
    RETURN NULL;
END
$$;

CREATE TRIGGER requirements_added AFTER INSERT ON progress.requirements REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.count_assigned();
CREATE TRIGGER requirements_removed AFTER DELETE ON progress.requirements REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.count_assigned();

GRANT UPDATE (former) ON progress.user_progress TO playhead_reader;
GRANT
    INSERT,
    UPDATE (
        assigned, required_started, required_completed,
        former_started, former_completed, former_percentage_sum, former_coverage_sum
    )
    ON progress.content_summary TO playhead_reader;

-- Requirements of before, where the migration before this one ran alone; people who left wait for the sink's
-- background work, as everyone of before does.
ALTER TABLE progress.requirements NO FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.user_progress NO FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.content_summary NO FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.former_people NO FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.requirement_changes NO FORCE ROW LEVEL SECURITY;
INSERT INTO progress.content_summary AS c (
    tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms,
    assigned, required_started, required_completed
)
SELECT
    q.tenant_id, q.content_id, -3, 0, 0, 0, 0, 0, 0,
    count(*), count(*) FILTER (WHERE p.required AND p.status <> 'not_started'),
    count(*) FILTER (WHERE p.required AND p.status = 'completed')
FROM progress.requirements AS q
LEFT JOIN progress.user_progress AS p
    ON p.user_id = q.user_id AND p.content_id = q.content_id AND p.tenant_id = q.tenant_id
GROUP BY q.tenant_id, q.content_id;
INSERT INTO progress.requirement_changes (tenant_id, user_id) SELECT tenant_id, user_id FROM progress.former_people;
ALTER TABLE progress.requirement_changes FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.former_people FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.content_summary FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.user_progress FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.requirements FORCE ROW LEVEL SECURITY;
