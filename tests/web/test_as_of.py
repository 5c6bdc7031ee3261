"""While a change of everyone is being applied, pages say which moment their figures are of, and follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from playwright.sync_api import Locator, Page, expect

from playhead.curriculum import statements
from tests.web.conftest import Devices
from tests.web.house import House, an_id
from tests.web.signed_in import opened

MANY = 2_001
"""One more than a directory write computes before it answers."""
APPLIED_MS = 60_000


@contextmanager
def kept_waiting(house: House) -> Iterator[None]:
    """Nothing is computed for the tenant meanwhile: another transaction has the lock."""
    with psycopg.connect(house.pipeline.settings.postgres_admin_dsn) as connection:
        connection.execute(statements.LOCK, {"tenant": house.tenant})
        yield


def test_pages_say_that_their_figures_are_behind_a_change(house: House, device: Devices) -> None:
    ada, mona = house.person("Ada"), house.person("Mona", "manager")
    team = an_id()
    house.enrol(ada, mona)
    house.put("people", *({"userId": an_id(), "displayName": f"Person {n}"} for n in range(MANY)))
    house.until(lambda: house.read(house.admin, "/api/people")["asOf"] is None, "rest")
    members = [{"userId": ada.user_id, "role": "member"}, {"userId": mona.user_id, "role": "manager"}]
    house.put("teams", {"teamId": team, "name": "Night shift", "members": members})
    film = house.item()
    by_manager, by_admin = device().page(), device().page()
    opened(by_manager, house, mona, f"/teams/{team}")
    opened(by_admin, house, house.admin, "/organisation/items")
    row, item = required(by_manager), by_admin.get_by_role("row", name="Fire safety")
    expect(row).to_have_text("0 / 0")
    expect(item).to_be_visible()
    for page in (by_manager, by_admin):
        expect(page.locator(".as-of")).to_have_count(0)
    with kept_waiting(house):
        house.put("assignments", {"contentId": film, "target": "everyone"})
        as_of = house.read(mona, f"/api/teams/{team}/progress")["asOf"]
        assert as_of is not None
        for page in (by_manager, by_admin):
            page.reload()
            line = page.locator(".as-of")
            expect(line).to_contain_text("Figures as of ")
            expect(line.locator("time")).to_have_attribute("datetime", as_of)
        expect(row).to_have_text("0 / 0")
        by_admin.goto(f"{house.url}/organisation")
        expect(by_admin.locator(".as-of time")).to_have_attribute("datetime", as_of)
    for page in (by_manager, by_admin):
        expect(page.locator(".as-of")).to_have_count(0, timeout=APPLIED_MS)
    expect(row).to_have_text("0 / 1")


def required(page: Page) -> Locator:
    return page.locator("team-table tbody tr").first.locator("td.number").first
