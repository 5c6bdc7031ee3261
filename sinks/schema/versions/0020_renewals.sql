-- Attempts that begin by themselves: a completion is valid for so many days, and an item has a new edition.
ALTER TABLE progress.assignments ADD COLUMN valid_for_days int CHECK (valid_for_days > 0);
ALTER TABLE progress.requirements ADD COLUMN valid_for_days int CHECK (valid_for_days > 0);
COMMENT ON COLUMN progress.assignments.valid_for_days IS
    'how long a completion is valid; a new attempt begins then. Null where it does not end';
COMMENT ON COLUMN progress.requirements.valid_for_days IS 'of the assignments that give the date, the shortest';
CREATE INDEX requirements_valid ON progress.requirements (tenant_id, user_id) WHERE valid_for_days IS NOT NULL;

CREATE TABLE progress.editions (
    tenant_id    uuid NOT NULL,
    content_id   uuid NOT NULL,
    begun_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    begun_by     uuid,
    new_attempt  boolean NOT NULL,
    after        uuid,
    people       int NOT NULL DEFAULT 0,
    as_of        timestamptz,
    next_pass_at timestamptz,
    PRIMARY KEY (tenant_id, content_id, begun_at),
    FOREIGN KEY (tenant_id, content_id) REFERENCES progress.content_items ON DELETE CASCADE
);
CREATE INDEX editions_waiting ON progress.editions (next_pass_at) WHERE next_pass_at IS NOT NULL;

COMMENT ON TABLE progress.editions IS 'new editions of items, as administrators published them';
COMMENT ON COLUMN progress.editions.new_attempt IS 'whether everyone who opened the item begins again; else progress stays';
COMMENT ON COLUMN progress.editions.after IS 'the last person whose attempt was published in the present pass';
COMMENT ON COLUMN progress.editions.people IS 'for how many people an attempt was published';
COMMENT ON COLUMN progress.editions.as_of IS 'when the first pass was over';
COMMENT ON COLUMN progress.editions.next_pass_at IS
    'when people are looked for whose progress arrived late; null once none can arrive';

-- Row-level security, as in 0001.
ALTER TABLE progress.editions ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.editions FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON progress.editions TO playhead_writer USING (true);
CREATE POLICY tenant ON progress.editions TO playhead_reader
    USING (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
GRANT SELECT, UPDATE, DELETE ON progress.editions TO playhead_writer;
GRANT SELECT, INSERT ON progress.editions TO playhead_reader;

-- The parts of a course that a person opened, as they are stored; null of an item that is no course.
CREATE FUNCTION progress.opened_parts(tenant uuid, person uuid, course uuid) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT ARRAY(
        SELECT o.content_id::text
        FROM progress.course_parts AS m
        JOIN progress.content_items AS i
            ON i.tenant_id = m.tenant_id AND i.content_id = m.content_id AND NOT i.archived
        JOIN progress.user_progress AS o
            ON o.user_id = person AND o.content_id = m.content_id AND (o.tenant_id = m.tenant_id) IS TRUE
        WHERE m.tenant_id = c.tenant_id AND m.course_id = c.content_id AND m.position IS NOT NULL
        ORDER BY o.content_id
    )
    FROM progress.courses AS c WHERE c.tenant_id = tenant AND c.content_id = course;
END;
