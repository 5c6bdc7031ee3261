"""Signing in, and what managers and administrators do: the screen is the API, the file is the screen."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.clips import LONG
from tests.web.conftest import Devices
from tests.web.house import House, Person, Row, an_id
from tests.web.player import Player
from tests.web.signed_in import opened, watch

LIVE_MS = 5_000
BOM = "\ufeff"
FORBIDDEN = "status of 403"
UNAUTHORISED = "status of 401"


@dataclass(frozen=True)
class Staff:
    """A team of two, who are not equally far, and those who may see it."""

    house: House
    manager: Person
    ada: Person
    bob: Person
    team: str
    item: str


@pytest.fixture
def staff(house: House) -> Staff:
    made = Staff(
        house,
        house.person("Mona Manager", "manager"),
        house.person("Ada Lovelace"),
        house.person("Bob Babbage"),
        an_id(),
        house.item("Fire safety"),  # of 20 s
    )
    house.enrol(made.manager, made.ada, made.bob, house.admin)
    roles = ((made.ada, "member"), (made.bob, "member"), (made.manager, "manager"))
    members = [{"userId": who.user_id, "role": role} for who, role in roles]
    house.put("teams", {"teamId": made.team, "name": "Night shift", "members": members})
    house.put("assignments", {"contentId": made.item, "target": "everyone"})
    house.save(made.bob, made.item, (0, 12), metadata={"durationSeconds": 20})
    house.stored(made.bob, made.item, lambda row: row["progress_percentage"] == 60, "the row")
    return made


def test_a_link_signs_in_and_leaves_no_trace_and_one_may_sign_out(house: House, device: Devices) -> None:
    page = opened(device().page(), house, house.person("Ada"), "/dashboard")
    expect(page.get_by_role("heading", name="My progress")).to_be_visible()
    assert page.url == f"{house.url}/dashboard"
    page.reload()
    expect(page.get_by_role("heading", name="My progress")).to_be_visible()
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{house.url}/dashboard")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_after_its_end_one_signs_in_again_and_nothing_is_lost(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item(media=LONG)
    page = device(UNAUTHORISED).page(house.link(ada.token(lifetime_s=-60), f"/watch/{item}"))
    expect(page.get_by_text("Your sign-in is no longer good")).to_be_visible()
    sign_in(page, "no token")
    expect(page.get_by_text("This is no token")).to_be_visible()
    # it is verified with 30 s of leeway, so this one ends in 8 s: while the film is watched
    sign_in(page, ada.token(lifetime_s=-22))
    player = Player(page, "watch-media video")
    player.wait("each.readyState >= 1", seconds=10)
    player.play(rate=2)
    expect(page.get_by_text("Your sign-in is no longer good")).to_be_visible(timeout=30_000)
    player.pause()
    position = player.position
    page.get_by_role("button", name="Sign in").click()
    sign_in(page, ada.token())
    saved = house.becomes(
        ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= position, "the rest"
    )
    assert saved["totalSessions"] == 1
    expect(page.get_by_role("heading", name="Fire safety")).to_be_visible()


def sign_in(page: Page, token: str) -> None:
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()


def test_each_role_is_offered_its_own_pages_and_no_others(staff: Staff, device: Devices) -> None:
    learner = ["Library", "My progress", "History"]
    manager = [*learner, "Teams", "People"]
    for who, offered in (
        (staff.ada, learner),
        (staff.manager, manager),
        (staff.house.admin, [*manager, "Organisation"]),
    ):
        page = opened(device(FORBIDDEN).page(), staff.house, who, "/")
        links = page.get_by_role("navigation", name="Main").get_by_role("link")
        expect(links).to_have_text(offered)
        for refused in {"/organisation": "admin", f"/teams/{staff.team}": "manager"}.items():
            may = refused[1] in who.roles or "admin" in who.roles
            page.goto(f"{staff.house.url}{refused[0]}")
            expect(page.get_by_text("This is not yours to see")).to_have_count(0 if may else 1)
            expect(page.locator("ui-skeleton")).to_have_count(0)
            expect(page.get_by_text("This is not yours to see")).to_have_count(0 if may else 1)


def test_the_manager_sees_a_member_move_while_they_watch(staff: Staff, device: Devices) -> None:
    page = opened(device().page(), staff.house, staff.manager, f"/teams/{staff.team}")
    row = page.get_by_role("row").filter(has_text="Ada Lovelace")
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    player = watch(device().page(), staff.house, staff.ada, staff.item)
    player.play(rate=2)
    player.reach(13)
    player.pause()
    expect(row.get_by_role("progressbar")).not_to_have_attribute("aria-valuenow", "0", timeout=LIVE_MS)
    expect(row.get_by_role("progressbar")).to_have_attribute(
        "aria-valuenow", str(int(player.position * 5)), timeout=LIVE_MS
    )

    row.get_by_role("link").click()
    page.locator("person-items").get_by_role("link", name="Fire safety").click()
    timeline = page.get_by_role("img", name=f"from 0:00 to 0:{int(player.position)}").first
    expect(timeline).to_be_visible()


def test_the_file_is_the_table_on_the_screen(staff: Staff, device: Devices) -> None:
    page = opened(device().page(), staff.house, staff.manager, f"/teams/{staff.team}?sort=-progress")
    shown = page.locator("team-table tbody tr")
    expect(shown).to_have_count(2)
    names = [each.get_by_role("link").inner_text() for each in shown.all()]
    bars = [each.get_by_role("progressbar").get_attribute("aria-valuenow") for each in shown.all()]
    assert names == ["Bob Babbage", "Ada Lovelace"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    rows = rows_of(download.value.path())
    assert [row["name"] for row in rows] == names
    assert [str(int(float(row["progress"]))) for row in rows] == bars == ["60", "0"]
    page.get_by_label("Search by name").fill("Ada")
    expect(shown).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert [row["name"] for row in rows_of(download.value.path())] == ["Ada Lovelace"]


def rows_of(file: Path) -> list[Row]:
    return list(csv.DictReader(io.StringIO(file.read_text().removeprefix(BOM))))


def test_the_administrator_sees_the_figures_and_asks_what_if(staff: Staff, device: Devices) -> None:
    house = staff.house
    page = opened(device().page(), house, house.admin, "/organisation")
    figures = house.read(house.admin, "/api/org/progress")
    people = (
        page.locator(".stat")
        .filter(has_text="have opened something")
        .or_(page.locator(".stat").filter(has_text="has opened something"))
    )
    expect(people.locator(".figure")).to_have_text(str(figures["people"]))
    page.get_by_text("Show as table").click()
    expect(page.get_by_role("columnheader", name="Day")).to_be_visible()

    page.get_by_role("link", name="Items").click()
    page.get_by_role("link", name="Fire safety").click()
    expect(page.get_by_text("0 of 1 are complete now.")).to_be_visible()
    page.get_by_role("slider", name="Completed at").fill("60")
    expect(page.get_by_text("1 of 1 would be complete at 60 %, now 0")).to_be_visible()
    assert house.progress(staff.bob, staff.item)["status"] == "in_progress"


def test_the_administrator_downloads_what_the_api_tells(staff: Staff, device: Devices) -> None:
    house = staff.house
    page = opened(device().page(), house, house.admin, "/organisation/exports")
    with page.expect_download() as download:
        page.get_by_role("button", name="Items in figures, CSV").click()
    expect(page.get_by_text("1 done")).to_be_visible()
    (row,) = rows_of(download.value.path())
    (reported,) = house.read(house.admin, "/api/org/content")["items"]
    assert (row["contentId"], row["title"]) == (reported["contentId"], reported["title"])
    assert int(row["started"]) == reported["started"] == 1
    with page.expect_download() as download:
        page.get_by_role("button", name="Items in figures, XLSX").click()
    assert download.value.path().read_bytes().startswith(b"PK")


def test_a_directory_is_judged_first_and_stored_when_told_to(house: House, device: Devices) -> None:
    page = opened(device().page(), house, house.admin, "/organisation/import")
    good, bad = house.person("Grace Hopper"), "no-uuid"
    lines = ("kind,userId,displayName", f"person,{good.user_id},Grace Hopper", f"person,{bad},Nobody")
    page.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    )
    expect(page.get_by_role("heading", name="This is what would happen")).to_be_visible()
    expect(page.get_by_role("row", name="userId Invalid UUID")).to_be_visible()
    assert house.read(house.admin, "/api/directory/people")["items"] == []
    page.get_by_role("button", name="Store 1 row").click()
    expect(page.get_by_role("heading", name="Stored")).to_be_visible()
    (stored,) = house.read(house.admin, "/api/directory/people")["items"]
    assert (stored["userId"], stored["displayName"]) == (good.user_id, "Grace Hopper")


def test_a_file_of_one_kind_is_asked_about_and_one_that_cannot_be_read_is_refused(
    house: House, device: Devices
) -> None:
    page = opened(device("status of 422").page(), house, house.admin, "/organisation/import")
    ada = house.person("Ada Lovelace")

    def choose(content: bytes) -> None:
        file = {"name": "people.csv", "mimeType": "application/vnd.ms-excel", "buffer": content}
        page.locator("input[type=file]").set_input_files([file])

    choose(b"userId;displayName\r\nperson;\xdcbung\r\n")
    expect(page.get_by_role("alert")).to_contain_text("Line 2: this is not UTF-8")
    choose(f"userId;displayName\r\n{ada.user_id};Ada Lovelace\r\n".encode())
    page.get_by_role("button", name="People", exact=True).click()
    expect(page.get_by_role("heading", name="This is what would happen")).to_be_visible()
    page.get_by_role("button", name="Store 1 row").click()
    expect(page.get_by_role("heading", name="Stored")).to_be_visible()
    assert ada.user_id in {
        each["userId"] for each in house.read(house.admin, "/api/directory/people")["items"]
    }
