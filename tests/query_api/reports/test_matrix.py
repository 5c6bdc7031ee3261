"""Members and the items required of them: the matrix, those who never opened, and the team's items."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from query_api.reports import matrix_page
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.organisation import Organisation

pytestmark = [pytest.mark.services, pytest.mark.anyio]


def cells(made: Organisation, row: dict[str, Any]) -> dict[str, tuple[str, int, bool]]:
    """Of a member, by the items' names."""
    names = {made.item(name): name for name in ("intro", "safety", "handbook", "old", "loose")}
    return {
        names[cell["contentId"]]: (cell["status"], cell["progress"], cell["overdue"]) for cell in row["cells"]
    }


async def test_each_member_has_a_cell_for_each_item_required_of_them(ask: Asking, ours: Organisation) -> None:
    found = await ask(f"/api/teams/{ours.team('Red')}/matrix")

    assert [row["name"] for row in found["items"]] == ["Ada Lovelace", "Bob 100%", "Cleo", "Dan"]
    ada, bob, cleo, dan = (cells(ours, row) for row in found["items"])
    assert {name: status for name, (status, _, _) in ada.items()} == {
        "intro": "completed",
        "safety": "completed",
    }
    assert (bob["intro"][:2], bob["handbook"][0]) == (("in_progress", 50), "not_started")
    assert {name: cell[:2] for name, cell in cleo.items()} == {
        "intro": ("not_started", 0),
        "safety": ("not_started", 0),
    }
    assert dan["safety"][:2] == ("in_progress", 20)
    assert [column["title"] for column in found["columns"]] == ["Handbook", "Introduction", "Safety first"]
    assert [(c["assigned"], c["completedOfAssigned"], c["notStarted"]) for c in found["columns"]] == [
        (1, 0, 1),
        (4, 2, 1),
        (4, 1, 2),
    ]
    assert found["columns"][1]["completionRateOfAssigned"] == 50.0


async def test_pages_hold_every_member_once_under_the_same_columns(ask: Asking, ours: Organisation) -> None:
    path = f"/api/teams/{ours.team('Red')}/matrix"
    whole = await ask(path)
    for sort in ("name", "-name"):
        rows = await ask.rows(f"{path}?sort={sort}&limit=3")
        assert rows == (whole["items"] if sort == "name" else whole["items"][::-1])
    first = await ask(f"{path}?limit=3")
    assert first["columns"] == whole["columns"]


async def test_filters_by_item_person_and_status(ask: Asking, ours: Organisation) -> None:
    path = f"/api/teams/{ours.team('Red')}/matrix"

    async def names(query: str) -> list[str]:
        return [row["name"] for row in (await ask(f"{path}?{query}"))["items"]]

    assert await names("status=not_started") == ["Bob 100%", "Cleo"]
    assert await names("status=completed") == ["Ada Lovelace", "Dan"]
    assert await names("q=LOVE") == ["Ada Lovelace"]
    assert await names(f"contentId={ours.item('handbook')}") == ["Bob 100%"]
    assert await names(f"contentId={ours.item('safety')}&status=in_progress") == ["Dan"]
    assert await names(f"contentId={ours.item('safety')},{ours.item('intro')}&status=completed") == [
        "Ada Lovelace",
        "Dan",
    ]
    one = await ask(f"{path}?contentId={ours.item('safety')}")
    assert [column["title"] for column in one["columns"]] == ["Safety first"]
    assert {len(row["cells"]) for row in one["items"]} == {1}


async def test_a_team_without_members_has_an_empty_matrix(ask: Asking, ours: Organisation) -> None:
    found = await ask(f"/api/teams/{ours.team('Green')}/matrix")
    assert found == {"columns": [], "items": [], "nextCursor": None, "asOf": None}


async def test_too_many_columns_are_refused_until_the_request_names_some(
    ask: Asking, ours: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_page, "MAX_COLUMNS", 2)
    path = f"/api/teams/{ours.team('Red')}/matrix"

    answer = await ask.answer(path)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["contentId"]
    assert len((await ask(f"{path}?contentId={ours.item('safety')}"))["columns"]) == 1


async def test_a_file_has_a_row_for_each_cell(ask: Asking, ours: Organisation) -> None:
    path = f"/api/teams/{ours.team('Red')}/matrix"
    page = await ask(path)

    file = await ask.answer(f"/api/teams/{ours.team('Red')}/cells?format=csv&sort=name")

    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
    flat = {(row["userId"], row["contentId"]): (row["status"], row["progress"], row["dueAt"]) for row in rows}
    assert flat == {
        (row["userId"], cell["contentId"]): (cell["status"], str(cell["progress"]), cell["dueAt"] or "")
        for row in page["items"]
        for cell in row["cells"]
    }
    assert len(rows) == len(flat) == 9


async def test_what_was_never_opened_by_team_and_by_item(ask: Asking, ours: Organisation) -> None:
    by_team = await ask.rows(f"/api/teams/{ours.team('Red')}/not-started?limit=2")
    assert sorted((row["name"], row["title"]) for row in by_team) == [
        ("Bob 100%", "Handbook"),
        ("Bob 100%", "Safety first"),
        ("Cleo", "Introduction"),
        ("Cleo", "Safety first"),
    ]
    assert [row["dueAt"] is None for row in by_team] == [False, False, False, True], "no date comes last"

    safety = f"/api/org/content/{ours.item('safety')}"
    assert sorted(await ask.names(f"{safety}/not-started")) == ["bob", "cleo", "eve", "mona"]
    assert sorted(await ask.names(f"{safety}/not-started", ours.manager, "manager")) == ["bob", "cleo"]
    listed = await ask(safety)
    assert listed["notStarted"] == 4


async def test_the_people_of_an_item_are_those_of_its_figures(ask: Asking, ours: Organisation) -> None:
    for name in ("intro", "safety", "handbook", "extra", "old", "loose"):
        path = f"/api/org/content/{ours.item(name)}"
        figures = await ask(path)

        async def count(query: str, path: str = path) -> int:
            return len(await ask.rows(f"{path}/people?{query}"))

        assert figures["assigned"] == await count("required=true")
        assert figures["completedOfAssigned"] == await count("required=true&status=completed")
        assert figures["notStarted"] == await count("required=true&started=false")
        assert figures["notStarted"] == len(await ask.rows(f"{path}/not-started"))
        assert figures["started"] == await count("started=true&former=false")
        assert figures["completedOfStarted"] == await count("started=true&former=false&status=completed")
        assert figures["former"] == await count("former=true")


async def test_the_items_of_a_team_say_what_the_matrix_says(ask: Asking, ours: Organisation) -> None:
    for name in ("Red", "Blue", "Green"):
        path = f"/api/teams/{ours.team(name)}"
        matrix = await ask(f"{path}/matrix")
        items = await ask.rows(f"{path}/content?required=true")
        assert [
            {key: item[key] for key in column} for item, column in zip(items, matrix["columns"], strict=True)
        ] == (matrix["columns"])
        of = [cell for row in matrix["items"] for cell in row["cells"]]
        for item in items:
            mine = [cell for cell in of if cell["contentId"] == item["contentId"]]
            assert item["assigned"] == len(mine)
            assert item["completedOfAssigned"] == sum(cell["status"] == "completed" for cell in mine)
            assert item["overdue"] == sum(cell["overdue"] for cell in mine)
            assert item["notStarted"] == len(
                await ask.rows(f"{path}/not-started?contentId={item['contentId']}")
            )
    everything = await ask.rows(f"/api/teams/{ours.team('Blue')}/content")
    assert "Old lesson" not in [item["title"] for item in everything], "archived"
