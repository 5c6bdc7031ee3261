-- When the present attempt began, by which dates that are counted in days move. Rows of before are derived again from
-- progress of the second version, which the migration before this one requests.
ALTER TABLE progress.user_progress ADD COLUMN attempt_at timestamptz;
COMMENT ON COLUMN progress.user_progress.attempt_at IS 'when the present attempt began; null for the first';

-- A changed rule may complete an item. Every row satisfies the new constraint, as it did the one before.
ALTER TABLE progress.user_progress
    DROP CONSTRAINT user_progress_evidence_check,
    ADD CONSTRAINT user_progress_evidence_check
    CHECK (evidence IN ('watched', 'reported', 'manual', 'rule', 'imported')) NOT VALID;
