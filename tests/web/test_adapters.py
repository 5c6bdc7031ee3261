"""Adapters of players that are no media elements, in a real browser."""

from __future__ import annotations

import pytest

from tests.web.conftest import Devices
from tests.web.house import House
from tests.web.player import HostPage, host_page

PAGES = 3


def test_a_frame_of_youtube_is_followed_and_resumed(house: House, host: str, device: Devices) -> None:
    """The frame is of another origin and plays a real video; its messages are those of YouTube's protocol."""
    ada = house.person("Ada")
    item = house.item()
    for start, end in ((0, 6), (6, 13)):  # a device moves the position once it has played five seconds
        page = device().page()
        page.goto(host_page(host, house, ada, item, "youtube"))
        page.wait_for_function("window.host?.tracker")
        page.evaluate("host.player.playVideo()")
        page.wait_for_function("end => host.tracker.state.positionSeconds >= end", arg=end)
        page.evaluate("host.player.pauseVideo()")
        page.wait_for_function("host.tracker.state.status === 'paused'")
        saved = house.becomes(
            ada, item, lambda is_, end=end: is_["metadata"]["lastPositionSeconds"] >= end, "the pause"
        )
        position = page.evaluate("host.tracker.state.positionSeconds")
        assert saved["metadata"]["lastPositionSeconds"] == pytest.approx(position, abs=0.01)
        assert saved["metadata"]["durationSeconds"] == 20
        assert saved["totalSessions"] == (1 if start == 0 else 2)
        page.context.close()


def test_the_plugin_of_video_js_follows_the_player(house: House, host: str, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item()
    player = HostPage(device().page(), host_page(host, house, ada, item, "videojs-plugin"))
    player.play(rate=2)
    player.reach(6)
    player.seek(12)
    player.reach(14)
    player.pause()
    player.until_saved()
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] > 13, "the pause")
    assert len(saved["metadata"]["watchedSegments"]) == 2


def test_the_pages_seen_in_pdf_js_are_saved(house: House, host: str, device: Devices) -> None:
    ada = house.person("Ada")
    item = house.item("The handbook", type="document", mediaUrl="/media/handbook.pdf", durationSeconds=None)
    page = device().page()
    page.route(
        "**/document.pdf", lambda route: route.fulfill(content_type="application/pdf", body=pdf(PAGES))
    )
    page.goto(host_page(host, house, ada, item, "pdfjs"))
    page.wait_for_function("window.host?.tracker?.state.pageCount === 3")
    page.wait_for_function("host.tracker.state.pagesViewed.length === 1")
    page.evaluate("host.viewer.currentPageNumber = 3")
    page.wait_for_function("host.tracker.state.pagesViewed.at(-1) === 3")
    saved = house.becomes(ada, item, lambda is_: 3 in is_["metadata"].get("pagesViewed", []), "the last page")
    assert saved["metadata"]["pageCount"] == PAGES
    assert {1, 3} <= set(saved["metadata"]["pagesViewed"])


def pdf(pages: int) -> bytes:
    """A document of empty pages."""
    kids = " ".join(f"{3 + each} 0 R" for each in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        *("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] >>" for _ in range(pages)),
    ]
    text, offsets = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return f"{text}{end}<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n".encode()
