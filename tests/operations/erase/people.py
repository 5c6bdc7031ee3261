"""A crowd, and the person in it who is erased."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from msgspec.structs import replace

from operations.erase.subject import Subject
from playhead.wire.heartbeats import HeartbeatRecord
from tests.operations import past_sessions as past
from tests.operations.whole_pipeline import ELSEWHERE, PERSON, Whole, theirs
from tests.stream_processors.heartbeats import crowd

TENANT = theirs().tenant_id


SUBJECT = Subject(TENANT, theirs().user_id)


NOTHING_LEFT = {
    "user_progress": 0,
    "older_sessions": 0,
    "user_summary": 0,
    "person_days": 0,
    "completions": 0,
    "acts": 0,
    "person_quarters": 0,
    "dismissals": 0,
    "assignments": 0,
    "team_members": 0,
    "people": 0,
    "former_people": 0,
    "requirements": 0,
    "requirement_changes": 0,
    "sessions": 0,
}

STORES_AWAY = pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("PLAYHEAD_REDIS_URL", "redis://127.0.0.1:1/0", "what Redis holds"),
        ("PLAYHEAD_KAFKA_SERVERS", "127.0.0.1:1", "tombstones for the states in Kafka"),
    ],
)
"""Each store that may be away, by its setting, and what is then open in the receipt."""


def crowd_of_two_tenants() -> list[HeartbeatRecord]:
    """A crowd, and the person's id in another tenant, too."""
    beats = crowd(1_200, people=12)
    return beats + [replace(each, tenant_id=ELSEWHERE) for each in beats if each.user_id == PERSON]


def of_theirs(beats: list[HeartbeatRecord]) -> list[HeartbeatRecord]:
    return [each for each in beats if (each.tenant_id, each.user_id) == (TENANT, PERSON)]


def rows_of(whole: Whole) -> dict[str, int]:
    """How many rows each table has of the person."""
    counts = Counter[str]()
    for name, rows in past.dump(whole.database).items():
        for row in map(json.loads, rows):
            if row.get("tenant_id") == TENANT and PERSON in (row.get("user_id"), row.get("target_id")):
                counts[name] += 1
    return dict(counts)
