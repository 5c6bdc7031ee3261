"""The SQL that computes requirements and counters again; the longer statements are in the files beside."""

from __future__ import annotations

from playhead.resources import read_text

LOCK = "SELECT pg_advisory_xact_lock(hashtext('playhead requirements'), hashtext(%(tenant)s))"
"""Taken before `REFRESH`, until the transaction ends."""
LOCK_SHARED = """
SELECT pg_advisory_xact_lock_shared(hashtext('playhead requirements'), hashtext(tenant_id))
FROM unnest(%s::text[]) AS tenants (tenant_id)
"""
"""Taken before progress of these tenants is stored, and before any of its rows is locked."""

REFRESH = tuple(
    read_text("playhead.curriculum", f"{name}.sql") for name in ("requirements", "flags", "counters")
)
"""To be executed in this order. Each takes `tenant`, and `people`: the ids of the people, each once."""

CHANGED_HERE = """
SELECT DISTINCT user_id::text FROM progress.requirement_changes
WHERE tenant_id = %(tenant)s::uuid AND transaction = pg_current_xact_id()
LIMIT %(limit)s
"""
"""The people whom this transaction noted."""
FORGET_CHANGES_HERE = """
DELETE FROM progress.requirement_changes
WHERE tenant_id = %(tenant)s::uuid AND transaction = pg_current_xact_id()
"""
