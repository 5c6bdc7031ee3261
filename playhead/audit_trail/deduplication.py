"""Combines equal audit events within a minute, so that nothing can flood the trail. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from uuid import uuid4

from playhead.audit_trail.events import AuditEvent

WINDOW_SECONDS = 60.0
MOST_OF_ONE_SOURCE = 100
"""Different failures per minute that one source is recorded with; further ones count as one kind. A person at
work causes a few."""
MOST_KINDS = 10_000
"""About 10 MB. Further failures of all addresses count as one kind."""
SEVERAL = "several"

_Kind = tuple[object, ...]
_Source = tuple[object, ...]


@dataclass(slots=True)
class _Open:
    until: float
    source: _Source
    latest: AuditEvent
    more: int = 0
    """Acts since the first, which was recorded at once."""


class Deduplication:
    """Passes the first event of a kind; combines the others of its minute into one event with a count."""

    def __init__(self) -> None:
        self._open: dict[_Kind, _Open] = {}
        self._of_source: Counter[_Source] = Counter()

    def __len__(self) -> int:
        """Kinds whose minute is not over."""
        return len(self._open)

    def add(self, event: AuditEvent, now: float) -> AuditEvent | None:
        """The event to record now; None if it is only counted.

        Args:
            event: One act.
            now: Seconds of a monotonic clock.
        """
        if event.outcome == "done" and event.act != "read":
            return event  # recorded individually
        source: _Source = (event.tenant, event.actor, event.act, event.outcome, event.origin)
        kind = _kind(event)
        if event.outcome != "done" and kind not in self._open:
            event, source = self._bounded(event, source)
            kind = _kind(event)
        found = self._open.get(kind)
        if found is not None:
            found.latest, found.more = event, found.more + 1
            if now < found.until:
                return None
            counted, found.until, found.more = found.more, now + WINDOW_SECONDS, 0
            return replace(event, count=counted)
        if len(self._open) < MOST_KINDS or event.origin == SEVERAL:
            self._open[kind] = _Open(now + WINDOW_SECONDS, source, event)
            self._of_source[source] += 1
        return event

    def due(self, now: float) -> list[AuditEvent]:
        """The combined events whose minute is over."""
        over = [kind for kind, each in self._open.items() if each.until <= now]
        return [event for kind in over if (event := self._closed(self._open.pop(kind))) is not None]

    def rest(self) -> list[AuditEvent]:
        """Everything counted and not recorded yet."""
        return self.due(float("inf"))

    def _bounded(self, event: AuditEvent, source: _Source) -> tuple[AuditEvent, _Source]:
        if len(self._open) >= MOST_KINDS:
            event = replace(
                event, tenant=None, actor=None, subject=None, target=SEVERAL, reason=SEVERAL, origin=SEVERAL
            )
            return event, (event.act, event.outcome)
        if self._of_source[source] >= MOST_OF_ONE_SOURCE:
            event = replace(event, subject=None, target=SEVERAL, reason=SEVERAL)
        return event, source

    def _closed(self, each: _Open) -> AuditEvent | None:
        self._of_source[each.source] -= 1
        if not self._of_source[each.source]:
            del self._of_source[each.source]
        return replace(each.latest, count=each.more, event_id=uuid4()) if each.more else None


def _kind(event: AuditEvent) -> _Kind:
    return (
        event.tenant,
        event.actor,
        event.act,
        event.subject,
        event.target,
        event.outcome,
        event.reason,
        event.origin,
    )
