-- Delete a batch of the oldest expired audit events.
DELETE FROM progress.audit_events WHERE (tenant_id, at, event_id) IN (
    SELECT tenant_id, at, event_id FROM progress.audit_events
    WHERE at < now() - %(days)s * interval '1 day' ORDER BY at LIMIT %(batch)s
)
