-- When the present attempt began, by which dates that are counted in days move. Rows of before are derived again from
-- progress of the second version, which the migration before this one requests.
ALTER TABLE progress.user_progress ADD COLUMN attempt_at timestamptz;
COMMENT ON COLUMN progress.user_progress.attempt_at IS 'when the present attempt began; null for the first';
