"""A manager marks, takes back the mark and begins an attempt from the list of a person's items."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import Devices
from tests.web.house import House, Person, an_id
from tests.web.signed_in import opened


def test_a_manager_acts_from_the_persons_page(house: House, device: Devices) -> None:
    ada, mona = house.person("Ada"), house.person("Mona", "manager")
    house.enrol(ada, mona)
    members = [{"userId": ada.user_id, "role": "member"}, {"userId": mona.user_id, "role": "manager"}]
    house.put("teams", {"teamId": an_id(), "name": "Night shift", "members": members})
    film = house.item()
    house.save(ada, film, (0, 5))
    house.stored(ada, film, lambda row: bool(row["position"] == 5), "the row")
    browser = device("ERR_FAILED")
    page = opened(browser.page(), house, mona, f"/people/{ada.user_id}")
    row = page.locator("person-items tbody tr")
    row.locator("summary").click()
    page.route("**/completion?*", lambda route: route.abort())
    answer = confirmed(row, "mark")
    expect(answer.get_by_role("alert")).to_be_visible()
    assert house.progress(ada, film)["status"] == "in_progress"
    page.unroute("**/completion?*")
    answer.locator(".confirm").click()
    saved = house.becomes(ada, film, lambda each: each["status"] == "completed", "the mark")
    assert saved["completions"][0]["markedBy"] == mona.user_id
    shows(row, 100)
    confirmed(row, "unmark")
    house.becomes(ada, film, lambda each: each["status"] == "in_progress", "the mark taken back")
    shows(row, int(house.progress(ada, film)["progressPercentage"]))
    confirmed(row, "mark")
    shows(row, 100)
    confirmed(row, "attempt")
    house.becomes(ada, film, lambda each: each["progressPercentage"] == 0, "the attempt")
    shows(row, 0)


def test_there_are_no_buttons_on_ones_own_page(house: House, device: Devices) -> None:
    mona, nils = house.person("Mona", "manager"), house.person("Nils", "manager")
    house.enrol(mona, nils)
    film = house.item()
    house.save(mona, film, (0, 5))
    house.stored(mona, film, lambda row: bool(row["position"] == 5), "the row")
    page = opened(device().page(), house, mona, f"/people/{mona.user_id}")
    expect(page.locator("person-items tbody tr")).to_have_count(1)
    expect(page.locator("on-behalf")).to_have_count(0)
    is_refused(opened(device("403").page(), house, nils, f"/people/{mona.user_id}"), mona)


def is_refused(page: Page, person: Person) -> None:
    """Those who do not manage the person see neither them nor their items."""
    expect(page.locator("ui-state").first).to_be_visible()
    expect(page.get_by_role("heading", name=person.name)).to_have_count(0)
    expect(page.locator("on-behalf")).to_have_count(0)


def confirmed(row: Locator, act: str) -> Locator:
    """The button with its question, answered."""
    button = row.locator(f"ui-confirm#{act}")
    button.locator(".open").click()
    button.locator(".confirm").click()
    return button


def shows(row: Locator, percentage: int) -> None:
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", str(percentage))
