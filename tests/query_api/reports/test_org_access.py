"""Who may read the organisation's routes, and the people of one item."""

from __future__ import annotations

from urllib.parse import urlencode

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.org_rows import asked
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World, headers, new_content

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PEOPLE = """
    SELECT user_id::text AS "userId", display_name AS name, progress_percentage AS progress, status
    FROM progress.user_progress LEFT JOIN progress.people USING (tenant_id, user_id)
    WHERE tenant_id = %(tenant)s AND content_id = %(content)s
"""


@pytest.mark.usefixtures("theirs")
async def test_who_opened_an_item_and_how_far_they_are(world: World, ask: Asking, ours: Organisation) -> None:
    path = f"/api/org/content/{ours.item('intro')}/people?started=true"
    names = ("userId", "name", "progress", "status")

    body = await ask(f"{path}&sort=userId")

    rows = asked(world, PEOPLE, tenant=ours.tenant, content=ours.item("intro"))
    found = [{name: row[name] for name in names} for row in body["items"]]
    assert found == sorted(rows, key=lambda row: row["userId"])
    assert len(found) == 7
    done = await ask(f"{path}&sort=name&status=completed")
    assert [row["name"] for row in done["items"]] == ["Ada Lovelace", "Dan", "Eve", "Mona"]
    searched = await ask(f"{path}&q=100%25")
    assert [row["name"] for row in searched["items"]] == ["Bob 100%"]


@pytest.mark.usefixtures("theirs")
async def test_a_manager_sees_the_members_of_their_own_teams_alone(ask: Asking, ours: Organisation) -> None:
    path = f"/api/org/content/{ours.item('intro')}/people?started=true&sort=name"

    async def names(who: str) -> list[str]:
        page = await ask(path, ours.person(who), "manager")
        return [row["name"] for row in page["items"]]

    assert await names("mona") == ["Ada Lovelace", "Bob 100%", "Dan"]
    assert await names("nils") == ["Dan", "Eve", "Mona"]
    assert await names("ada") == []  # the role in the token alone makes no manager of a team


PATHS = (
    "/api/org/progress",
    "/api/org/completions",
    "/api/org/completions/months",
    "/api/org/completions/years",
    "/api/org/days",
    "/api/org/content",
    "/api/org/content/{item}",
    "/api/org/content/{item}/people",
    "/api/org/content/{item}/what-if?threshold=0.5",
)

NONSENSE = {
    "started": "perhaps",
    "year": "1969",
    "month": "13",
    "contentId": "x",
    "required": "perhaps",
    "former": "perhaps",
    "sort": "s" * 51,
    "cursor": "c" * 4_001,
    "limit": "0",
    "format": "x",
    "from": "x",
    "to": "x",
    "q": "\0",
    "type": "x",
    "archived": "x",
    "minStarted": "-1",
    "status": "x",
    "threshold": "7",
}
"""Of each query parameter that any of the paths takes, a value that it refuses."""


@pytest.mark.parametrize("path", PATHS)
async def test_others_are_refused_whatever_they_name(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, theirs: Organisation, path: str
) -> None:
    route = path.partition("?")[0]
    known = await _query_parameters(client, route.replace("{item}", "{contentId}"))
    bad = {name: NONSENSE[name] for name in known}
    roles: list[tuple[str, ...]] = [()] if path.endswith("/people") else [(), ("manager",)]
    for item in (ours.item("intro"), theirs.item("intro"), new_content(), "nonsense"):
        for url in (path.format(item=item), f"{route.format(item=item)}?{urlencode(bad)}"):
            for has in roles:
                answer = await client.get(url, headers=headers(settings, ours.manager, has))
                assert answer.status_code == 403, (url, has, answer.text)

    if path != "/api/org/content/{item}":  # it takes none; of the others, an administrator learns all
        url = f"{route.format(item=ours.item('intro'))}?{urlencode(bad)}"
        answer = await client.get(url, headers=headers(settings, ours.admin, ("admin",)))
        assert answer.status_code == 422
        assert {error["field"] for error in answer.json()["errors"]} == known


async def _query_parameters(client: httpx.AsyncClient, route: str) -> set[str]:
    document = (await client.get("/openapi.json")).json()
    parameters = document["paths"][route]["get"].get("parameters", [])
    return {each["name"] for each in parameters if each["in"] == "query"}


@pytest.mark.parametrize("path", [path for path in PATHS if "{item}" in path])
async def test_another_tenants_item_is_like_none(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, theirs: Organisation, path: str
) -> None:
    sent = headers(settings, ours.admin, ("admin",))
    answers = [
        await client.get(path.format(item=item), headers=sent)
        for item in (theirs.item("intro"), new_content())
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["errors"][0]["field"] == "contentId"
