"""What holds for each of the pages: axe finds nothing, no console complains, a phone is wide enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.web.clips import DOCUMENT
from tests.web.conftest import Devices
from tests.web.host import WEB
from tests.web.house import House, Person, an_id
from tests.web.signed_in import opened

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
SETTLED_MS = 20_000
PHONE = {"width": 360, "height": 740}
PAGES = (
    # path, whose it is, and what is there once it is loaded
    ("/", "learner", "page-library article"),
    ("/watch/{film}", "learner", "watch-media video"),
    ("/watch/{document}", "learner", "watch-document iframe"),
    ("/watch/{elsewhere}", "learner", "page-watch h1"),
    ("/dashboard", "learner", "activity-by-day .zone"),
    ("/history", "learner", "page-history article"),
    ("/figures", "learner", "page-figures dl"),
    ("/teams", "manager", "page-teams tbody tr"),
    ("/teams/{team}", "manager", "team-table tbody tr"),
    ("/teams/{team}/matrix", "manager", "table.matrix tbody tr"),
    ("/people", "manager", "page-people tbody tr"),
    ("/people/{learner}", "manager", "activity-by-day .zone"),
    ("/people/{learner}/items/{film}", "manager", "evidence-sessions"),
    ("/organisation", "admin", "chart-series svg"),
    ("/organisation/items", "admin", "page-items tbody tr"),
    ("/organisation/items/{film}", "admin", "chart-series svg"),
    ("/organisation/teams", "admin", "page-org-teams tbody tr"),
    ("/organisation/exports", "admin", "export-picker"),
    ("/organisation/import", "admin", "page-import input[type=file]"),
    ("/organisation/settings", "admin", "page-org-settings form"),
    # states rather than pages
    ("/organisation", "learner", "ui-state h2"),
    ("/watch/{missing}", "learner", "ui-state h1"),
    ("/there-is-no-such-page", "learner", "ui-state h1"),
)


@dataclass(frozen=True, slots=True)
class Household:
    """Who and what there is to be seen."""

    house: House
    people: dict[str, Person]
    names: dict[str, str]


@pytest.fixture
def household(house: House) -> Iterator[Household]:
    """One of each role, a team, and some progress of a name that is too long for any column."""
    long_name = "Bartholomew Featherstonehaugh-Cholmondeley of the Night Shift"
    people = {
        "learner": house.person(long_name),
        "manager": house.person("Mona Manager", "manager"),
        "admin": house.admin,
    }
    house.enrol(*people.values())
    film = house.item("Manual handling without injury, and what to do when there was one all the same")
    names = {
        "film": film,
        "document": house.item("When the alarm sounds", DOCUMENT, type="document"),
        "elsewhere": house.item("Played elsewhere", mediaUrl=None),
        "team": an_id(),
        "missing": an_id(),
        **{role: person.user_id for role, person in people.items()},
    }
    members = [
        {"userId": names["learner"], "role": "member"},
        {"userId": names["manager"], "role": "manager"},
    ]
    house.put("teams", {"teamId": names["team"], "name": "Night shift", "members": members})
    house.put("assignments", {"contentId": film, "target": "everyone", "dueAt": "2026-01-01T00:00:00Z"})
    house.save(people["learner"], film, (0, 5), (9, 14))
    house.stored(people["learner"], film, lambda row: row["position"] > 0, "the row")
    return Household(house, people, names)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.chaos)])
def test_axe_finds_nothing(household: Household, device: Devices, scheme: str) -> None:
    browser = device("403", "404", bypass_csp=True, color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for page, name in each_page(household, browser.page()):
        page.add_script_tag(path=AXE)
        violations_found: list[dict[str, Any]] = page.evaluate(
            "axe.run().then(({ violations }) => violations)"
        )
        found[name] = [(each["id"], [node["target"] for node in each["nodes"]]) for each in violations_found]
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_nothing_is_wider_than_a_phone_and_nothing_complains(
    household: Household, device: Devices, lang: str
) -> None:
    browser = device("403", "404", viewport=PHONE, locale=lang)
    wide = {}
    for page, name in each_page(household, browser.page()):
        wide[name] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert page.evaluate("document.documentElement.dir") == ("rtl" if lang == "ar" else "ltr")
    assert {name: by for name, by in wide.items() if by > 0} == {}


def each_page(household: Household, page: Page) -> Iterator[tuple[Page, str]]:
    """Each in turn, loaded; its name for who reads of a fault."""
    signed_in = None
    for pattern, role, shows in PAGES:
        path = pattern.format(**household.names)
        if role == signed_in:
            page.goto(household.house.url + path)
        else:
            if signed_in is not None:
                page = (
                    page.context.new_page()
                )  # a tab that is signed in asks before it becomes another person's
            opened(page, household.house, household.people[role], path)
            signed_in = role
        page.locator(shows).first.wait_for(timeout=SETTLED_MS)
        page.locator("ui-skeleton").first.wait_for(state="detached", timeout=SETTLED_MS)
        yield page, f"{pattern} as {role}"
