"""One script tag on a page of another origin: it saves, resumes, and gets its token by a cookie."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page, Route

from tests.web.conftest import Devices
from tests.web.device import Device
from tests.web.house import House, Person
from tests.web.player import Player

SESSION = "learner=ada"


def lesson(opened: Device, house: House, host: str, who: Person, item: str) -> tuple[Page, list[str]]:
    """A page of the host's, and the cookies by which its backend was asked for tokens."""
    cookies: list[str] = []

    def give_token(route: Route) -> None:
        cookies.append(route.request.all_headers().get("cookie", ""))
        route.fulfill(content_type="application/json", body=json.dumps({"token": who.token()}))

    page = opened.page()
    opened.context.add_cookies([{"name": "learner", "value": "ada", "url": host}])
    page.route(f"{host}/playhead-token", give_token)
    page.goto(f"{host}/players/script.html?{urlencode({'endpoint': house.url, 'item': item})}")
    page.wait_for_function("window.attached?.tracker")
    return page, cookies


def test_one_tag_saves_and_resumes_across_devices(house: House, host: str, device: Devices) -> None:
    assert urlsplit(house.url).netloc != urlsplit(host).netloc
    ada = house.person("Ada")
    item = house.item()
    page, cookies = lesson(device(), house, host, ada, item)
    player = Player(page, "#lesson")
    player.wait("each.readyState >= 1")
    player.play(rate=2)
    player.reach(7)
    player.pause()
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 7, "the pause")
    assert len(saved["metadata"]["watchedSegments"]) == 1
    assert cookies == [SESSION]

    page, _ = lesson(device(), house, host, ada, item)
    again = Player(page, "#lesson")
    again.wait("each.currentTime >= argument", saved["resume"]["positionSeconds"] - 0.01)
    assert saved["resume"]["positionSeconds"] > 0


def test_a_tag_that_makes_no_sense_says_so_and_nothing_is_followed(
    house: House, host: str, device: Devices
) -> None:
    page = device("data-content-id is to be").page()
    with page.expect_console_message(lambda message: "data-content-id" in message.text):
        page.goto(f"{host}/players/script.html?{urlencode({'endpoint': house.url, 'item': 'film'})}")
    assert page.evaluate("window.attached") is None
