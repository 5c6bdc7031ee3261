"""From page to page: what the navigation says, where the focus is, and the place that Back restores."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.faults.pipeline import until
from tests.web.conftest import Devices
from tests.web.house import House, an_id
from tests.web.signed_in import opened

FOCUSED = """() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return `${element?.localName}: ${element?.textContent.trim()}`
}"""
FOCUSED_S = 15
LEARNER = ("Library", "My progress", "History")
OFFERED = {
    "learner": LEARNER,
    "manager": (*LEARNER, "Teams", "People"),
    "admin": (*LEARNER, "Teams", "People", "Organisation"),
}


@pytest.mark.parametrize("role", OFFERED)
def test_each_entry_of_the_navigation_leads_to_its_page(house: House, device: Devices, role: str) -> None:
    roles = () if role == "learner" else (role,)
    page = opened(device().page(), house, house.person("Robin", *roles), "/")
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(links).to_have_text(OFFERED[role])
    for name in (*OFFERED[role][1:], *reversed(OFFERED[role][:-1])):
        links.get_by_text(name, exact=True).click()
        is_at(page, name)
    page.go_back()
    is_at(page, OFFERED[role][1])
    page.go_forward()
    is_at(page, OFFERED[role][0])


def is_at(page: Page, name: str) -> None:
    """That is the page that is shown, marked, named and focused."""
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(current(page)).to_have_text([name])
    expect(page).to_have_title(f"{name} · Playhead")
    focused(page, f"h1: {name}")


def current(page: Page) -> Locator:
    """What the navigation marks as the page one is on."""
    return page.get_by_role("navigation", name="Main").locator("[aria-current=page]")


def focused(page: Page, what: str) -> None:
    """Wait until that element has the focus."""
    until(lambda: page.evaluate(FOCUSED) == what or None, FOCUSED_S, f"the focus on {what}")


def test_links_within_pages_move_the_navigation_and_the_focus_too(house: House, device: Devices) -> None:
    house.item("Fire safety", mediaUrl=None)
    page = opened(device("404").page(), house, house.person("Ada"), "/history")
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    page.get_by_role("link", name="Library").first.click()
    page.get_by_role("link", name="Fire safety").click()
    expect(page).to_have_title("Fire safety · Playhead")
    expect(current(page)).to_have_text(["Library"])
    focused(page, "h1: Fire safety")
    page.goto(f"{house.url}/watch/{an_id()}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).not_to_have_title("Fire safety · Playhead")
