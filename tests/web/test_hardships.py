"""What goes wrong around a player, and loses nothing: no network, no service, no token, no browser left."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.faults.pipeline import until
from tests.web.chromium import chromium_options
from tests.web.conftest import Devices
from tests.web.device import AWAY, saves
from tests.web.house import House
from tests.web.player import HostPage, host_page

NO_NETWORK = "ERR_INTERNET_DISCONNECTED"
UNAUTHORISED = "status of 401"
GONE_S = 10


def test_what_is_played_offline_arrives_with_its_own_times(house: House, host: str, device: Devices) -> None:
    # a quarter of a minute without a network; hours differ only in how many heartbeats wait
    ada = house.person("Ada")
    item = house.item(media="clip-60.webm")
    opened = device(NO_NETWORK)
    player = HostPage(opened.page(), host_page(host, house, ada, item, "kept", every=3))
    player.until("host.events.length >= 0 && host.tracker.state.online")
    sent = saves(player.page)
    opened.context.set_offline(True)
    began = datetime.now(UTC)
    player.play()
    player.reach(15)
    player.pause()
    player.until("host.playhead.queue.waiting >= 5")
    assert player.state["online"] is False
    assert house.progress(ada, item)["status"] == "not_started"
    assert sent == []
    ended = datetime.now(UTC)  # the player's own `pause` event comes a moment after the click
    opened.context.set_offline(False)
    player.until_saved()
    occurred = [moment(each) for answer in sent for each in heartbeats(answer["body"])]
    assert len(occurred) >= 5
    assert began < min(occurred) < max(occurred) < ended
    assert (max(occurred) - min(occurred)).total_seconds() > 10
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 15, "the pause")
    assert saved["totalSessions"] == 1
    assert saved["metadata"]["watchTimeSeconds"] == pytest.approx(15, abs=2)
    row = house.stored(ada, item, lambda row: row["position"] >= 15, "the row")
    assert row["last_viewed_at"] == max(occurred)


def test_an_expired_token_is_renewed_by_the_host(house: House, host: str, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item()
    tokens = [ada.token(lifetime_s=-60), ada.token()]
    page = device(UNAUTHORISED).page()
    sent = saves(page)
    player = HostPage(page, host_page(host, house, ada, item, token=tokens))
    player.play(rate=2)
    player.reach(8)
    player.pause()
    player.until_saved()
    assert player.page.evaluate("host.tokensAsked") == 2
    assert {answer["status"] for answer in sent} <= {202, 401}
    assert player.events("error") == []
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 8, "the pause")
    assert saved["totalSessions"] == 1


def test_without_a_valid_token_it_waits_and_says_so(house: House, host: str, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item()
    opened = device(UNAUTHORISED)
    expired = host_page(host, house, ada, item, token=ada.token(lifetime_s=-60))
    player = HostPage(opened.page(), expired)
    player.play(rate=2)
    player.until("host.events.some(([name]) => name === 'error')")
    player.pause()
    assert {error["kind"] for error in player.events("error")} == {"unauthorised"}
    assert player.waiting > 0
    position = player.position
    again = HostPage(player.page, host_page(host, house, ada, item))
    again.until_saved()
    saved = house.becomes(ada, item, lambda is_: is_["totalSessions"] == 1, "the first visit")
    assert saved["metadata"]["watchedSegments"][0][1] == pytest.approx(position, abs=0.5)


def test_two_people_of_one_browser_are_never_taken_for_one_another(
    house: House, host: str, device: Devices
) -> None:
    ada, bob = house.person("Ada"), house.person("Bob")
    hers, his = house.item("Hers"), house.item("His")
    opened = device(*AWAY)
    with house.pipeline.down("ingest"):
        player = HostPage(opened.page(), host_page(host, house, ada, hers))
        player.play(rate=2)
        player.reach(7)
        player.pause()
        player.until("host.playhead.queue.waiting >= 1")
        player.page.close()

    player = HostPage(opened.page(), host_page(host, house, bob, his))
    player.play(rate=2)
    player.reach(7)
    player.pause()
    player.until_saved()
    house.becomes(bob, his, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 7, "his own")
    assert house.progress(bob, hers)["status"] == "not_started"
    assert house.progress(ada, hers)["status"] == "not_started"
    player.page.close()

    player = HostPage(opened.page(), host_page(host, house, ada, his))
    player.until_saved()
    house.becomes(ada, hers, lambda is_: is_["metadata"]["lastPositionSeconds"] >= 7, "hers, at last")
    assert house.progress(ada, his)["status"] == "not_started"
    assert house.row(bob, hers) is None


def test_a_killed_browser_sends_the_rest_when_it_is_opened_again(
    house: House, host: str, browser: Browser, tmp_path: Path
) -> None:
    ada = house.person("Ada")
    item = house.item()
    address = host_page(host, house, ada, item)
    with house.pipeline.down("ingest"):
        player = HostPage(persistent(browser, tmp_path).new_page(), address)
        player.play(rate=2)
        player.reach(9)
        player.until("host.playhead.queue.waiting >= 2")
        kept = player.state["watchedSegments"]
        kill(tmp_path)
        killed = datetime.now(UTC)
    assert house.progress(ada, item)["status"] == "not_started"

    context = persistent(browser, tmp_path)
    player = HostPage(context.new_page(), address)
    player.until_saved()
    saved = house.becomes(ada, item, lambda is_: is_["totalSessions"] == 1, "what was kept")
    # of the seconds since the last save nothing can be known
    assert kept[0][1] - 5 < saved["metadata"]["watchedSegments"][0][1] <= kept[0][1] + 2
    row = house.stored(ada, item, lambda row: row["total_sessions"] == 1, "the row")
    assert row["last_viewed_at"] < killed
    context.close()


def persistent(browser: Browser, directory: Path) -> BrowserContext:
    """A browser that keeps what it has on disk."""
    return browser.browser_type.launch_persistent_context(directory, **chromium_options())


def kill(directory: Path) -> None:
    """As the machine's loss of power would, of everything that this browser runs."""
    family = [each for each in psutil.process_iter(["cmdline"]) if is_of(each, directory)]
    assert family
    for each in family:
        os.kill(each.pid, signal.SIGKILL)
    until(lambda: not any(map(is_running, family)) or None, GONE_S, "the browser's end")


def is_of(process: psutil.Process, directory: Path) -> bool:
    return f"--user-data-dir={directory}" in (process.info["cmdline"] or ())


def is_running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def heartbeats(body: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body.get("heartbeats", [body])
    return found


def moment(heartbeat: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(heartbeat["occurredAt"])
