-- What is required of each present person now, kept by directory writes and by the sink's background work.
CREATE TABLE progress.requirements (
    tenant_id      uuid        NOT NULL,
    user_id        uuid        NOT NULL,
    content_id     uuid        NOT NULL,
    required_since timestamptz NOT NULL,
    due_at         timestamptz,
    due_after_days int         CHECK (due_after_days > 0),
    PRIMARY KEY (user_id, content_id, tenant_id)
);
CREATE INDEX requirements_content ON progress.requirements (tenant_id, content_id);

COMMENT ON TABLE progress.requirements IS 'items that are not archived, of people who are not former';
COMMENT ON COLUMN progress.requirements.required_since IS
    'kept while the requirement lasts, whatever assignment it comes from; a requirement that returns begins again';
COMMENT ON COLUMN progress.requirements.due_at IS
    'of the person''s own assignment, else of their teams'', else of everyone''s: the earliest of equals';
COMMENT ON COLUMN progress.requirements.due_after_days IS
    'counted from required_since, or from a later attempt; where due_at is set too, the earlier of the two holds';

CREATE TABLE progress.former_people (
    tenant_id uuid NOT NULL,
    user_id   uuid NOT NULL,
    left_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, tenant_id)
);
CREATE INDEX former_people_tenant ON progress.former_people (tenant_id);

COMMENT ON TABLE progress.former_people IS 'people who were in the directory and left it';

-- People whose requirements and counters have to be computed again. Rows may repeat, so that no writer waits for
-- another one.
CREATE TABLE progress.requirement_changes (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id    uuid NOT NULL,
    user_id      uuid NOT NULL,
    changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction  xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at_migration boolean NOT NULL DEFAULT false
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX requirement_changes_person ON progress.requirement_changes (tenant_id, user_id);

COMMENT ON COLUMN progress.requirement_changes.transaction IS
    'by which a small directory write finds its own changes, to apply them before it commits';
COMMENT ON COLUMN progress.requirement_changes.at_migration IS
    'requirements that are new begin with the date of their assignment';

ALTER TABLE progress.assignments
    ADD COLUMN due_after_days int CHECK (due_after_days > 0),
    ADD CONSTRAINT assignments_one_date CHECK (due_at IS NULL OR due_after_days IS NULL);

-- Null for the members of before.
ALTER TABLE progress.team_members ADD COLUMN joined_at timestamptz;
ALTER TABLE progress.team_members ALTER COLUMN joined_at SET DEFAULT now();

-- The flags spare the sink a lookup for each state: only a new row looks up its own.
ALTER TABLE progress.user_progress
    ADD COLUMN required boolean NOT NULL DEFAULT false,
    ADD COLUMN archived boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN progress.user_progress.required IS 'there is a row in progress.requirements';
COMMENT ON COLUMN progress.user_progress.archived IS 'as in progress.content_items';

ALTER TABLE progress.user_summary
    ADD COLUMN former                  boolean NOT NULL DEFAULT false,
    ADD COLUMN required_since          timestamptz,
    ADD COLUMN required_items          int     NOT NULL DEFAULT 0,
    ADD COLUMN required_completed      int     NOT NULL DEFAULT 0,
    ADD COLUMN required_in_progress    int     NOT NULL DEFAULT 0,
    ADD COLUMN required_percentage_sum bigint  NOT NULL DEFAULT 0,
    ADD COLUMN optional_completed      int     NOT NULL DEFAULT 0,
    ADD COLUMN optional_in_progress    int     NOT NULL DEFAULT 0,
    ADD COLUMN optional_percentage_sum bigint  NOT NULL DEFAULT 0;

-- The curriculum: what is required; where nothing is, what was opened and is not archived.
ALTER TABLE progress.user_summary
    ADD COLUMN curriculum_items int GENERATED ALWAYS AS (
        CASE WHEN required_items > 0 THEN required_items ELSE optional_completed + optional_in_progress END
    ) VIRTUAL,
    ADD COLUMN curriculum_completed int GENERATED ALWAYS AS (
        CASE WHEN required_items > 0 THEN required_completed ELSE optional_completed END
    ) VIRTUAL,
    ADD COLUMN curriculum_in_progress int GENERATED ALWAYS AS (
        CASE WHEN required_items > 0 THEN required_in_progress ELSE optional_in_progress END
    ) VIRTUAL,
    ADD COLUMN progress float8 GENERATED ALWAYS AS (
        CASE
            WHEN required_items > 0 THEN required_percentage_sum::float8 / required_items
            WHEN optional_completed + optional_in_progress > 0
            THEN optional_percentage_sum::float8 / (optional_completed + optional_in_progress)
        END
    ) VIRTUAL;

COMMENT ON COLUMN progress.user_summary.required_since IS 'the earliest of the present requirements';
COMMENT ON COLUMN progress.user_summary.required_items IS
    'items required now; the other columns required_… count those of them that have a row in user_progress';
COMMENT ON COLUMN progress.user_summary.optional_completed IS 'neither required nor archived';
COMMENT ON COLUMN progress.user_summary.progress IS
    'mean of progress_percentage over the curriculum, null without one; curriculum_… count the same items';

-- Triggers of the directory's tables note whose requirements change, whichever role or command writes.

CREATE FUNCTION progress.note_people() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        DELETE FROM progress.former_people AS f USING changed AS c
        WHERE f.user_id = c.user_id AND f.tenant_id = c.tenant_id;
    ELSE
        INSERT INTO progress.former_people (tenant_id, user_id)
        SELECT c.tenant_id, c.user_id FROM changed AS c
        WHERE NOT EXISTS (
            SELECT FROM progress.erased_people AS e WHERE e.user_id = c.user_id AND e.tenant_id = c.tenant_id
        )
        ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO progress.requirement_changes (tenant_id, user_id) SELECT tenant_id, user_id FROM changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION progress.note_members() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO progress.requirement_changes (tenant_id, user_id) SELECT DISTINCT tenant_id, user_id FROM changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION progress.note_assignments() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO progress.requirement_changes (tenant_id, user_id)
    SELECT tenant_id, target_id FROM changed WHERE target = 'person'
    UNION
    SELECT m.tenant_id, m.user_id
    FROM changed AS c JOIN progress.team_members AS m ON m.tenant_id = c.tenant_id AND m.team_id = c.target_id
    WHERE c.target = 'team'
    UNION
    SELECT p.tenant_id, p.user_id
    FROM (SELECT DISTINCT tenant_id FROM changed WHERE target = 'everyone') AS c
    CROSS JOIN LATERAL (
        SELECT tenant_id, user_id FROM progress.people WHERE tenant_id = c.tenant_id
        UNION
        SELECT tenant_id, user_id FROM progress.user_summary WHERE tenant_id = c.tenant_id AND NOT former
    ) AS p;
    RETURN NULL;
END
$$;

CREATE FUNCTION progress.note_archived() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO progress.requirement_changes (tenant_id, user_id)
    SELECT NEW.tenant_id, user_id FROM progress.user_progress
    WHERE tenant_id = NEW.tenant_id AND content_id = NEW.content_id
    UNION
    SELECT NEW.tenant_id, user_id FROM progress.requirements
    WHERE tenant_id = NEW.tenant_id AND content_id = NEW.content_id
    UNION
    SELECT NEW.tenant_id, p.user_id
    FROM progress.assignments AS a
    CROSS JOIN LATERAL (
        SELECT a.target_id AS user_id WHERE a.target = 'person'
        UNION ALL
        SELECT m.user_id FROM progress.team_members AS m
        WHERE a.target = 'team' AND m.tenant_id = a.tenant_id AND m.team_id = a.target_id
        UNION ALL
        SELECT e.user_id FROM progress.people AS e WHERE a.target = 'everyone' AND e.tenant_id = a.tenant_id
        UNION ALL
        SELECT s.user_id FROM progress.user_summary AS s
        WHERE a.target = 'everyone' AND s.tenant_id = a.tenant_id AND NOT s.former
    ) AS p
    WHERE NOT NEW.archived AND a.tenant_id = NEW.tenant_id AND a.content_id = NEW.content_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER people_added AFTER INSERT ON progress.people REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.note_people();
CREATE TRIGGER people_removed AFTER DELETE ON progress.people REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.note_people();
CREATE TRIGGER members_added AFTER INSERT ON progress.team_members REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.note_members();
CREATE TRIGGER members_changed AFTER UPDATE ON progress.team_members REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.note_members();
CREATE TRIGGER members_removed AFTER DELETE ON progress.team_members REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.note_members();
CREATE TRIGGER assignments_added AFTER INSERT ON progress.assignments REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.note_assignments();
CREATE TRIGGER assignments_changed AFTER UPDATE ON progress.assignments REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.note_assignments();
CREATE TRIGGER assignments_removed AFTER DELETE ON progress.assignments REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION progress.note_assignments();
CREATE TRIGGER content_items_added_archived AFTER INSERT ON progress.content_items FOR EACH ROW
    WHEN (NEW.archived) EXECUTE FUNCTION progress.note_archived();
CREATE TRIGGER content_items_archived AFTER UPDATE ON progress.content_items FOR EACH ROW
    WHEN (OLD.archived IS DISTINCT FROM NEW.archived) EXECUTE FUNCTION progress.note_archived();

-- Row-level security, as in 0001.
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['requirements', 'former_people', 'requirement_changes'] LOOP
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

GRANT SELECT, INSERT, UPDATE, DELETE
    ON progress.requirements, progress.former_people, progress.requirement_changes
    TO playhead_writer, playhead_reader;
-- Of progress itself the reader's role changes only what follows from the directory.
GRANT UPDATE (required, archived) ON progress.user_progress TO playhead_reader;
GRANT INSERT (
    tenant_id, user_id, total_items, completed_items, in_progress_items, percentage_sum, content_ms, wall_ms
) ON progress.user_summary TO playhead_reader;
GRANT
    INSERT (
        former, required_since, required_items, required_completed, required_in_progress, required_percentage_sum,
        optional_completed, optional_in_progress, optional_percentage_sum
    ),
    UPDATE (
        former, required_since, required_items, required_completed, required_in_progress, required_percentage_sum,
        optional_completed, optional_in_progress, optional_percentage_sum
    )
    ON progress.user_summary TO playhead_reader;

-- Everyone of before waits for the sink's background work. An owner that is no superuser would see nothing of it
-- under FORCE.
ALTER TABLE progress.user_summary NO FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.people NO FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.requirement_changes NO FORCE ROW LEVEL SECURITY;
INSERT INTO progress.requirement_changes (tenant_id, user_id, at_migration)
SELECT tenant_id, user_id, true FROM progress.people
UNION
SELECT tenant_id, user_id, true FROM progress.user_summary;
ALTER TABLE progress.requirement_changes FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.people FORCE ROW LEVEL SECURITY;
ALTER TABLE progress.user_summary FORCE ROW LEVEL SECURITY;
