ALTER TABLE progress.content_items ADD COLUMN media_url text;

COMMENT ON COLUMN progress.content_items.media_url IS
    'its file, which Playhead''s own pages play; null where it is played elsewhere';
