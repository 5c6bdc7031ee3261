"""Where a person stopped, as the statement that a player asks for before it starts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from ingest.lrs.protocol import ProtocolError
from ingest.xapi import vocabulary as xapi
from ingest.xapi.statements import StatementActor, StatementError, decode_actor
from playhead.progress import Instant, Policy, Progress, summarize
from playhead.progress.identifiers import TenantId, UserId

QUERY = ("agent", "activity", "verb", "registration", "limit", "ascending", "format", "since", "until")
"""Parameters of the question. Those after `verb` change nothing, as there is one statement at most."""
KEPT_NOWHERE = (
    "statementId",
    "voidedStatementId",
    "related_activities",
    "related_agents",
    "attachments",
    "cursor",
)
_ALL = 1.0


def actor_of(query: Mapping[str, str]) -> StatementActor | None:
    """The person asked about; None if the question names none.

    Raises:
        ProtocolError: the parameter `agent` is no agent.
    """
    if "agent" not in query:
        return None
    try:
        return decode_actor(query["agent"])
    except StatementError as error:
        raise ProtocolError("agent", str(error.reason)) from error


def paused_statement(
    progress: Progress, activity: str, query: Mapping[str, str], tenant: TenantId, user: UserId
) -> dict[str, Any] | None:
    """The latest `paused` of a person at an activity, by their progress; None if there is none.

    It says in `played-segments` what was watched in all, so that a player that goes on from it adds to that.
    """
    summary = summarize(progress, Policy())
    if summary.last_at is None or not (summary.watched or summary.position_ms):
        return None
    said: dict[str, Any] = {
        xapi.TIME: summary.position_ms / 1000,
        xapi.SEGMENTS: "[,]".join(f"{_seconds(a)}[.]{_seconds(b)}" for a, b in summary.watched.spans),
    }
    if summary.duration_ms:
        said[xapi.PROGRESS] = _ALL if summary.status == "completed" else summary.coverage / 1000
    context: dict[str, Any] = {"contextActivities": {"category": [{"id": xapi.PROFILE}]}}
    if summary.duration_ms:
        context["extensions"] = {xapi.LENGTH: summary.duration_ms / 1000}
    account = {"homePage": "urn:playhead", "name": user}
    at = _iso(summary.last_at)
    return {
        "id": str(uuid5(UUID(tenant), f"{user}|{activity}|{summary.last_at}")),
        "actor": msgspec.json.decode(query["agent"]) if "agent" in query else {"account": account},
        "verb": {"id": xapi.PAUSED, "display": {"en-US": "paused"}},
        "object": {"objectType": "Activity", "id": activity},
        "result": {"extensions": said},
        "context": context,
        "timestamp": at,
        "stored": at,
        "version": "1.0.3",
        "authority": {"objectType": "Agent", "account": {"homePage": "urn:playhead", "name": "playhead"}},
    }


def _seconds(milliseconds: int) -> str:
    """All digits: `:g` would round those of long items, and write them as 1e+06."""
    return str(milliseconds / 1000).removesuffix(".0")


def _iso(instant: Instant) -> str:
    moment = datetime.fromtimestamp(instant / 1000, UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"
