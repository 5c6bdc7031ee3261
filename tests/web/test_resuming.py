"""Where a video goes on from, whichever button is used, and at what speed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.clips import LONG
from tests.web.conftest import Devices
from tests.web.house import House
from tests.web.player import LOADED_S, Player
from tests.web.signed_in import opened, watch

LEFT_AT_S = 20.0
NEAR_S = 3


def test_the_players_own_play_goes_on_from_where_one_was(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item(media=LONG)
    house.save(ada, item, (0, LEFT_AT_S))
    player = watch(device().page(), house, ada, item)
    prompt = player.page.get_by_text("Continue from 0:20?")
    expect(prompt).to_be_visible()
    player.wait("!each.seeking")
    assert player.position == pytest.approx(LEFT_AT_S, abs=0.1)
    player.media.focus()
    player.page.keyboard.press("Space")  # as a click on its Play does
    player.wait("!each.paused && each.currentTime > 20.2")
    expect(prompt).to_be_hidden()
    assert player.position < LEFT_AT_S + NEAR_S
    player.reach(LEFT_AT_S + 6)
    player.pause()
    saved = house.becomes(
        ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= LEFT_AT_S + 6, "the rest"
    )
    assert len(saved["metadata"]["watchedSegments"]) == 1

    # closed, the question leaves the player where one was, too
    player.page.reload()
    player.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    player.wait("each.readyState >= 1 && !each.seeking && each.currentTime >= 26")
    player.play()
    player.wait("!each.paused && each.currentTime > 26.2")


def test_a_card_of_continue_watching_goes_on_at_once_and_only_once(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item("Fire safety", LONG)
    house.save(ada, item, (0, LEFT_AT_S))
    page = opened(device().page(), house, ada, "/")
    page.locator("playhead-continue-watching").get_by_role("link", name="Fire safety").click()
    player = watching(page)
    player.wait("!each.paused && each.currentTime > 20.2")
    assert player.position < LEFT_AT_S + NEAR_S
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == f"{house.url}/watch/{item}"
    page.reload()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert watching(page).media.evaluate("each => each.paused")


def test_the_speed_is_that_of_the_item_before(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    one, other = house.item(media=LONG), house.item(media=LONG)
    page = watch(device().page(), house, ada, one).page
    page.get_by_label("Speed").select_option("1.5")
    page.goto(f"{house.url}/watch/{other}")
    expect(page.get_by_label("Speed")).to_have_value("1.5")
    player = watching(page)
    assert player.media.evaluate("each => each.playbackRate") == 1.5
    # in the player's own menu
    player.media.evaluate("each => { each.playbackRate = 0.75 }")
    expect(page.get_by_label("Speed")).to_have_value("0.75")
    page.goto(f"{house.url}/watch/{one}")
    expect(page.get_by_label("Speed")).to_have_value("0.75")


def watching(page: Page) -> Player:
    """The player of a page that is opening."""
    player = Player(page, "watch-media video")
    player.wait("each.readyState >= 1", seconds=LOADED_S)
    return player
