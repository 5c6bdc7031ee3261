"""Audit events: one for each privileged act, as a line of a log of its own and as a row in PostgreSQL.

Rows are written under row-level security, so administrators read only those of their tenant
(`GET /api/org/audit`). An event without a tenant, such as a failed identification, is only logged.
"""

from __future__ import annotations

import getpass
import logging
import socket
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, LiteralString
from uuid import UUID, uuid4

from playhead.progress.identifiers import TenantId, UserId

Act = Literal[
    "directory", "erase", "export", "identify", "key", "mark", "merge", "read", "readmit", "settings"
]
"""`directory` writes the directory; `read` reads another person's pages or evidence; `mark` marks an item on
behalf of another person; `key` creates or revokes an API key; `merge` merges a person into another;
`identify` is a failed attempt; `settings` replaces the organisation's settings."""
AuditOutcome = Literal["done", "failed", "refused"]

LOGGER = "playhead.audit"
"""Configured by `playhead.http.logs`: always JSON, at any log level."""

INSERT: LiteralString = """
INSERT INTO progress.audit_events (
    tenant_id, at, event_id, actor_id, act, subject_id, target, outcome, reason, count, rows,
    request_id, origin
) VALUES (
    %(tenant_id)s, %(at)s, %(event_id)s, %(actor_id)s, %(act)s, %(subject_id)s, %(target)s, %(outcome)s,
    %(reason)s, %(count)s, %(rows)s, %(request_id)s, %(origin)s
) ON CONFLICT DO NOTHING
"""
"""Takes the parameters of `row`. Repeating it, as after a lost connection, inserts the event once."""

_log = logging.getLogger(LOGGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One privileged act, or several equal ones within a minute.

    Raises:
        ValueError: the time has no offset, or the event stands for no act.
    """

    at: datetime
    act: Act
    target: str
    """The route of the request, or the name of the command."""
    outcome: AuditOutcome
    origin: str
    """The client address of the request, or `command:user@host`."""
    request_id: str
    """The `X-Request-Id` of the response; for a command, an id of its own."""
    tenant: TenantId | None = None
    actor: UserId | None = None
    """None for an operator's command and for an unidentified request."""
    subject: UserId | None = None
    """The person whom the act concerns."""
    reason: str = ""
    count: int = 1
    rows: int | None = None
    """Rows in the file of an export, or changed by a write of the directory."""
    event_id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the time of an audit event has an offset")
        if self.count < 1:
            raise ValueError("an audit event stands for one act or more")


def row(event: AuditEvent) -> dict[str, Any]:
    """The parameters of `INSERT`; the event must have a tenant."""
    return {
        "tenant_id": event.tenant,
        "at": event.at,
        "event_id": event.event_id,
        "actor_id": event.actor,
        "act": event.act,
        "subject_id": event.subject,
        "target": event.target,
        "outcome": event.outcome,
        "reason": event.reason,
        "count": event.count,
        "rows": event.rows,
        "request_id": event.request_id,
        "origin": event.origin,
    }


def log(event: AuditEvent) -> None:
    """Write the event to the log."""
    members = {name: value for name, value in row(event).items() if value is not None}
    _log.info("%s %s: %s", event.act, event.target, event.outcome, extra=members)


def operator() -> str:
    """The origin of a command: the operating system's user and the machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # the user of a container may have no name
        user = "unknown"
    return f"command:{user}@{socket.gethostname()}"
