"""The audit trail: one event for each privileged act, as a line of its own log and as a row in PostgreSQL.

Rows are written under row-level security, so a tenant's administrators read those of their tenant alone
(`GET /api/org/audit`). An event of no tenant, such as a failed identification, is a line of the log only.
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

Act = Literal["directory", "erase", "export", "identify", "mark", "read", "readmit"]
"""`directory` is a write of it; `read` is of another person's pages or evidence; `mark` is on behalf of
another person; `identify` is an attempt that failed."""
Outcome = Literal["done", "failed", "refused"]

LOGGER = "playhead.audit"
"""Configured by `logs`: always JSON, whatever the log level is."""

_COLUMNS: tuple[LiteralString, ...] = (
    "tenant_id",
    "at",
    "event_id",
    "actor_id",
    "act",
    "subject_id",
    "target",
    "outcome",
    "reason",
    "count",
    "rows",
    "request_id",
    "origin",
)
INSERT: LiteralString = (
    f"INSERT INTO progress.audit_events ({', '.join(_COLUMNS)})"  # noqa: S608 - names of our own
    f" VALUES ({', '.join(f'%({name})s' for name in _COLUMNS)}) ON CONFLICT DO NOTHING"
)
"""With the parameters of `row`. An event that is written again, as after a lost connection, is there once."""

_log = logging.getLogger(LOGGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One privileged act, or several within a minute that are alike.

    Raises:
        ValueError: the time has no offset, or the event stands for no act.
    """

    at: datetime
    act: Act
    target: str
    """The route of the request, or the name of the command."""
    outcome: Outcome
    origin: str
    """The address that the request came from, or `command:user@host`."""
    request_id: str
    """As in the response's `X-Request-Id`; of a command, an id of its own."""
    tenant: TenantId | None = None
    actor: UserId | None = None
    """None for an operator's command, and for a request that failed to identify itself."""
    subject: UserId | None = None
    """The person that the act is about."""
    reason: str = ""
    count: int = 1
    rows: int | None = None
    """Of an export, those in the file; of a directory write, those that it changed."""
    event_id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the time of an audit event has an offset")
        if self.count < 1:
            raise ValueError("an audit event stands for one act or more")


def row(event: AuditEvent) -> dict[str, Any]:
    """The parameters of `INSERT`; the event has a tenant."""
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
    told = {name: value for name, value in row(event).items() if value is not None}
    _log.info("%s %s: %s", event.act, event.target, event.outcome, extra=told)


def operator() -> str:
    """The origin of a command: the user of the operating system, and the machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        user = "unknown"
    return f"command:{user}@{socket.gethostname()}"
