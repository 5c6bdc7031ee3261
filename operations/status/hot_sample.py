"""A look at some people in Redis: whether PostgreSQL has what Redis has of them."""

from __future__ import annotations

from operations.audit.hot import audit_hot
from playhead.settings import HotAuditSettings

PEOPLE = 100
"""Looked at by one `playhead status`, in some 20 ms; `playhead audit` looks at all."""


def in_redis_alone(settings: HotAuditSettings) -> list[str]:
    """What PostgreSQL lacks of a sample of people, in words; empty where it lacks nothing.

    Raises:
        AuditError: Redis or PostgreSQL cannot be read.
    """
    found = list(audit_hot(settings, sample=PEOPLE))
    lacks = f"PostgreSQL lacks {len(found)} items of some {PEOPLE} people in Redis"
    return [f"{lacks}, the first is {found[0].subject}; `playhead audit` names all"] if found else []
