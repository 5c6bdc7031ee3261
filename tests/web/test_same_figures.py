"""The pages show the figures of the API, in whole per cent rounded down."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.faults.pipeline import Pipeline
from tests.figures.company import Company
from tests.figures.life import Body
from tests.web.conftest import Devices
from tests.web.house import Person
from tests.web.signed_in import opened


@pytest.fixture
def company(pipeline: Pipeline) -> Iterator[Company]:
    made = Company(pipeline)
    yield made
    made.house.close()


def test_pages_show_the_figures_of_the_api(company: Company, device: Devices) -> None:
    house, team = company.house, company.team
    for who in (company.manager, house.admin):
        page = opened(device().page(), house, who, "/people")
        for row, shown in rows_of(page, "page-people", read(company, who, "/api/people")):
            has_bar(shown, row["progress"])
            assert numbers(shown)[:2] == [row["items"], row["completedItems"]]
        page.goto(f"{house.url}/teams/{team}")
        for row, shown in rows_of(page, "team-table", read(company, who, f"/api/teams/{team}/progress")):
            has_bar(shown, row["progress"])
            assert numbers(shown)[:3] == [row["requiredCompleted"], row["required"], row["overdue"]]


def read(company: Company, who: Person, path: str) -> list[Body]:
    rows: list[Body] = company.house.read(who, path)["items"]
    return rows


def rows_of(page: Page, element: str, rows: list[Body]) -> Iterator[tuple[Body, Locator]]:
    """Each row of the API, and that of the page with the same name."""
    shown = page.locator(f"{element} tbody tr")
    expect(shown).to_have_count(len(rows))
    for row in rows:
        name = row.get("name") or row.get("title")
        if name is not None:
            link = page.get_by_role("link", name=name, exact=True)
            yield row, shown.filter(has=link)


def has_bar(row: Locator, percentage: float | None) -> None:
    """The row's bar shows whole per cent; there is none for a figure that is null."""
    found = row.get_by_role("progressbar")
    expect(found).to_have_count(0 if percentage is None else 1)
    if percentage is not None:
        expect(found).to_have_attribute("aria-valuenow", str(int(percentage)))


def numbers(row: Locator) -> list[int | None]:
    """The numbers of a row's cells of numbers, in order; None for a dash."""
    cells = row.locator("td.number").all_inner_texts()
    found = [part for cell in cells for part in re.findall("\u2013|[0-9]+", cell)]
    return [None if part == "\u2013" else int(part) for part in found]
