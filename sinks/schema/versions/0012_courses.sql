-- The parts of courses, as administrators write them.
CREATE TABLE progress.course_parts (
    tenant_id  uuid NOT NULL,
    course_id  uuid NOT NULL,
    content_id uuid NOT NULL,
    position   int CHECK (position > 0),
    weight     numeric(7, 3) NOT NULL CHECK (weight > 0),
    optional   boolean NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, course_id, content_id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES progress.content_items ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, content_id) REFERENCES progress.content_items ON DELETE CASCADE,
    CHECK (course_id <> content_id)
);
CREATE INDEX course_parts_content ON progress.course_parts (tenant_id, content_id);

COMMENT ON COLUMN progress.course_parts.position IS
    'null for an item that is a part no longer: completions from before still depend on it';
COMMENT ON COLUMN progress.course_parts.optional IS 'an optional part does not count';

-- What follows for each course: the parts that are not archived, and which were required before. Written in the
-- transaction that changes parts or items; readers and sinks read it alone.
CREATE TABLE progress.courses (
    tenant_id  uuid NOT NULL,
    content_id uuid NOT NULL,
    definition text NOT NULL,
    digest     text NOT NULL GENERATED ALWAYS AS (md5(definition)) STORED,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, content_id),
    FOREIGN KEY (tenant_id, content_id) REFERENCES progress.content_items ON DELETE CASCADE
);
COMMENT ON COLUMN progress.courses.definition IS 'the encoded Course of the kernel';

CREATE TRIGGER courses_added AFTER INSERT ON progress.courses FOR EACH ROW
    EXECUTE FUNCTION progress.request_rederivation();
CREATE TRIGGER courses_changed AFTER UPDATE ON progress.courses FOR EACH ROW
    WHEN (OLD.definition IS DISTINCT FROM NEW.definition)
    EXECUTE FUNCTION progress.request_rederivation();

ALTER TABLE progress.user_progress ADD COLUMN course text;
COMMENT ON COLUMN progress.user_progress.course IS
    'the digest of the course that the row was derived from; null where it is of no course with parts. Such a row has '
    'source_offset -1 while nothing was sent of the course itself, and its state is then empty';

-- Row-level security, as in 0001.
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['course_parts', 'courses'] LOOP
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

GRANT SELECT ON progress.course_parts, progress.courses TO playhead_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.course_parts, progress.courses TO playhead_reader;
