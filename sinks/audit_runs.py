"""Shows in the metrics when `playhead audit` last ended, and what it found."""

from __future__ import annotations

import time

from sinks import metrics
from sinks.tables.connection import outages
from sinks.tables.store import Store

LOOK_SECONDS = 60.0
_READ = "SELECT extract(epoch FROM ended_at)::float8, findings FROM progress.audit_runs"


class AuditRuns:
    """Reads the last run once a minute, between batches."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._due = 0.0

    def is_due(self, *, idle: bool) -> bool:
        """Whether a minute has passed."""
        del idle  # one row takes no time
        return time.monotonic() >= self._due

    def work(self) -> None:
        """Read it.

        Raises:
            StoreOutageError: try again later.
        """
        self._due = time.monotonic() + LOOK_SECONDS
        with outages():
            found = self._store.connected().execute(_READ).fetchone()
        if found is not None:
            ended_at, findings = found
            metrics.AUDIT_AT.set(ended_at)
            metrics.AUDIT_FINDINGS.set(findings)
