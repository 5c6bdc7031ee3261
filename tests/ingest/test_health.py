from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from ingest.app import health_routes

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("unavailable", "degraded", "status", "text"),
    [
        (None, None, 200, "ready"),
        (None, "topic progress.heartbeats partition 3", 200, "topic progress.heartbeats partition 3"),
        ("no broker answers", "topic progress.heartbeats partition 3", 503, "no broker answers"),
    ],
)
async def test_readiness_names_the_partitions_that_are_stuck_and_stays_in_rotation(
    unavailable: str | None, degraded: str | None, status: int, text: str
) -> None:
    app = FastAPI()
    app.include_router(health_routes(lambda: unavailable, lambda: degraded))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ingest") as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.text.strip()) == (status, text)
