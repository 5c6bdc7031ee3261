"""Examples for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from query_api.directory.answers import (
    CatalogueItem,
    DirectoryImport,
    DirectoryUpdate,
    KindUpdate,
    LineRejection,
    Me,
    OwnTeam,
    Rejection,
)
from query_api.directory.entities import EntityName

_CONTENT = "5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11"
_OTHER = "c0a8f3de-2a4d-4c64-8f6d-0a5c5a3f7b22"
_COURSE = "9e2f6c1a-7b3d-4f58-8a61-0d4c2b9e7f35"
_USER = "7d0f4c52-94a3-4c0d-8a7f-2f5a1c3e9b10"
_TEAM = "e6a9d8f0-1b7c-4d3e-9f21-3c4b5a697887"
_TENANT = "0b7c2a52-6f0e-4f6e-9a53-5f3f6f1f9d10"

UPDATE = DirectoryUpdate(
    upserted=1,
    unchanged=0,
    removed=1,
    rejected=[
        Rejection(
            index=2,
            field="userId",
            code="unknown",
            reason="there is no such person in the directory",
        )
    ],
    dry_run=False,
)
ITEM = CatalogueItem(
    content_id=_CONTENT,
    title="Fire safety at work",
    type="video",
    duration_seconds=600.0,
    thumbnail_url="https://example.org/fire.jpg",
    media_url="https://example.org/fire.mp4",
    archived=False,
    parts=[],
)
ME = Me(
    user_id=_USER,
    tenant_id=_TENANT,
    display_name="Ada Lovelace",
    roles=["manager"],
    teams=[OwnTeam(team_id=_TEAM, name="Field service", role="manager")],
)
IMPORT = DirectoryImport(
    kinds=[
        KindUpdate(kind="people", upserted=1, unchanged=0, removed=0, rejected=1),
        KindUpdate(kind="members", upserted=0, unchanged=1, removed=0, rejected=0),
    ],
    rejected=[
        LineRejection(
            line=3,
            kind="people",
            column="email",
            code="invalid",
            reason="is not an e-mail address",
            earlier_line=None,
        )
    ],
    dry_run=True,
)
ALL = (UPDATE, ITEM, ME, IMPORT)

ROWS: Mapping[EntityName, list[dict[str, Any]]] = {
    "content": [
        {
            "contentId": _CONTENT,
            "title": "Fire safety at work",
            "type": "video",
            "durationSeconds": 600,
            "thumbnailUrl": "https://example.org/fire.jpg",
            "mediaUrl": "https://example.org/fire.mp4",
            "completionThreshold": 0.9,
            "evidence": "watched",
        },
        {
            "contentId": _COURSE,
            "title": "Fire safety, the whole course",
            "type": "course",
            "parts": [{"contentId": _CONTENT, "weight": 2}, {"contentId": _OTHER, "optional": True}],
        },
        {"contentId": _OTHER, "remove": True},
    ],
    "parts": [
        {"courseId": _COURSE, "contentId": _CONTENT, "position": 1, "weight": 2},
        {"courseId": _COURSE, "contentId": _OTHER, "position": 2, "optional": True},
    ],
    "people": [{"userId": _USER, "displayName": "Ada Lovelace", "email": "ada@example.org"}],
    "teams": [{"teamId": _TEAM, "name": "Field service", "members": [{"userId": _USER, "role": "manager"}]}],
    "members": [{"teamId": _TEAM, "userId": _USER, "role": "member"}],
    "assignments": [
        {"contentId": _CONTENT, "target": "team", "targetId": _TEAM, "dueAt": "2026-12-31T23:59:59Z"},
        {"contentId": _OTHER, "target": "everyone"},
    ],
}
"""What is sent."""

CSV_EXAMPLES: Mapping[str, dict[str, str]] = {
    "kinds": {
        "summary": "Rows of several kinds",
        "value": "kind,userId,displayName,email,teamId,name,role\n"
        f"person,{_USER},Ada Lovelace,ada@example.org,,,\n"
        f"team,,,,{_TEAM},Field service,\n"
        f"member,{_USER},,,{_TEAM},,manager\n",
    },
    "removal": {
        "summary": "With `?kind=people`, as a spreadsheet saves it",
        "value": f"User ID;Display name;Remove\r\n{_USER};;yes\r\n",
    },
}
"""CSV files that are sent."""
