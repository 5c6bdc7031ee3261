"""More sessions of one item than a heartbeat reads, through the whole pipeline."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.faults.pipeline import until
from tests.figures.life import Life, now, rfc3339, sessions_of_one_beat

pytestmark = pytest.mark.services

STORED_S = 30
COUNT = 65


def test_65_sessions_and_the_first_again_are_65(life: Life) -> None:
    beats = sessions_of_one_beat(life.item, COUNT)
    life.save("/batch", {"heartbeats": beats})
    first = life.becomes(lambda each: bool(each["totalSessions"] == COUNT), "every session")
    assert first["metadata"]["watchTimeSeconds"] == COUNT * 10
    life.save("/batch", {"heartbeats": beats[:1]})
    last = {**beats[0], "sessionId": str(uuid4()), "startedAt": rfc3339(now()), "occurredAt": rfc3339(now())}
    life.save("/batch", {"heartbeats": [last]})
    again = life.becomes(lambda each: bool(each["totalSessions"] > COUNT), "one session more")
    assert again["totalSessions"] == COUNT + 1
    assert again["completionCount"] == first["completionCount"]

    def stored() -> list[str] | None:
        rows = life.read(f"/api/progress/history?contentId={life.item}&limit=100")["items"]
        return [row["sessionId"] for row in rows] if len(rows) > COUNT else None

    ids = until(stored, STORED_S, "the history")
    assert len(ids) == len(set(ids)) == COUNT + 1
    assert {beat["sessionId"] for beat in beats} < set(ids)
