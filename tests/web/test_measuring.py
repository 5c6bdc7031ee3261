"""What the SDK measures of a real video: media that loops, and time in a hidden page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Devices
from tests.web.device import saves
from tests.web.house import House
from tests.web.player import HostPage, host_page

CLIP_S = 20
LOOPS = 3
NEAR_S = 1.0
TURN = """state => {
    Object.defineProperty(document, 'visibilityState', { get: () => state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
}"""
"""A headless Chromium shows every tab, so the page gets what a hidden one has."""


def test_media_that_loops_is_played_as_often(house: House, host: str, device: Devices) -> None:
    page = device().page()
    sent = saves(page)
    player = HostPage(page, host_page(host, house, house.person("Ada"), house.item()))
    player.media.evaluate(
        """each => {
            each.loop = true
            each.addEventListener('seeked', () => { each.loops = (each.loops ?? 0) + 1 })
        }"""
    )
    player.play(rate=4)
    player.wait("each.loops >= argument", LOOPS)
    player.pause()
    player.until_saved()
    played = LOOPS * CLIP_S + player.position
    measured = last(sent)
    assert measured["watchedSegments"] == [[0, pytest.approx(CLIP_S, abs=0.1)]]
    assert measured["contentTimeSeconds"] == pytest.approx(played, abs=LOOPS * NEAR_S)
    assert measured["watchTimeSeconds"] == pytest.approx(played / 4, abs=LOOPS * NEAR_S)
    assert len({each["body"]["sessionId"] for each in sent if "sessionId" in each["body"]}) == 1


def test_time_in_a_hidden_page_is_measured_apart(house: House, host: str, device: Devices) -> None:
    page = device().page()
    sent = saves(page)
    player = HostPage(page, host_page(host, house, house.person("Ada"), house.item()))
    player.play()
    player.reach(3)
    page.evaluate(TURN, "hidden")
    player.reach(7)
    page.evaluate(TURN, "visible")
    player.reach(9)
    player.pause()
    player.until_saved()
    measured = last(sent)
    assert measured["hiddenSeconds"] == pytest.approx(4, abs=NEAR_S)
    assert measured["watchTimeSeconds"] == pytest.approx(9, abs=NEAR_S)


def last(sent: list[dict[str, Any]]) -> dict[str, Any]:
    """The metadata of the last heartbeat sent."""
    bodies = [each for answer in sent for each in answer["body"].get("heartbeats", [answer["body"]])]
    newest: dict[str, Any] = max(bodies, key=lambda each: int(each["sequence"]))["metadata"]
    return newest
