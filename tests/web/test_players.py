"""The SDK on pages of another origin: every kind of player, real videos, the real pipeline."""

from __future__ import annotations

import pytest

from tests.web.clips import LONG
from tests.web.conftest import Devices
from tests.web.house import House
from tests.web.player import HostPage, Player, host_page

NEAR_S = 0.3
"""Between a look at the element and the next: a player's clock moves on."""
COMPLETING_S = 18
"""Of an item of 20 s."""


@pytest.mark.parametrize("name", ["native", "audio", "hls", "videojs", "media-chrome"])
def test_any_player_is_followed_by_one_line(house: House, host: str, device: Devices, name: str) -> None:
    ada = house.person("Ada")
    item = house.item()
    player = HostPage(device().page(), host_page(host, house, ada, item, name))
    player.play(rate=2)
    player.reach(6)
    player.seek(12)
    player.reach(14)
    player.pause()
    player.until_saved()
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] > 13, "the pause")
    assert saved["metadata"]["lastPositionSeconds"] == pytest.approx(player.position, abs=NEAR_S)
    assert saved["metadata"]["durationSeconds"] == 20
    same(saved["metadata"]["watchedSegments"], player.played)
    assert saved["totalSessions"] == 1
    # wall-clock time is half of what was seen at twice the speed
    assert saved["metadata"]["watchTimeSeconds"] == pytest.approx(player.seconds_played / 2, abs=1.5)


def test_two_videos_of_a_page_are_two_items(house: House, host: str, device: Devices) -> None:
    ada = house.person("Ada")
    item, other = house.item(), house.item("The other", LONG)
    page = device().page()
    first = HostPage(page, host_page(host, house, ada, item, "two", other=other), "#player")
    second = Player(page, "#other")
    first.play(rate=2)
    second.play(rate=2)
    first.reach(6)
    second.reach(6)
    first.pause()
    second.pause()
    first.until_saved()
    for content, player in ((item, first), (other, second)):
        saved = house.becomes(ada, content, lambda is_: is_["metadata"]["lastPositionSeconds"] > 5.5, "both")
        same(saved["metadata"]["watchedSegments"], player.played)


def test_completion_comes_with_nine_tenths_of_unique_seconds_and_not_by_seeking_to_the_end(
    house: House, host: str, device: Devices
) -> None:
    ada = house.person("Ada")
    item = house.item()  # of 20 seconds: 18 complete it
    player = HostPage(device().page(), host_page(host, house, ada, item))
    player.play(rate=2)
    player.reach(8)
    player.seek(19)
    player.end()
    player.seek(2)  # what was seen already adds nothing
    player.play(rate=2)
    player.reach(6)
    player.pause()
    player.until_saved()
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] > 5.5, "the pause")
    assert saved["status"] == "in_progress"
    # A player is stopped some hundredths of a second late, on a busy machine some tenths.
    assert 45 <= saved["progressPercentage"] < 50
    assert player.events("completed") == []
    player.seek(8)
    player.play(rate=2)
    player.until("host.tracker.state.completed")
    player.pause()
    player.until_saved()
    (completed,) = player.events("completed")
    assert COMPLETING_S <= unique(completed["watchedSegments"]) < COMPLETING_S + 4 * NEAR_S
    saved = house.becomes(ada, item, lambda is_: is_["status"] == "completed", "completion")
    assert saved["evidence"] == "watched"
    assert saved["completionCount"] == 1
    player.play(rate=2)
    player.end()
    player.until_saved()
    assert len(player.events("completed")) == 1


def test_a_closed_tab_saves_its_last_second(house: House, host: str, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item()
    opened = device()
    player = HostPage(opened.page(), host_page(host, house, ada, item, every=600))
    player.play(rate=2)
    player.reach(9)
    position = player.position
    player.page.close(run_before_unload=True)
    saved = house.becomes(
        ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= position, "the end"
    )
    assert saved["metadata"]["lastPositionSeconds"] == pytest.approx(position, abs=3 * NEAR_S)
    stored = house.stored(ada, item, lambda row: row["position"] >= position, "the row")
    assert stored["total_sessions"] == 1


def test_a_page_that_comes_back_from_the_cache_goes_on(house: House, host: str, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item()
    player = HostPage(device().page(), host_page(host, house, ada, item, every=600))
    player.page.evaluate("addEventListener('pageshow', ({ persisted }) => { host.restored = persisted })")
    player.play(rate=2)
    player.reach(6)
    session = player.state["sessionId"]
    left_at = player.position
    player.page.get_by_role("link").click()
    player.page.wait_for_url("**/elsewhere.html")
    house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= left_at, "the leaving")
    player.page.go_back(wait_until="commit")
    player.until("window.host?.restored === true")
    assert player.state["sessionId"] == session
    player.play(rate=2)
    player.reach(12)
    player.pause()
    player.until_saved()
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 12, "going on")
    same(saved["metadata"]["watchedSegments"], player.played)
    assert saved["totalSessions"] == 1
    player.page.go_forward(wait_until="commit")
    assert player.page.url.endswith("elsewhere.html")


def unique(segments: list[list[float]]) -> float:
    return sum(end - start for start, end in segments)


def same(saved: list[list[float]], played: list[tuple[float, float]], near: float = NEAR_S) -> None:
    assert len(saved) == len(played)
    for one, other in zip(saved, played, strict=True):
        assert one == pytest.approx(other, abs=near)
