"""Watch time by day: of the viewer's zone on one's own page, of the organisation's on a manager's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.figures.life import playing
from tests.web.conftest import Devices
from tests.web.house import House, Person, an_id
from tests.web.signed_in import opened

TOKYO = "Asia/Tokyo"
NONE = "\u2013"
ELSEWHERE = """() => {
    const original = Intl.DateTimeFormat.prototype.resolvedOptions
    Intl.DateTimeFormat.prototype.resolvedOptions = function () {
        return { ...original.call(this), timeZone: 'Mars/Olympus' }
    }
}"""


@pytest.fixture
def learner(house: House) -> Person:
    """Ten minutes of yesterday, of which the last five are of Tokyo's next day."""
    ada = house.person("Ada")
    house.enrol(ada)
    midnight = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) - timedelta(days=1)
    began = (midnight - timedelta(minutes=5)).timestamp()
    film = house.item(mediaUrl=None, durationSeconds=600)
    body = {"heartbeats": playing(film, 0, 600, began)}
    house.request(ada, "POST", "/api/progress/batch", json=body)
    house.stored(ada, film, lambda row: bool(row["position"] == 600), "the session")
    house.until(lambda: house.read(ada, "/api/progress/days")["days"], "the days")
    return ada


def shown_days(page: Page) -> dict[str, str]:
    """The rows of the table that have watch time."""
    page.locator("activity-by-day summary").click()
    rows = page.locator("activity-by-day tbody tr")
    expect(rows.first).to_be_visible()
    cells = rows.evaluate_all(
        "rows => rows.map((row) => [row.querySelector('time').dateTime, row.querySelector('td').innerText])"
    )
    return {day: time for day, time in cells if time != NONE}


def api_days(house: House, who: Person, **query: str) -> dict[str, float]:
    found = house.read(who, "/api/progress/days", **query)["days"]
    return {each["day"]: each["watchTimeSeconds"] for each in found}


def test_a_learner_sees_days_of_the_zone_that_they_are_in(
    house: House, learner: Person, device: Devices
) -> None:
    page = opened(device(timezone_id=TOKYO).page(), house, learner, "/dashboard")
    expect(page.locator("activity-by-day .total")).to_have_text("10 mins in the last 30 days")
    expect(page.locator("activity-by-day .zone")).to_have_text("Days of your time zone, Asia/Tokyo.")
    days = api_days(house, learner, timeZone=TOKYO)
    assert list(days.values()) == [300, 300]
    assert shown_days(page) == dict.fromkeys(reversed(days), "5 mins")
    assert page.locator("activity-by-day .bar").count() == 30


def test_days_of_an_unknown_zone_are_the_organisations(
    house: House, learner: Person, device: Devices
) -> None:
    browser = device("422")
    browser.context.add_init_script(f"({ELSEWHERE})()")
    page = opened(browser.page(), house, learner, "/dashboard")
    expect(page.locator("activity-by-day .zone")).to_have_text(
        "Your device's time zone, Mars/Olympus, is not known here. These are days of the organisation's, UTC."
    )
    assert shown_days(page) == dict.fromkeys(api_days(house, learner), "10 mins")


def test_a_manager_sees_days_of_the_organisations_zone(
    house: House, learner: Person, device: Devices
) -> None:
    mona = house.person("Mona", "manager")
    house.enrol(mona)
    members = [
        {"userId": mona.user_id, "role": "manager"},
        {"userId": learner.user_id, "role": "member"},
    ]
    house.put("teams", {"teamId": an_id(), "name": "Night shift", "members": members})
    page = opened(device(timezone_id=TOKYO).page(), house, mona, f"/people/{learner.user_id}")
    expect(page.locator("activity-by-day .zone")).to_have_text("Days of the organisation's time zone, UTC.")
    assert shown_days(page) == dict.fromkeys(api_days(house, learner), "10 mins")
    page = opened(device(timezone_id=TOKYO).page(), house, house.admin, "/organisation")
    expect(page.locator("page-organisation section .muted")).to_contain_text("time zone, UTC")
    page.locator("chart-series summary").click()
    expect(page.locator("chart-series tbody tr")).to_have_count(30)


def test_without_watch_time_it_says_so_and_a_failure_can_be_tried_again(
    house: House, device: Devices
) -> None:
    bea = house.person("Bea")
    house.enrol(bea)
    film = house.item()
    house.put("assignments", {"contentId": film, "target": "everyone"})
    browser = device("ERR_FAILED")
    page = browser.page()
    page.route("**/api/progress/days*", lambda route: route.abort())
    opened(page, house, bea, "/dashboard")
    state = page.locator("activity-by-day ui-state")
    expect(state).to_be_visible()
    page.unroute("**/api/progress/days*")
    state.get_by_role("button").click()
    expect(page.locator("activity-by-day")).to_contain_text(
        "Nothing was watched or read in the last 30 days."
    )
