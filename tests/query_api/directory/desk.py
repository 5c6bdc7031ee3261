"""An administrator's desk: the directory as calls write and show it, and as Postgres holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from playhead.settings import QuerySettings
from query_api.access import Person
from tests.query_api.world import World, headers, new_person

Row = dict[str, Any]


def an_id() -> str:
    return str(uuid4())


def content(**fields: Any) -> Row:
    return {"contentId": an_id(), "title": "Fire safety", "type": "video"} | fields


def person(**fields: Any) -> Row:
    return {"userId": an_id(), "displayName": "Ada Lovelace"} | fields


def team(**fields: Any) -> Row:
    return {"teamId": an_id(), "name": "Field service"} | fields


@dataclass
class Desk:
    """Calls as one person; an administrator by default."""

    client: httpx.AsyncClient
    settings: QuerySettings
    world: World
    who: Person = field(default_factory=new_person)
    roles: tuple[str, ...] = ("admin",)

    def other(self, *roles: str) -> Desk:
        """Another person of the same tenant."""
        return Desk(self.client, self.settings, self.world, new_person(self.who.tenant_id), roles)

    def elsewhere(self) -> Desk:
        """An administrator of another tenant."""
        return Desk(self.client, self.settings, self.world)

    @property
    def headers(self) -> dict[str, str]:
        return headers(self.settings, self.who, self.roles)

    async def send(self, kind: str, *rows: Any, dry_run: bool = False) -> httpx.Response:
        path = f"/api/directory/{kind}{'?dryRun=true' if dry_run else ''}"
        return await self.client.put(path, json={"items": list(rows)}, headers=self.headers)

    async def put(self, kind: str, *rows: Any, dry_run: bool = False) -> Any:
        answer = await self.send(kind, *rows, dry_run=dry_run)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def upload(self, file: str | bytes, **query: Any) -> httpx.Response:
        """Send a CSV file; with `dryRun=True` to see what would happen."""
        content = file.encode() if isinstance(file, str) else file
        sent = self.headers | {"Content-Type": "text/csv"}
        return await self.client.put("/api/directory", params=query, content=content, headers=sent)

    async def imported(self, file: str | bytes, **query: Any) -> Any:
        answer = await self.upload(file, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(path, params=query, headers=self.headers)

    async def listed(self, kind: str, **query: Any) -> list[Row]:
        answer = await self.get(f"/api/directory/{kind}", **query)
        assert answer.status_code == 200, answer.text
        items: list[Row] = answer.json()["items"]
        return items

    def stored(self, table: str) -> list[tuple[Any, ...]]:
        """Every row of every tenant, whole, dates of change included."""
        query = f"SELECT t::text FROM progress.{table} AS t ORDER BY 1"
        with psycopg.connect(self.world.database.admin_dsn) as connection:
            return connection.execute(query.encode()).fetchall()

    def everything(self) -> list[list[tuple[Any, ...]]]:
        tables = ("content_items", "people", "teams", "team_members", "assignments", "rederivations")
        return [self.stored(table) for table in tables]

    def execute(self, query: str, *values: Any) -> None:
        with psycopg.connect(self.world.database.admin_dsn) as connection:
            connection.execute(query.encode(), values)


def counts(answer: Any) -> tuple[int, int, int, int]:
    """Upserted, unchanged, removed, and how many rows were rejected."""
    rejected = {each["index"] for each in answer["rejected"]}
    return answer["upserted"], answer["unchanged"], answer["removed"], len(rejected)
