"""A learner on Playhead's own pages, with real videos: what they see is what is stored."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.clips import DOCUMENT, LONG
from tests.web.conftest import Devices
from tests.web.device import AWAY
from tests.web.house import House, Person
from tests.web.player import Player
from tests.web.signed_in import TOAST, columns, count_toasts, nearest, opened, toasts, watch

NEAR_S = 0.5
LIVE_MS = 5_000
RESUMED_S = 5
GONE_MS = 3_000


def test_play_pause_seek_and_twice_the_speed(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item(media=LONG)
    player = watch(device().page(), house, ada, item)
    page = player.page
    player.play()
    page.get_by_label("Speed").select_option("2")
    player.reach(8)
    slider = page.get_by_role("slider", name="Seek")
    for _ in range(5):
        slider.press("PageUp")  # a tenth each
    player.reach(42)
    player.pause()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 42, "the pause")
    assert saved["metadata"]["lastPositionSeconds"] == pytest.approx(player.position, abs=NEAR_S)
    assert unique(saved["metadata"]["watchedSegments"]) == pytest.approx(player.seconds_played, abs=1)
    assert saved["metadata"]["watchTimeSeconds"] < player.seconds_played * 0.75
    assert saved["totalSessions"] == 1
    stored = house.stored(ada, item, lambda row: row["position"] >= 42, "the row")
    assert stored["status"] == "in_progress"


def test_a_reload_asks_and_resumes_where_one_was(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item(media=LONG)
    player = watch(device().page(), house, ada, item)
    page = player.page
    player.play()
    page.get_by_label("Speed").select_option("2")
    player.reach(12)
    left_at = player.position
    page.reload()  # mid-play
    page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    player.wait("!each.paused && each.readyState >= 3")
    assert abs(player.position - left_at) < RESUMED_S
    player.pause()

    page.reload()
    page.get_by_role("dialog").get_by_role("button", name="Start over").click()
    player.wait("!each.paused && each.currentTime > 0")
    assert player.position < RESUMED_S
    # nothing was forgotten by it
    assert house.progress(ada, item)["metadata"]["watchedSegments"][0][1] >= left_at - NEAR_S


def test_two_devices_are_one_person(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item(media=LONG)
    one = watch(device().page(), house, ada, item)
    play_some(one, 0, 12)
    two = watch(device().page(), house, ada, item)
    expect(two.page.get_by_text("Continue from 0:12?")).to_be_visible()
    two.page.get_by_role("button", name="Close").click()

    play_some(two, 30, 42)
    house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 42, "the second device")
    # it is stored; within 5 s the first device says so, without being touched
    expect(one.page.get_by_text("You went on to 0:42 on another device.")).to_be_visible(timeout=LIVE_MS)
    saved = house.progress(ada, item)["metadata"]["watchedSegments"]
    played = sorted([*one.played, *two.played])
    assert [edge for each in saved for edge in each] == pytest.approx(
        [edge for each in played for edge in each], abs=NEAR_S
    )
    assert [round(start) for start, _ in played] == [0, 30]
    assert len(one.page.locator("watch-media playhead-scrubber .range").all()) == 2

    # a tab that was opened, touched and closed moves nothing
    touched = watch(device().page(), house, ada, item)
    touched.page.get_by_role("button", name="Close").click()
    touched.seek(50)
    touched.play()
    touched.reach(52)
    touched.page.close(run_before_unload=True)
    house.becomes(ada, item, lambda is_: is_["totalSessions"] == 3, "what the touched tab played")
    two.page.reload()
    expect(two.page.get_by_text("Continue from 0:42?")).to_be_visible()


def play_some(player: Player, start: float, end: float) -> None:
    player.seek(start)
    player.play(rate=2)
    player.reach(end)
    player.pause()
    player.seek(end)
    expect(player.page.get_by_text("Saved", exact=True)).to_be_visible()


def test_a_tab_closed_while_it_plays_loses_nothing(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item()
    player = watch(device().page(), house, ada, item)
    player.play(rate=2)
    player.reach(9)
    position = player.position
    player.page.close(run_before_unload=True)
    saved = house.becomes(
        ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= position, "the end"
    )
    assert saved["metadata"]["lastPositionSeconds"] == pytest.approx(position, abs=1)


def test_an_outage_is_told_and_loses_nothing(house: House, device: Devices) -> None:
    # until three saves have failed, rather than for 30 s: more of them only wait
    ada = house.person("Ada")
    item = house.item(media=LONG)
    player = watch(device(*AWAY).page(), house, ada, item)
    notice = player.page.get_by_text("could not be saved yet").first
    with house.pipeline.down("ingest"):
        player.play(rate=2)
        player.reach(10)
        player.pause()
        expect(notice).to_be_visible(timeout=30_000)
        expect(player.page.get_by_text("Not saved yet", exact=True)).to_be_visible()
        assert house.progress(ada, item)["status"] == "not_started"
    expect(player.page.get_by_text("Saved", exact=True)).to_be_visible(timeout=40_000)
    expect(notice).to_be_hidden()
    is_ = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 10, "all of it")
    assert unique(is_["metadata"]["watchedSegments"]) == pytest.approx(player.seconds_played, abs=NEAR_S)
    assert is_["totalSessions"] == 1


def test_back_and_forward_find_the_page_as_it_was_and_live(house: House, host: str, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item(media=LONG)
    player = watch(device().page(), house, ada, item)
    page = player.page
    page.evaluate("addEventListener('pageshow', ({ persisted }) => { window.restored = persisted })")
    player.play(rate=2)
    player.reach(8)
    page.goto(f"{host}/players/elsewhere.html")
    house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 8, "the leaving")
    page.go_back(wait_until="commit")
    page.wait_for_function("window.restored === true")
    player.play(rate=2)
    player.reach(14)
    player.pause()
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 14, "going on")
    assert saved["totalSessions"] == 1
    house.save(ada, item, (40, 50))
    expect(page.locator("watch-media playhead-scrubber .range")).to_have_count(2, timeout=LIVE_MS)


def test_the_pixels_of_the_scrubber_are_the_segments(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item(media=LONG)
    # 20 s in all, which is what a session that has just begun is believed
    segments = [(0.0, 6.0), (21.0, 28.0), (49.0, 56.0)]
    house.save(ada, item, *segments)
    player = watch(device().page(), house, ada, item)
    watched = player.page.locator("watch-media playhead-scrubber .watched")
    expect(watched.locator(".range")).to_have_count(3)
    shown = columns(watched)
    saved = house.progress(ada, item)["metadata"]["watchedSegments"]
    assert saved == [list(each) for each in segments]
    second = len(shown) / 60
    watched, bare = shown[round(3 * second)], shown[round(15 * second)]
    assert watched != bare
    for at, colour in enumerate(shown):
        seconds = (at + 0.5) / second
        edge = min(abs(seconds - each) for segment in (*saved, (0, 60)) for each in segment)
        if edge * second > 2:  # pixels; ends are rounded, and halves of a pixel mixed
            is_watched = any(start <= seconds < end for start, end in saved)
            assert nearest(colour, (watched, bare)) == (0 if is_watched else 1), seconds


def test_the_toast_comes_once_and_at_nine_tenths(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item()  # of 20 s
    house.save(ada, item, (0, 16.5), metadata={"lastPositionSeconds": 16.5, "durationSeconds": 20})
    player = watch(device().page(), house, ada, item)
    page = player.page
    page.get_by_role("button", name="Close").click()
    count_toasts(page)
    player.seek(19.5)
    player.play()
    player.end()
    time.sleep(1)  # what must not come has no sign to wait for
    assert toasts(page) == 0
    assert house.progress(ada, item)["status"] == "in_progress"
    player.seek(16)
    player.play()
    expect(page.get_by_text(TOAST)).to_be_visible()
    assert 17.4 < player.position < 19
    player.end()
    house.becomes(ada, item, lambda is_: is_["status"] == "completed", "completion")
    expect(page.get_by_role("button", name="Undo: mark as not complete")).to_be_visible()
    assert toasts(page) == 1
    page.reload()
    expect(page.get_by_role("button", name="Undo: mark as not complete")).to_be_visible()
    expect(page.get_by_text(TOAST)).to_be_hidden()


def test_marked_by_hand_and_undone(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item()
    page = watch(device().page(), house, ada, item).page
    count_toasts(page)
    page.get_by_role("button", name="Mark as complete").click()
    expect(page.get_by_text(TOAST)).to_be_visible()
    saved = house.becomes(ada, item, lambda is_: is_["status"] == "completed", "the mark")
    assert saved["evidence"] == "manual"
    page.get_by_role("button", name="Undo: mark as not complete").click()
    expect(page.get_by_role("button", name="Mark as complete")).to_be_visible()
    expect(page.get_by_text(TOAST)).to_be_hidden(timeout=GONE_MS)  # at once, not by its own time
    house.becomes(ada, item, lambda is_: is_["status"] != "completed", "its undoing")
    assert toasts(page) == 1


def test_a_document_counts_the_pages_that_were_in_view(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item("Handbook", DOCUMENT, type="document")
    page = opened(device().page(), house, ada, f"/watch/{item}")
    expect(page.get_by_text("1 of 4 pages read")).to_be_visible()
    page.get_by_role("button", name="Page 3, not read yet").click()
    expect(page.get_by_role("button", name="Page 3, read")).to_be_visible()
    saved = house.becomes(ada, item, lambda is_: 3 in is_["metadata"].get("pagesViewed", []), "page 3")
    assert saved["metadata"]["pageCount"] == 4
    assert saved["status"] == "in_progress"
    for number in (2, 4):
        page.get_by_role("button", name=f"Page {number}, not read yet").click()
        expect(page.get_by_role("button", name=f"Page {number}, read")).to_be_visible()
    expect(page.get_by_text(TOAST)).to_be_visible()
    house.becomes(ada, item, lambda is_: is_["status"] == "completed", "all pages")


def test_dismissed_and_brought_back(house: House, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item("Fire safety", LONG)
    house.save(ada, item, (0, 20))
    page = opened(device().page(), house, ada, "/")
    page.get_by_role("button", name="Remove “Fire safety” from Continue watching").click()
    house.until(lambda: continuing(house, ada) == [], "the dismissal")
    page.get_by_role("button", name="Undo: keep “Fire safety”").click()
    house.until(lambda: continuing(house, ada) == [item], "its undoing")
    assert house.progress(ada, item)["progressPercentage"] == 33
    expect(row_of(page)).to_have_attribute("href", f"/watch/{item}?resume")


def continuing(house: House, who: Person) -> list[str]:
    return [each["contentId"] for each in house.read(who, "/api/progress/continue-watching")["items"]]


def row_of(page: Page) -> Locator:
    return page.locator("playhead-continue-watching").get_by_role("link").first


def unique(segments: list[list[float]]) -> float:
    return sum(end - start for start, end in segments)
