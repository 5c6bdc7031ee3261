"""`python -m tests.web.screenshots [PAGE …]`: every page of a fresh demo, into docs/screenshots/.

On a desktop and on a phone, in light and dark. To be looked at: nothing here judges what they show.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.faults.pipeline import running_pipeline, until
from tests.web.chromium import chromium_options

PLACE = Path(__file__).parents[2] / "docs" / "screenshots"
QUALITY = 80
"""Of JPEG: text stays crisp, and a page is some 60 kB."""
SEEDED_S = 180
SETTLED_MS = 30_000
Scheme = Literal["light", "dark"]
VIEWPORTS: Mapping[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
FILM = "Information security essentials"
DOCUMENT = "When the alarm sounds"


@dataclass(frozen=True, slots=True)
class Shot:
    """A page, as a person sees it."""

    path: str
    who: str = "LEARNER"
    shows: str = "h1"
    """What is there once the page is."""


def main(names: list[str]) -> None:
    """Take those named, or all."""
    PLACE.mkdir(exist_ok=True)
    with demo() as (url, tokens), sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())
        shots = pages(url, tokens)
        for name in names or shots:
            take(browser, url, tokens, name, shots[name])
        browser.close()


@contextmanager
def demo() -> Iterator[tuple[str, Mapping[str, str]]]:
    """A demo of one's own: its address, and the tokens of its three people."""
    with running_pipeline("--demo") as running:
        until(lambda: "ADMIN=" in running.said or None, SEEDED_S, "the demo organisation")
        yield (
            running.url,
            dict(re.findall(r"^(LEARNER|MANAGER|ADMIN)=(\S+)$", running.said, re.MULTILINE)),
        )


def pages(url: str, tokens: Mapping[str, str]) -> dict[str, Shot]:
    """Every page by name."""
    manager = {"Authorization": f"Bearer {tokens['MANAGER']}"}

    def read(path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = httpx.get(url + path, headers=manager).raise_for_status().json()["items"]
        return rows

    items = {row["title"]: row["contentId"] for row in read("/api/content")}
    film, document = items[FILM], items[DOCUMENT]
    team = read("/api/teams")[0]["teamId"]
    person = read(f"/api/teams/{team}/progress?sort=-progress")[0]["userId"]
    return {
        "sign-in": Shot("/", "", "page-sign-in form"),
        "library": Shot("/", shows="page-library img"),
        "watch": Shot(f"/watch/{film}", shows="page-watch video"),
        "document": Shot(f"/watch/{document}", shows="page-watch iframe"),
        "dashboard": Shot("/dashboard"),
        "history": Shot("/history"),
        "teams": Shot("/teams", "MANAGER", "tbody tr"),
        "team": Shot(f"/teams/{team}", "MANAGER", "tbody tr"),
        "people": Shot("/people", "MANAGER", "tbody tr"),
        "person": Shot(f"/people/{person}", "MANAGER", "tbody tr"),
        "person-item": Shot(f"/people/{person}/items/{film}", "MANAGER", "evidence-sessions"),
        "organisation": Shot("/organisation", "ADMIN", "chart-series svg"),
        "items": Shot("/organisation/items", "ADMIN", "tbody tr"),
        "item": Shot(f"/organisation/items/{film}", "ADMIN", "chart-series svg"),
        "organisation-teams": Shot("/organisation/teams", "ADMIN", "tbody tr"),
        "exports": Shot("/organisation/exports", "ADMIN", "export-picker"),
        "import": Shot("/organisation/import", "ADMIN"),
    }


def take(browser: Browser, url: str, tokens: Mapping[str, str], name: str, shot: Shot) -> None:
    """One page, four ways."""
    for device, viewport in VIEWPORTS.items():
        for scheme in get_args(Scheme):
            context = browser.new_context(
                viewport=viewport, color_scheme=scheme, locale="en-GB", reduced_motion="reduce"
            )
            page = context.new_page()
            page.goto(url)
            if shot.who:  # as after its sign-in link, which is good only once
                page.evaluate("token => sessionStorage.setItem('playhead.token', token)", tokens[shot.who])
            page.goto(url + shot.path)
            settled(page, shot.shows)
            page.screenshot(
                path=PLACE / f"{name}-{device}-{scheme}.jpg",
                type="jpeg",
                quality=QUALITY,
                animations="disabled",
            )
            context.close()
        sys.stdout.write(f"{name} {device}\n")


def settled(page: Page, shows: str) -> None:
    """What it shows is there, nothing is being loaded, and fonts and pictures are in."""
    page.locator(shows).first.wait_for(timeout=SETTLED_MS)
    page.locator("ui-skeleton").first.wait_for(state="detached", timeout=SETTLED_MS)
    page.evaluate("document.fonts.ready")
    page.wait_for_function(_PICTURES, timeout=SETTLED_MS)


_PICTURES = """() => {
  const within = (root) => [...root.querySelectorAll('*')].flatMap((each) =>
    [each, ...(each.shadowRoot ? within(each.shadowRoot) : [])])
  return within(document).every((each) =>
    (each.localName !== 'img' || each.complete || each.loading === 'lazy') &&
    (each.localName !== 'video' || each.readyState >= 2 || each.error))
}"""


if __name__ == "__main__":
    main(sys.argv[1:])
