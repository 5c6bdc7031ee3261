"""Playhead's own pages, opened by a signed-in person."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from playwright.sync_api import Locator, Page

from tests.web.house import House, Person
from tests.web.player import LOADED_S, Player

TOAST = "Great job! Content marked as complete."
Colour = tuple[int, int, int]


def opened(page: Page, house: House, who: Person, path: str) -> Page:
    """The page at a path, by a sign-in link."""
    page.goto(house.link(who.token(), path))
    return page


def watch(page: Page, house: House, who: Person, item: str) -> Player:
    """The player of an item."""
    player = Player(opened(page, house, who, f"/watch/{item}"), "watch-media video")
    player.wait("each.readyState >= 1", seconds=LOADED_S)
    return player


def count_toasts(page: Page) -> None:
    """Count toasts from now on; `toasts` returns the number."""
    page.locator("playhead-app > playhead-toast, playhead-toast").first.evaluate(
        """(toast) => {
            window.toasts = 0
            new MutationObserver(() => { if (toast.hasAttribute('open')) window.toasts += 1 })
                .observe(toast, { attributeFilter: ['open'] })
        }"""
    )


def toasts(page: Page) -> int:
    return int(page.evaluate("window.toasts"))


def columns(of: Locator) -> list[Colour]:
    """The colours of what an element shows, from left to right, half-way down."""
    box = of.bounding_box()
    assert box is not None
    width, height = round(box["width"]), round(box["height"])
    command = ("ffmpeg", "-loglevel", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    picture = of.page.screenshot(
        clip={"x": round(box["x"]), "y": round(box["y"]), "width": width, "height": height}
    )
    pixels = subprocess.run(command, input=picture, capture_output=True, check=True).stdout
    row = pixels[width * 3 * (height // 2) :][: width * 3]
    return [(row[at], row[at + 1], row[at + 2]) for at in range(0, width * 3, 3)]


def nearest(colour: Colour, among: Sequence[Colour]) -> int:
    """Which of the colours it is most like."""
    distances = [sum((a - b) ** 2 for a, b in zip(colour, other, strict=True)) for other in among]
    return distances.index(min(distances))
