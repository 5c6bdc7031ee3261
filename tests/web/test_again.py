"""Acting on behalf of a person, and taking an item again: each asks first, and what was completed is kept."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.web.conftest import Devices
from tests.web.house import House
from tests.web.signed_in import opened

SECONDS_20 = 20_000


def confirmed(page: Page, label: str) -> None:
    page.get_by_role("button", name=label).click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.get_by_role("button", name=label).click()


def test_a_manager_marks_for_a_person_who_then_takes_it_again(house: House, device: Devices) -> None:
    manager, ada = house.person("Mona Manager", "manager"), house.person("Ada Lovelace")
    item = house.item()
    house.enrol(manager, ada)
    members = [{"userId": who.user_id, "role": role} for who, role in ((ada, "member"), (manager, "manager"))]
    house.put("teams", {"teamId": manager.user_id, "name": "Night shift", "members": members})

    page = opened(device().page(), house, manager, f"/people/{ada.user_id}/items/{item}")
    confirmed(page, "Mark as completed")
    marked = house.becomes(ada, item, lambda is_: is_["status"] == "completed", "the mark")
    assert marked["completions"][0]["markedBy"] == manager.user_id
    expect(page.get_by_text("by you")).to_be_visible(timeout=SECONDS_20)

    page = opened(device().page(), house, ada, f"/watch/{item}")
    confirmed(page, "Take it again")
    again = house.becomes(ada, item, lambda is_: is_["attempt"] == 2, "the attempt")
    assert (again["progressPercentage"], again["completions"]) == (0, marked["completions"])
    expect(page.get_by_text("Completed before")).to_be_visible(timeout=SECONDS_20)
    page.goto(f"{house.url}/history")
    expect(page.get_by_text("by Mona Manager")).to_be_visible(timeout=SECONDS_20)
    expect(page.get_by_role("heading", name="Completed in")).to_be_visible()
