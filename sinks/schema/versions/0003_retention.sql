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

-- What an erasure has yet to tell Kafka: keys of the states topic, kept until their tombstones are acknowledged, since
-- the rows that they are made of are gone by then.
CREATE TABLE progress.owed_tombstones (
    tenant_id  uuid NOT NULL,
    user_id    uuid NOT NULL,
    content_id uuid NOT NULL,
    partition  int  NOT NULL,
    PRIMARY KEY (user_id, tenant_id, content_id, partition)
);

ALTER TABLE progress.owed_tombstones ENABLE ROW LEVEL SECURITY;
ALTER TABLE progress.owed_tombstones FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON progress.owed_tombstones TO playhead_writer USING (true);
GRANT SELECT, INSERT, DELETE ON progress.owed_tombstones TO playhead_writer;

-- As in 0001, but for a month that was archived: a row of it that comes all the same waits in the default partition.
CREATE OR REPLACE FUNCTION progress.make_sessions_month(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    start timestamptz := first;
    stop timestamptz := (first + interval '1 month')::date;
    name text := 'sessions_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass(format('progress.%I', name)) IS NOT NULL THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT FROM progress.archives AS a WHERE a.month = first AND a.dropped_at IS NOT NULL) THEN
        RETURN false;
    END IF;
    -- Rows may move out of it, and it makes a second caller wait. (After an advisory lock instead, the second would not
    -- yet see the table that the first made.)
    LOCK TABLE progress.sessions_default IN ACCESS EXCLUSIVE MODE;
    IF to_regclass(format('progress.%I', name)) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE progress.%I (LIKE progress.sessions INCLUDING ALL) WITH (fillfactor = 80)', name);
    EXECUTE format(
        'WITH moved AS (DELETE FROM progress.sessions_default WHERE started_at >= $1 AND started_at < $2 RETURNING *) '
        'INSERT INTO progress.%I SELECT * FROM moved',
        name
    ) USING start, stop;
    EXECUTE format('ALTER TABLE progress.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE progress.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
        'ALTER TABLE progress.sessions ATTACH PARTITION progress.%I FOR VALUES FROM (%L) TO (%L)', name, start, stop
    );
    RETURN true;
END
$$;

-- The writer owns no month either, so it asks for one to be dropped, and is told what became of it: `dropped`; `gone`
-- before; `not_archived`, where no file of so many rows is recorded; `changed`, where the month has another number of
-- rows by now. Whoever stores sessions waits while the month is counted, some millions of rows a second: the caller
-- sets a lock_timeout, so that they do not wait for the lock as well.
CREATE FUNCTION progress.drop_sessions_month(month date, rows bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    name text := 'sessions_' || to_char(month, 'YYYY_MM');
    counted bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM progress.archives AS a
        WHERE a.month = drop_sessions_month.month AND a.rows = drop_sessions_month.rows
    ) THEN
        RETURN 'not_archived';
    END IF;
    LOCK TABLE ONLY progress.sessions IN ACCESS EXCLUSIVE MODE;
    IF to_regclass(format('progress.%I', name)) IS NULL THEN
        RETURN 'gone';
    END IF;
    -- Under FORCE an owner that is no superuser would count nothing.
    EXECUTE format('ALTER TABLE progress.%I NO FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('SELECT count(*) FROM progress.%I', name) INTO counted;
    IF counted <> rows THEN
        EXECUTE format('ALTER TABLE progress.%I FORCE ROW LEVEL SECURITY', name);
        RETURN 'changed';
    END IF;
    EXECUTE format('ALTER TABLE progress.sessions DETACH PARTITION progress.%I', name);
    EXECUTE format('DROP TABLE progress.%I', name);
    UPDATE progress.archives AS a SET dropped_at = now() WHERE a.month = drop_sessions_month.month;
    RETURN 'dropped';
END
$$;

REVOKE ALL ON FUNCTION progress.drop_sessions_month FROM PUBLIC;
GRANT EXECUTE ON FUNCTION progress.drop_sessions_month TO playhead_writer;
