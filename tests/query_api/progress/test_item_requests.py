from __future__ import annotations

import httpx
import pytest

from playhead.progress import ContentId
from playhead.settings import QuerySettings
from tests.query_api.world import (
    World,
    headers,
    new_content,
    new_person,
    watched,
)

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=nonsense", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=WyJoaXN0b3J5IixbMSwiYSJdXQ", "cursor"),
        ("cursor=", "cursor"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many", "limit"),
        ("userId=me", "userId"),
    ],
)
async def test_a_bad_parameter_is_a_problem_that_names_it(
    client: httpx.AsyncClient, settings: QuerySettings, query: str, field: str
) -> None:
    answer = await client.get(f"/api/progress?{query}", headers=headers(settings, new_person()))

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_content_id_that_is_no_uuid_is_a_problem(
    client: httpx.AsyncClient, settings: QuerySettings
) -> None:
    answer = await client.get("/api/progress/lesson-one", headers=headers(settings, new_person()))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "contentId"


async def test_a_content_id_is_found_however_it_is_spelt(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), ContentId("0b7c2a52-6f0e-4f6e-9a53-5f3f6f1f9dab")
    world.hold(person, {content: watched(300)})

    answer = await client.get(f"/api/progress/{content.upper()}", headers=headers(settings, person))

    assert answer.json()["progressPercentage"] == 50


async def test_what_cannot_be_decoded_is_a_500_that_is_counted(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    world.store(person, {content: watched(10)})
    world.spoil(person)
    counted = '{route="/api/progress/{contentId}",status="500"} 1.0'
    before = (await client.get("/metrics")).text

    answer = await client.get(f"/api/progress/{content}", headers=headers(settings, person))

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "broken" not in answer.text
    assert counted not in before
    assert counted in (await client.get("/metrics")).text


async def test_no_route_is_a_problem_and_so_is_another_method(client: httpx.AsyncClient) -> None:
    missing = await client.get("/api/nothing")
    refused = await client.patch("/api/progress")

    assert (missing.status_code, refused.status_code) == (404, 405)
    assert missing.headers["content-type"] == refused.headers["content-type"] == "application/problem+json"
