"""Requests to the query API as a person of an organisation."""

from __future__ import annotations

from typing import Any

import httpx

from playhead.settings import QuerySettings
from query_api.access import Person
from tests.query_api.reports.organisation import Organisation, names_of
from tests.query_api.world import headers


class Asking:
    """Sends requests as the administrator unless another person is given."""

    def __init__(self, client: httpx.AsyncClient, settings: QuerySettings, of: Organisation) -> None:
        self._client = client
        self._settings = settings
        self._of = of

    async def answer(self, path: str, who: Person | None = None, *roles: str) -> httpx.Response:
        roles = ("admin",) if who is None else roles
        return await self._client.get(path, headers=headers(self._settings, who or self._of.admin, roles))

    async def __call__(self, path: str, who: Person | None = None, *roles: str) -> Any:
        answer = await self.answer(path, who, *roles)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rows(self, path: str, who: Person | None = None, *roles: str) -> list[dict[str, Any]]:
        """Return the rows of all pages."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            mark = "&" if "?" in path else "?"
            page = await self(path + (f"{mark}cursor={cursor}" if cursor else ""), who, *roles)
            found += page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                return found

    async def names(self, path: str, who: Person | None = None, *roles: str) -> list[str]:
        """Return the names of the people in the rows."""
        return names_of(self._of, [row["userId"] for row in await self.rows(path, who, *roles)])
