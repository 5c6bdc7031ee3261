"""The hot route answers as the application behind it does, byte for byte, and differs only in its cost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from asgi_lifespan import LifespanManager

from ingest.app import Ingest, create_app, create_documented_app, in_front_of
from playhead.settings import IngestSettings
from tests.ingest.client import CONTENT, Client, token

pytestmark = [pytest.mark.services, pytest.mark.anyio]

GOOD = {"contentId": CONTENT, "heartbeatId": "7d3b7a52-93c0-4f6c-8f0e-1f6a54a2a00c"}
JSON = {"Content-Type": "application/json"}
CASES: dict[str, tuple[str, dict[str, str], bytes]] = {
    "saved": ("", JSON, json.dumps(GOOD).encode()),
    "no JSON": ("", JSON, b"{"),
    "a field is missing": ("", JSON, b"{}"),
    "a field is wrong": ("", JSON, b'{"contentId":7}'),
    "no media type of ours": ("", {"Content-Type": "text/html"}, b"{}"),
    "too large": ("", JSON, b" " * 65_537),
    "no beacon's token": ("", {"Content-Type": "text/plain", "Authorization": ""}, b"{}"),
    "a bad token": ("", JSON | {"Authorization": "Bearer x"}, b"{}"),
    "batch": ("/batch", JSON, json.dumps({"heartbeats": [GOOD, {}, 7]}).encode()),
    "batch too long": ("/batch", JSON, json.dumps({"heartbeats": [GOOD] * 501}).encode()),
    "from an allowed page": ("", JSON | {"Origin": "https://player.example"}, json.dumps(GOOD).encode()),
    "from another page": ("", JSON | {"Origin": "https://other.example"}, json.dumps(GOOD).encode()),
}


@pytest.fixture
async def both(settings: IngestSettings) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """The application with its hot route, and the same without."""
    ingest = Ingest(settings)
    slow = create_documented_app(settings, ingest)
    fast = in_front_of(slow, settings, ingest)
    async with LifespanManager(slow, startup_timeout=30, shutdown_timeout=30):
        clients = [
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ingest")
            for app in (fast, slow)
        ]
        yield clients[0], clients[1]
        for each in clients:
            await each.aclose()


@pytest.mark.parametrize("case", CASES)
async def test_the_answers_are_the_same(both: tuple[httpx.AsyncClient, httpx.AsyncClient], case: str) -> None:
    path, headers, body = CASES[case]
    given = {"Authorization": f"Bearer {token()}"} | headers
    sent = {name: value for name, value in given.items() if value}
    seen = [await http.post(f"/api/progress{path}", content=body, headers=sent) for http in both]
    answers = [(each.status_code, sorted(each.headers.items()), _without_time(each)) for each in seen]
    assert answers[0] == answers[1]


async def test_a_query_string_and_other_methods_are_the_applications(client: Client) -> None:
    refused = await client.post("/api/progress?person=x", GOOD)
    assert (refused.status_code, refused.json()["title"]) == (422, "Invalid parameters")
    refused = await client.post("/api/progress?userId=x", GOOD)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "userId")
    assert (await client.http.put("/api/progress", content=b"{}")).status_code == 405


async def test_a_fault_of_ours_is_a_problem_and_logged(
    settings: IngestSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = Ingest(settings)
    monkeypatch.setattr(ingest.items, "is_over", None)
    app = create_app(settings, ingest=ingest)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
            answer = await http.post(
                "/api/progress", json=GOOD, headers={"Authorization": f"Bearer {token()}"}
            )
        assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
        with pytest.raises(TypeError):
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://ingest"
            ) as http:
                await http.post("/api/progress", json=GOOD, headers={"Authorization": f"Bearer {token()}"})


def _without_time(answer: httpx.Response) -> Any:
    body = answer.json()
    return {name: value for name, value in body.items() if name != "serverTime"}
