"""Teams: what is counted of their members, and who needs support."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from playhead.settings import QuerySettings
from query_api.access import Person
from query_api.instants import moment
from tests.query_api.world import headers
from tests.reports.organisation import Organisation, names_of

pytestmark = [pytest.mark.services, pytest.mark.anyio]


class Asking:
    """Asks as somebody of an organisation."""

    def __init__(self, client: httpx.AsyncClient, settings: QuerySettings, of: Organisation) -> None:
        self._client = client
        self._settings = settings
        self._of = of

    async def answer(self, path: str, who: Person | None = None, *roles: str) -> httpx.Response:
        sent = headers(self._settings, who or self._of.admin, roles or ("admin",))
        return await self._client.get(path, headers=sent)

    async def __call__(self, path: str, who: Person | None = None, *roles: str) -> Any:
        answer = await self.answer(path, who, *roles)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def members(self, query: str = "", team: str = "Red") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self(f"/api/teams/{self._of.team(team)}/progress?{query}"))[
            "items"
        ]
        return rows

    async def names(self, query: str = "", team: str = "Red") -> list[str]:
        return names_of(self._of, [row["userId"] for row in await self.members(query, team)])


@pytest.fixture
def ask(client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation) -> Asking:
    return Asking(client, settings, ours)


async def test_a_row_for_each_member(ask: Asking, ours: Organisation) -> None:
    rows = await ask.members()

    assert [row["name"] for row in rows] == ["Ada Lovelace", "Bob 100%", "Cleo", "Dan"]
    assert rows[1] == {
        "userId": ours.person("bob").user_id,
        "name": "Bob 100%",
        "email": "bob_b@example.org",
        "progress": 16.67,  # half of one of three: intro, and safety and the handbook never opened
        "items": 3,
        "completedItems": 0,
        "requiredCompleted": 0,
        "required": 3,
        "overdue": 2,
        "lastActive": _time(ours.days_ago(30) + 300_000),
        "watchTimeSeconds": 300,
        "needsSupport": True,
        "reasons": ["inactive", "overdue"],
    }


async def test_who_needs_support_and_why(ask: Asking) -> None:
    rows = {row["name"]: row for row in await ask.members()}

    # Of 70, 16.67, 0 and 60 the median is 38.33.
    assert {name: row["progress"] for name, row in rows.items()} == {
        "Ada Lovelace": 70,
        "Bob 100%": 16.67,
        "Cleo": 0,
        "Dan": 60,
    }
    assert {name: row["reasons"] for name, row in rows.items()} == {
        "Ada Lovelace": [],
        "Bob 100%": ["inactive", "overdue"],
        "Cleo": ["inactive", "overdue", "behind"],
        "Dan": ["overdue"],
    }


def _time(at: int) -> str:
    return f"{moment(at).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
