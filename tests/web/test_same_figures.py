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


@pytest.fixture(scope="module")
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


def test_pages_of_items_and_of_the_organisation_show_the_figures_of_the_api(
    company: Company, device: Devices
) -> None:
    house, page = company.house, device().page()
    opened(page, house, house.admin, "/organisation/items?archived=all")
    rows = read(company, house.admin, "/api/org/content")
    assert {row["contentId"] for row in rows} == {*company.items}
    for row, shown in rows_of(page, "page-items", rows):
        names = ("assigned", "completionRateOfAssigned", "notStarted", "started", "completedOfStarted")
        more = ("completionRateOfStarted", "coverageOfStarted")
        assert numbers(shown)[:7] == [whole(row[name]) for name in (*names, *more)], row
    for item in company.items:
        page.goto(f"{house.url}/organisation/items/{item}")
        of = house.read(house.admin, f"/api/org/content/{item}")
        names = ("assigned", "completedOfAssigned", "completionRateOfAssigned", "notStarted", "started")
        more = ("completedOfStarted", "completionRateOfStarted", "coverageOfStarted")
        has_figures(page, "page-item .figure", [of[name] for name in (*names, *more)])
    page.goto(f"{house.url}/organisation")
    of = house.read(house.admin, "/api/org/progress")
    names = ("people", "active7Days", "active30Days", "started", "completedOfStarted")
    has_figures(
        page,
        "page-organisation .figure",
        [of[name] for name in (*names, "completionRateOfStarted", "progress")],
    )


def test_pages_of_people_show_the_figures_of_the_api(company: Company, device: Devices) -> None:
    house = company.house
    for who in company.members:
        page = opened(device().page(), house, who, "/dashboard")
        summary = house.read(who, "/api/progress")["summary"]
        names = ("completedItems", "inProgressItems", "notStartedItems")
        has_figures(page, "page-dashboard .overall .share", [summary["avgProgress"]])
        has_figures(page, "page-dashboard dl .figure", [summary[name] for name in names])
        for item in company.items:
            progress = house.progress(who, item)
            page.goto(f"{house.url}/watch/{item}")
            bar = page.locator("page-watch .facts-card").get_by_role("progressbar")
            expect(bar).to_have_attribute("aria-valuenow", str(int(progress["progressPercentage"])))
    page = opened(device().page(), house, company.manager, "/people")
    expect(page.locator("page-people tbody tr").first).to_be_visible()  # else the link has not signed in yet
    for who in company.members:
        page.goto(f"{house.url}/people/{who.user_id}")
        of = house.read(company.manager, f"/api/people/{who.user_id}")
        done = 100 * of["requiredCompleted"] / of["required"] if of["required"] else None
        has_figures(
            page, "page-person dl .figure", [of["progress"], done, of["overdue"], of["completedItems"]]
        )
        items = {each["contentId"]: each for each in read(company, who, "/api/progress")}
        for item, progress in items.items():
            row = page.locator(f"person-items tbody tr:has(a[href$='{item}'])")
            expect(row.get_by_role("progressbar")).to_have_attribute(
                "aria-valuenow", str(int(progress["progress"]))
            )
        for item in company.items:
            page.goto(f"{house.url}/people/{who.user_id}/items/{item}")
            progress = house.progress(who, item)
            bar = page.locator("page-person-item .page-head").get_by_role("progressbar")
            expect(bar).to_have_attribute("aria-valuenow", str(int(progress["progressPercentage"])))


def has_figures(page: Page, selector: str, expected: list[float | None]) -> None:
    """The first figures of a page, in order, are these, rounded down."""
    shown = page.locator(selector)
    for place, value in enumerate(expected):
        number = whole(value)
        text = re.compile(r"^\s*\u2013\s*$" if number is None else rf"^\s*{number}(?![0-9])")
        expect(shown.nth(place)).to_have_text(text)


def whole(value: float | None) -> int | None:
    return None if value is None else int(value)
