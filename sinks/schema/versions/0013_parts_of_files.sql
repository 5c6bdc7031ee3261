-- An item may state its pages, or be a part of a file. Not validated while the table is locked: no row has any yet.
ALTER TABLE progress.content_items
    ADD COLUMN page_count int,
    ADD COLUMN start_ms   int,
    ADD COLUMN end_ms     int,
    ADD CONSTRAINT content_items_page_count CHECK (page_count > 0) NOT VALID,
    ADD CONSTRAINT content_items_part CHECK (start_ms >= 0 AND end_ms > coalesce(start_ms, 0)) NOT VALID;
COMMENT ON COLUMN progress.content_items.page_count IS 'of a document; null for those of the latest edition read';
COMMENT ON COLUMN progress.content_items.start_ms IS 'where the item begins in its file; null for the beginning';
COMMENT ON COLUMN progress.content_items.end_ms IS 'where the item ends in its file; null for the end';

DROP TRIGGER content_items_added ON progress.content_items;
DROP TRIGGER content_items_changed ON progress.content_items;
CREATE TRIGGER content_items_added AFTER INSERT ON progress.content_items FOR EACH ROW
    WHEN (
        num_nonnulls(
            NEW.duration_ms, NEW.threshold, NEW.evidence, NEW.count_hidden, NEW.page_count, NEW.start_ms, NEW.end_ms
        ) > 0
    )
    EXECUTE FUNCTION progress.request_rederivation();
CREATE TRIGGER content_items_changed AFTER UPDATE ON progress.content_items FOR EACH ROW
    WHEN (
        (
            OLD.duration_ms, OLD.threshold, OLD.evidence, OLD.count_hidden, OLD.page_count, OLD.start_ms, OLD.end_ms
        ) IS DISTINCT FROM (
            NEW.duration_ms, NEW.threshold, NEW.evidence, NEW.count_hidden, NEW.page_count, NEW.start_ms, NEW.end_ms
        )
    )
    EXECUTE FUNCTION progress.request_rederivation();
