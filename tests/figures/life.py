"""A person in an organisation of their own, whose devices save over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from playhead.identity import mint_development_token
from playhead.progress import TenantId, UserId
from playhead.settings import TokenSettings
from tests.faults.pipeline import until

APPLIED_S = 30
Body = dict[str, Any]


class Life:
    """One person, one administrator, and one item of ten minutes."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=30)
        self.tenant = str(uuid4())
        self.user = str(uuid4())
        self._headers = self._bearer(self.user)
        self._admin = self._bearer(str(uuid4()), "admin")
        self.item = str(uuid4())
        item = {"contentId": self.item, "title": "Fire safety", "type": "video", "durationSeconds": 600}
        self._put("content", item)
        self._put("people", {"userId": self.user, "displayName": "Ada"})

    def another_account(self) -> Life:
        """Another person of the organisation, with the same item."""
        other = copy(self)
        other.user = str(uuid4())
        other._headers = self._bearer(other.user)
        self._put("people", {"userId": other.user, "displayName": "A. Lovelace"})
        return other

    def close(self) -> None:
        self._client.close()

    def save(self, path: str, body: Body) -> Body:
        """The answer to a save."""
        answer = self._client.post(f"/api/progress{path}", json=body, headers=self._headers)
        assert answer.status_code == 202, answer.text
        saved: Body = answer.json()
        return saved

    def act(self, method: str, act: str) -> None:
        """Mark the item, take the mark back, or begin an attempt."""
        answer = self._client.request(method, f"/api/progress/{self.item}/{act}", headers=self._headers)
        assert answer.status_code == 202, answer.text

    def catalogue(self, **members: Any) -> None:
        """Replace the item's row in the catalogue; it is judged by that at once, as its first item."""
        self.item = str(uuid4())
        self._put("content", {"contentId": self.item, "title": "Another", "type": "video"} | members)

    def person(self) -> Body:
        """The person's figures on the administrator's page of people."""
        found: Body = self.read(f"/api/people/{self.user}", admin=True)
        return found

    def read(self, path: str, *, admin: bool = False) -> Any:
        """The answer of the API to the person, or to the administrator."""
        answer = self._client.get(path, headers=self._admin if admin else self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, kind: str, *rows: Body) -> None:
        """Write rows of the directory, as the administrator."""
        for row in rows:
            self._put(kind, row)

    def post(self, path: str, body: Body) -> Body:
        """The administrator's request, and its answer."""
        answer = self._client.post(path, json=body, headers=self._admin)
        assert answer.status_code == 200, answer.text
        found: Body = answer.json()
        return found

    def becomes(self, is_so: Callable[[Body], bool], what: str) -> Body:
        """The person's progress with the item, once it satisfies `is_so`."""

        def ask() -> Body | None:
            found: Body = self.read(f"/api/progress/{self.item}")
            return found if is_so(found) else None

        return until(ask, APPLIED_S, what)

    def evidence(self) -> Body:
        """The evidence of the item's figures, once it is stored."""
        path = f"/api/people/{self.user}/progress/{self.item}/evidence"

        def ask() -> Body | None:
            found: Body = self.read(path, admin=True)
            return found if found["sessions"] or found["marks"] or found["imports"] else None

        return until(ask, APPLIED_S, "the evidence")

    def playing(self, first: int, last: int, began: float) -> list[Body]:
        """A heartbeat for each ten seconds of the item that are played; `began` is by the device's clock."""
        return playing(self.item, first, last, began)

    def _put(self, kind: str, row: Body) -> None:
        answer = self._client.put(f"/api/directory/{kind}", json={"items": [row]}, headers=self._admin)
        assert answer.status_code == 200, answer.text

    def _bearer(self, user: str, *roles: str) -> dict[str, str]:
        minted = mint_development_token(TokenSettings(), TenantId(self.tenant), UserId(user), roles)
        return {"Authorization": f"Bearer {minted}"}


def sessions_of_one_beat(item: str, count: int) -> list[Body]:
    """Sessions of ten seconds each, one after the other."""
    began = now() - count * 10 - 60
    return [
        {
            "contentId": item,
            "sessionId": str(uuid4()),
            "progressType": "video",
            "startedAt": rfc3339(began + n * 10),
            "occurredAt": rfc3339(began + n * 10 + 10),
            "metadata": {"watchTimeSeconds": 10, "lastPositionSeconds": 10, "watchedSegments": [[0, 10]]},
        }
        for n in range(count)
    ]


def playing(item: str, first: int, last: int, began: float) -> list[Body]:
    """A session's heartbeats, one for each ten seconds of the item that are played."""
    session = str(uuid4())
    return [
        {
            "contentId": item,
            "sessionId": session,
            "sequence": sequence,
            "progressType": "video",
            "event": "heartbeat" if place > first else "play",
            "occurredAt": rfc3339(began + place - first),
            "metadata": {
                "watchTimeSeconds": place - first,
                "lastPositionSeconds": place,
                "watchedSegments": [[first, place]],
            },
        }
        for sequence, place in enumerate(range(first, last + 1, 10), start=1)
    ]


def rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def now() -> float:
    return time.time()
