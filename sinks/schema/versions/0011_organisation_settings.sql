-- What an organisation sets for itself. A null is the default: of the installation for the policy, of the release for
-- everything else.
CREATE TABLE progress.organisation_settings (
    tenant_id           uuid NOT NULL PRIMARY KEY,
    -- PostgreSQL refuses a name that it does not know, here and nowhere else: a bad one would stop every sink.
    time_zone           text CHECK (time_zone IS NULL OR timezone(time_zone, timestamptz '2026-01-01 00:00:00Z') IS NOT NULL),
    threshold           numeric(4, 3) CHECK (threshold > 0 AND threshold <= 1),
    evidence            text CHECK (evidence IN ('any', 'watched')),
    count_hidden        boolean,
    inactive_days       int CHECK (inactive_days BETWEEN 1 AND 3650),
    behind_points       int CHECK (behind_points BETWEEN 1 AND 100),
    behind_minimum_team int CHECK (behind_minimum_team BETWEEN 2 AND 10000),
    newcomer_days       int CHECK (newcomer_days BETWEEN 0 AND 3650),
    policy_changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- The services that cache policies ask for what changed since they last asked.
CREATE INDEX organisation_settings_policy ON progress.organisation_settings (policy_changed_at);

COMMENT ON COLUMN progress.organisation_settings.time_zone IS 'an IANA name; its days are those of the organisation';
COMMENT ON COLUMN progress.organisation_settings.policy_changed_at IS
    'when threshold, evidence or count_hidden last changed; the rows of all items are then derived again';

-- In which zone the days of an organisation's people are counted. After a change of time_zone they are counted again,
-- person by person: those up to next_to are counted in next_zone, the others still in zone.
CREATE TABLE progress.day_zones (
    tenant_id uuid NOT NULL PRIMARY KEY,
    zone      text NOT NULL,
    next_zone text,
    next_to   uuid,
    CHECK ((next_zone IS NULL) = (next_to IS NULL))
);
COMMENT ON TABLE progress.day_zones IS 'an organisation without a row is counted in UTC';

CREATE FUNCTION progress.zone_of(user_id uuid, zone text, next_zone text, next_to uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN user_id <= next_to THEN next_zone ELSE coalesce(zone, 'UTC') END;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['organisation_settings', 'day_zones'] LOOP
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
GRANT SELECT, INSERT, UPDATE ON progress.organisation_settings TO playhead_reader;
GRANT SELECT, DELETE ON progress.organisation_settings TO playhead_writer;
GRANT SELECT ON progress.day_zones TO playhead_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON progress.day_zones TO playhead_writer;

-- An administrator's change of the policy requests that all items are derived again, of the own tenant only.
CREATE POLICY tenant ON progress.rederivations TO playhead_reader
    USING (tenant_id = (SELECT nullif(current_setting('playhead.tenant', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE ON progress.rederivations TO playhead_reader;

-- An item may count, or leave out, the time in a hidden tab.
ALTER TABLE progress.content_items ADD COLUMN count_hidden boolean;
COMMENT ON COLUMN progress.content_items.count_hidden IS
    'whether time in a hidden tab counts; null for the organisation''s own';
DROP TRIGGER content_items_added ON progress.content_items;
DROP TRIGGER content_items_changed ON progress.content_items;
CREATE TRIGGER content_items_added AFTER INSERT ON progress.content_items FOR EACH ROW
    WHEN (
        NEW.duration_ms IS NOT NULL OR NEW.threshold IS NOT NULL OR NEW.evidence IS NOT NULL
        OR NEW.count_hidden IS NOT NULL
    )
    EXECUTE FUNCTION progress.request_rederivation();
CREATE TRIGGER content_items_changed AFTER UPDATE ON progress.content_items FOR EACH ROW
    WHEN (
        (OLD.duration_ms, OLD.threshold, OLD.evidence, OLD.count_hidden)
        IS DISTINCT FROM (NEW.duration_ms, NEW.threshold, NEW.evidence, NEW.count_hidden)
    )
    EXECUTE FUNCTION progress.request_rederivation();
