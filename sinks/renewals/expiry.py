"""Recertification: a completion is valid for so many days, then a new attempt begins.

The attempt begins when the completion ends to be valid, however late that is noticed: what was watched since
counts for it. What it takes is an act in the log, so that every store learns of it in the order of the log.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import psycopg

from playhead.resources import read_text
from sinks.renewals.acts import DueAct, instant_of
from sinks.renewals.publish import PublishActs
from sinks.tables.store import Store
from sinks.turns import Turns

PAUSE_SECONDS = 5.0
"""How often it looks for completions that have ended."""
REST_RATIO = 20
"""It rests at least so many times as long as the look took."""
LIMIT = 5_000
CHUNK = 500
"""Acts published at once."""
AGAIN_SECONDS = 600.0
"""An act is published again where its consequence is not stored after so long."""

_DUE = read_text("sinks.renewals", "due.sql").encode()


class Expiry(Turns[list[DueAct]]):
    """Begins an attempt for each person whose completion has ended."""

    def __init__(self, store: Store, publish: PublishActs) -> None:
        super().__init__(store, pause_seconds=PAUSE_SECONDS, rest_ratio=0)
        self._publish = publish
        self._published: dict[DueAct, float] = {}
        self._look_at = 0.0

    def _find(self, connection: psycopg.Connection) -> Iterable[list[DueAct]]:
        begun = time.monotonic()
        if begun < self._look_at:
            return []
        found = [
            DueAct(
                tenant_id=tenant,
                user_id=user,
                content_id=content,
                event="expire",
                at=instant_of(at),
                parts=None if parts is None else tuple(parts),
            )
            for tenant, user, content, at, parts in connection.execute(_DUE, {"limit": LIMIT})
        ]
        now = time.monotonic()
        self._look_at = now + REST_RATIO * (now - begun)
        self._published = {act: until for act, until in self._published.items() if until > now}
        due = [act for act in found if act not in self._published]
        return [due[first : first + CHUNK] for first in range(0, len(due), CHUNK)]

    def _is_over(self, connection: psycopg.Connection, item: list[DueAct]) -> bool:  # noqa: ARG002 - published to Kafka alone
        self._publish(item)
        self._published |= dict.fromkeys(item, time.monotonic() + AGAIN_SECONDS)
        return True
