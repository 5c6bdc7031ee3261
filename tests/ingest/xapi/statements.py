"""Statements as Open edX, xapi-videojs, Moodle and H5P send them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from ingest.xapi import vocabulary as xapi
from playhead.progress.identifiers import TenantId, UserId

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
LEARNER = UserId("22222222-2222-4222-8222-222222222222")
XBLOCK = (
    "https://lms.example/xblock/block-v1:demo+DemoX+run+type@video+block@0b9e39477cf34507a7a48f74be381fdd"
)
ITEM = UUID("0b9e3947-7cf3-4507-a7a4-8f74be381fdd")
"""The item of `XBLOCK`: the id of the block."""
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def statement(
    verb: str,
    *,
    actor: dict[str, Any] | None = None,
    activity: str = XBLOCK,
    second: float = 0,
    noon: datetime = NOON,
    **result: Any,
) -> dict[str, Any]:
    """A statement of the profile; `result` names extensions, with `_` for `-`."""
    extensions = {
        f"{xapi.PROFILE}/extensions/{name.replace('_', '-')}": value for name, value in result.items()
    }
    return {
        "id": str(uuid4()),
        "actor": actor or {"account": {"homePage": "https://lms.example", "name": LEARNER}},
        "verb": {"id": verb, "display": {"en-US": verb.rpartition("/")[2]}},
        "object": {
            "id": activity,
            "objectType": "Activity",
            "definition": {"type": f"{xapi.PROFILE}/activity-type/video"},
        },
        "result": {"extensions": extensions},
        "context": {
            "contextActivities": {"category": [{"id": xapi.PROFILE}]},
            "extensions": {xapi.LENGTH: 600, xapi.SESSION: "b0f5f2d7a1c64c6f9a0f4f3c2d1e0f9a"},
        },
        "timestamp": (noon + timedelta(seconds=second)).isoformat(),
    }


def open_edx(*, noon: datetime = NOON) -> list[dict[str, Any]]:
    """Played to 30 s, moved to 70 s, paused at 100 s, played to 120 s: no intervals."""
    made = [
        statement(xapi.INITIALIZED, second=-1, noon=noon),
        statement(xapi.PLAYED, time=0, second=0, noon=noon),
        statement(xapi.SEEKED, time_from=30, time_to=70, second=30, noon=noon),
        statement(xapi.PAUSED, time=100, second=60, noon=noon),
        statement(xapi.PLAYED, time=100, second=80, noon=noon),
        statement(xapi.TERMINATED, time=120, second=100, noon=noon),
    ]
    for each in made:
        each["context"]["registration"] = str(uuid4())
    return made


def moodle_completed() -> dict[str, Any]:
    """As `logstore_xapi` reports a completed module."""
    return {
        "actor": {"name": "Ada", "account": {"homePage": "https://moodle.example", "name": "2"}},
        "verb": {"id": xapi.COMPLETED, "display": {"en": "completed"}},
        "object": {
            "id": "https://moodle.example/mod/page/view.php?id=7",
            "definition": {"type": "http://id.tincanapi.com/activitytype/lms/module"},
        },
        "result": {"completion": True},
        "timestamp": NOON.isoformat(),
    }
