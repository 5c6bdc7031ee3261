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
NO_NETWORK = "ERR_INTERNET_DISCONNECTED"
HISTORY_MODULE = "**/assets/history-*.js"
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


def test_a_page_that_cannot_be_loaded_says_so_and_comes_with_the_network(
    house: House, device: Devices
) -> None:
    browser = device(NO_NETWORK)
    page = opened(browser.page(), house, house.person("Ada"), "/")
    expect(page.get_by_role("heading", name="Library", exact=True)).to_be_visible()
    browser.context.set_offline(True)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    focused(page, "h1: You are offline")
    expect(current(page)).to_have_text(["History"])
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    browser.context.set_offline(False)
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    page.get_by_role("link", name="My progress").click()
    is_at(page, "My progress")


def test_a_module_that_is_gone_can_be_asked_for_again(house: House, device: Devices) -> None:
    page = opened(device("404").page(), house, house.person("Ada"), "/")
    expect(page.get_by_role("heading", name="Library", exact=True)).to_be_visible()
    page.route(HISTORY_MODULE, lambda route: route.fulfill(status=404))
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="This page could not be loaded")).to_be_visible()
    page.unroute(HISTORY_MODULE)
    page.get_by_role("button", name="Try again").click()
    is_at(page, "History")


def test_after_a_release_the_page_reloads_once(house: House, device: Devices) -> None:
    page = opened(device("404").page(), house, house.person("Ada"), "/")
    expect(page.get_by_role("heading", name="Library", exact=True)).to_be_visible()
    loads: list[str] = []
    page.on("domcontentloaded", lambda of: loads.append(of.url))
    page.route(HISTORY_MODULE, lambda route: route.fulfill(status=404))
    # what the query API serves from now on, as far as the page knows
    newer = '<!doctype html><script type="module" src="/assets/index-newer.js"></script>'
    page.route(f"{house.url}/", lambda route: route.fulfill(body=newer, content_type="text/html"))
    with page.expect_event("domcontentloaded"):
        page.get_by_role("link", name="History").click()
    # reloaded, it still lacks the module, since this release is none: it says so, and reloads no more
    expect(page.get_by_role("heading", name="There is a newer version")).to_be_visible()
    assert loads == [f"{house.url}/history"]
    page.unroute(HISTORY_MODULE)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    assert len(loads) == 2


def test_back_and_a_reload_find_the_place_in_a_long_list(house: House, device: Devices) -> None:
    mona = house.person("Mona Manager", "admin")
    house.enrol(*(house.person(f"Person {number:03}") for number in range(130)))
    page = opened(device().page(), house, mona, "/people")
    rows = page.locator("page-people tbody tr")
    expect(rows.first).to_be_visible()
    while (more := page.get_by_role("button", name="Show more")).count():
        before = rows.count()
        more.click()
        expect(rows.nth(before)).to_be_visible()
    expect(rows).to_have_count(130)
    link = page.get_by_role("link", name="Person 117")
    link.scroll_into_view_if_needed()
    left_at = page.evaluate("scrollY")
    assert left_at > 1_000
    link.click()
    expect(page.get_by_role("heading", name="Person 117")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    is_at(page, "People")
    until(lambda: abs(page.evaluate("scrollY") - left_at) < 2 or None, FOCUSED_S, "the place")
    expect(rows).to_have_count(130)
    page.reload()
    expect(rows).to_have_count(130)
    until(lambda: abs(page.evaluate("scrollY") - left_at) < 2 or None, FOCUSED_S, "the place again")
