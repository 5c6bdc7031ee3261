"""Pages of other origins, and what browsers let them read."""

from __future__ import annotations

import httpx
import pytest

from playhead.settings import QuerySettings
from query_api.app import create_app

pytestmark = pytest.mark.anyio

PAGE, OTHER = "https://player.example", "https://other.example"


async def asked(settings: QuerySettings, origin: str, method: str) -> httpx.Response:
    """A preflight, which reaches no store."""
    transport = httpx.ASGITransport(app=create_app(settings))
    sent = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    async with httpx.AsyncClient(transport=transport, base_url="http://query") as client:
        return await client.options("/api/progress", headers=sent)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
async def test_pages_of_allowed_origins_may_send_whatever_the_api_has(method: str) -> None:
    answer = await asked(QuerySettings(query_allowed_origins=(PAGE,)), PAGE, method)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert method in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-max-age"] == "7200"


async def test_other_origins_may_not_nor_may_any_by_default() -> None:
    other = await asked(QuerySettings(query_allowed_origins=(PAGE,)), OTHER, "GET")
    default = await asked(QuerySettings(), PAGE, "GET")
    for answer in (other, default):
        assert "access-control-allow-origin" not in answer.headers


async def test_an_answer_says_so_too_even_where_it_is_a_problem() -> None:
    transport = httpx.ASGITransport(app=create_app(QuerySettings(query_allowed_origins=("*",))))
    async with httpx.AsyncClient(transport=transport, base_url="http://query") as client:
        answer = await client.get("/api/nothing", headers={"Origin": PAGE})
    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Retry-After" in answer.headers["access-control-expose-headers"]


def test_origins_are_listed_with_commas_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_QUERY_ALLOWED_ORIGINS", f"{PAGE} , {OTHER},")
    assert QuerySettings().query_allowed_origins == (PAGE, OTHER)
