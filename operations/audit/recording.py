"""Records when an audit ended and how many findings it had: the sink shows both in its metrics."""

from __future__ import annotations

from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction

from operations.stores import postgres_errors
from playhead.postgres import connect
from playhead.settings import AuditSettings

_RECORD = """
    INSERT INTO progress.audit_runs AS former (ended_at, findings) VALUES (now(), %s)
    ON CONFLICT (only_row) DO UPDATE SET ended_at = excluded.ended_at, findings = excluded.findings
"""


def record_run(settings: AuditSettings, findings: int) -> str | None:
    """Record a run in every database; why it is not recorded, where the role may not write.

    Raises:
        StoreUnavailableError: a database does not answer.
    """
    for name, database in settings.databases.named.items():
        with postgres_errors(), connect(database.dsn, "playhead-audit") as connection:
            try:
                connection.execute(_RECORD, (findings,))
            except (InsufficientPrivilege, ReadOnlySqlTransaction):
                return (
                    f"the run is not recorded in the database {name}: the login of PLAYHEAD_POSTGRES_DSN may "
                    "not write progress.audit_runs, and the metrics of the sink do not show it"
                )
    return None
