"""Sign-in links: once, for the person they are for, and without a token in the address or the history."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import chromium_options
from tests.web.conftest import Devices
from tests.web.house import House, Person
from tests.web.player import host_page
from tests.web.test_every_page import AXE

USED = "status of 410"


def greeted(page: Page, who: Person) -> None:
    """The pages are theirs."""
    expect(page.get_by_role("heading", name="My progress")).to_be_visible()
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_text(who.name)).to_be_visible()
    page.keyboard.press("Escape")


def test_a_link_leaves_no_token_in_the_address_nor_in_the_browsers_files(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    ada = house.person("Ada Lovelace")
    house.enrol(ada)
    token = ada.token()
    context = browser.browser_type.launch_persistent_context(tmp_path, **chromium_options())
    page = context.new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(house.link(token, "/dashboard"))
    greeted(page, ada)
    assert page.url == f"{house.url}/dashboard"
    assert page.evaluate("JSON.stringify(history.state)").count("code") == 0
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    page.go_back()  # is over with the next change of the address, such as of the place kept with its entry
    expect(page).to_have_url(f"{house.url}/dashboard")
    expect(page.get_by_role("heading", name="My progress")).to_be_visible()
    context.close()
    assert not any(token in url or "code=" in url for url in seen)
    history = (tmp_path / "Default" / "History").read_bytes()
    assert b"/dashboard" in history
    assert token.encode() not in history


def test_a_link_followed_twice_opens_the_page_twice(house: House, device: Devices) -> None:
    ada = house.person("Ada Lovelace")
    house.enrol(ada)
    link = house.link(ada.token(), "/dashboard")
    browser = device(USED)
    first, second = browser.page(link), browser.page()
    greeted(first, ada)
    second.goto(link)
    greeted(second, ada)
    # and in the tab that is signed in by it
    first.goto(link)
    greeted(first, ada)


def test_a_used_link_says_what_to_do(house: House, device: Devices) -> None:
    link = house.link(house.person("Ada").token())
    device().page(link).get_by_role("heading", name="Library", exact=True).wait_for()
    page = device(USED).page(link)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="playhead token --link")).to_be_visible()
    assert page.url == f"{house.url}/"


def test_nobody_who_is_signed_in_is_replaced_without_being_asked(house: House, device: Devices) -> None:
    ada, bob = house.person("Ada Lovelace"), house.person("Bob Babbage")
    house.enrol(ada, bob)
    browser = device(USED)
    page = browser.page(house.link(ada.token(), "/dashboard"))
    greeted(page, ada)
    page.goto(house.link(bob.token(), "/dashboard"))
    expect(
        page.get_by_text("You are signed in as Ada Lovelace. The link signs in Bob Babbage.")
    ).to_be_visible()
    page.get_by_role("button", name="Stay signed in as Ada Lovelace").click()
    greeted(page, ada)
    page.goto(house.link(bob.token(), "/dashboard"))
    page.get_by_role("button", name="Sign in as Bob Babbage").click()
    greeted(page, bob)
    # one's own link asks nothing
    page.goto(house.link(bob.token(), "/dashboard"))
    greeted(page, bob)
    # a link with a token in it, as there were, does nothing
    page.goto(f"{house.url}/dashboard#token={ada.token()}")
    page.reload()
    greeted(page, bob)
    assert page.url == f"{house.url}/dashboard"


def test_a_page_in_a_frame_gets_its_token_from_the_page_around_it(
    house: House, host: str, device: Devices
) -> None:
    ada = house.person("Ada Lovelace")
    house.enrol(ada)
    page = device().page(host_page(host, house, ada, house.item(), "frame"))
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", name="My progress")).to_be_visible()
    inside.get_by_role("button", name="Account").click()
    expect(inside.get_by_text(ada.name)).to_be_visible()


def test_axe_finds_nothing_where_one_signs_in(house: House, device: Devices) -> None:
    ada, bob = house.person("Ada Lovelace"), house.person("Bob Babbage")
    link = house.link(bob.token())
    device().page(link).get_by_role("heading", name="Library", exact=True).wait_for()
    page = device(USED, bypass_csp=True, reduced_motion="reduce").page(house.link(ada.token()))
    page.get_by_role("heading", name="Library", exact=True).wait_for()
    found = {}
    for name, address, shown in (
        ("the question", house.link(bob.token(), "/dashboard"), "This link is for someone else"),
        ("a used link", link, "This link is no longer good"),
    ):
        page.goto(address)
        page.get_by_role("heading", name=shown).wait_for()
        page.add_script_tag(path=AXE)
        found[name] = page.evaluate("axe.run().then(({ violations }) => violations.map(({ id }) => id))")
    assert found == {name: [] for name in found}
