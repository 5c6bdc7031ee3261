"""Who may see the evidence, and that it is the stored progress's under the catalogue's policy."""

from __future__ import annotations

import httpx
import psycopg
import pytest

from playhead.settings import QuerySettings
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World, headers, new_content, new_person, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]


def path(who: str, item: str) -> str:
    return f"/api/people/{who}/progress/{item}/evidence"


@pytest.mark.parametrize(
    ("who", "roles", "whose", "status"),
    [
        ("ada", (), "ada", 200),
        ("ada", (), "bob", 403),
        ("ada", (), "nobody", 403),
        ("mona", ("manager",), "bob", 200),
        ("mona", ("manager",), "eve", 403),
        ("mona", ("manager",), "nobody", 404),
        ("mona", ("manager",), "stranger", 404),
        ("abel", ("admin",), "gus", 200),
        ("abel", ("admin",), "stranger", 404),
    ],
)
async def test_who_may_see_it(  # noqa: PLR0913 - the columns of the table
    client: httpx.AsyncClient,
    settings: QuerySettings,
    ours: Organisation,
    theirs: Organisation,
    *,
    who: str,
    roles: tuple[str, ...],
    whose: str,
    status: int,
) -> None:
    others = {"nobody": new_person().user_id, "stranger": theirs.person("bob").user_id}
    subject = others.get(whose) or ours.person(whose).user_id

    answer = await client.get(
        path(subject, ours.item("intro")), headers=headers(settings, ours.person(who), roles)
    )

    assert answer.status_code == status, answer.text
    if status == 200:
        body = answer.json()
        assert body["userId"] == subject
        assert body["summary"]["progressPercentage"] > 0
        assert body["duration"] == {
            "seconds": 600,
            "source": "catalogue",
            "claimedSeconds": 600,
            "pageCount": 0,
        }


async def test_it_is_the_figure_of_the_item_itself(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    world.store(person, {content: watched(330)})
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.content_items (tenant_id, content_id, title, type, threshold, duration_ms) "
            "VALUES (%s, %s, 'Item', 'video', 0.5, 500000)",
            [person.tenant_id, content],
        )
    sent = headers(settings, person)

    body = (await client.get(path(person.user_id, content), headers=sent)).json()

    assert body["summary"] == (await client.get(f"/api/progress/{content}", headers=sent)).json()
    assert body["summary"]["progressPercentage"] == 100
    assert body["policy"]["thresholdFrom"] == "catalogue"
    assert body["completion"]["because"] == "watched"


async def test_an_item_without_progress(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, theirs: Organisation
) -> None:
    sent = headers(settings, ours.learner)
    unopened = await client.get(path(ours.learner.user_id, ours.item("extra")), headers=sent)
    unknown = [
        await client.get(path(ours.learner.user_id, item), headers=sent)
        for item in (new_content(), theirs.item("extra"))
    ]

    assert unopened.json()["summary"]["status"] == "not_started"
    assert [answer.status_code for answer in unknown] == [404, 404]
    assert unknown[0].content == unknown[1].content
    assert unknown[0].json()["errors"][0]["field"] == "contentId"


async def test_no_cell_of_another_tenant_is_told(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    world.store(new_person(), {content: watched(300)})

    answer = await client.get(path(person.user_id, content), headers=headers(settings, person))

    assert answer.status_code == 404
