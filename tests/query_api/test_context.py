"""What a query API that cannot start leaves behind: nothing."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from playhead.settings import QuerySettings
from query_api.context import running
from query_api.postgres import Database

pytestmark = pytest.mark.anyio


class BrokenPoolError(Exception):
    pass


@pytest.mark.parametrize("fails", [1, 2], ids=["the readers' pool", "the directory's pool"])
async def test_a_pool_that_fails_to_open_leaves_nothing_running(
    fails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Database] = []
    closed: list[object] = []
    opening, closing, leaving = Database.open, Database.close, Redis.aclose

    async def open_or_fail(self: Database) -> None:
        opened.append(self)
        if len(opened) == fails:
            raise BrokenPoolError
        await opening(self)

    async def close(self: Database) -> None:
        closed.append(self)
        await closing(self)

    async def leave(self: Redis) -> None:
        closed.append(self)
        await leaving(self)

    monkeypatch.setattr(Database, "open", open_or_fail)
    monkeypatch.setattr(Database, "close", close)
    monkeypatch.setattr(Redis, "aclose", leave)
    before = asyncio.all_tasks()
    with pytest.raises(BrokenPoolError):
        async with running(QuerySettings(environment="development")):
            pass

    assert asyncio.all_tasks() == before
    assert set(opened) <= set(closed)
    assert any(isinstance(each, Redis) for each in closed)
