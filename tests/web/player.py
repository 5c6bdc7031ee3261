"""A player on a page, as a person uses it and as a test looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page

from tests.web.house import House, Person

PLAYED_S = 40
LOADED_S = 10


class Player:
    """A media element; the only one of its page, unless one is named."""

    def __init__(self, page: Page, selector: str = "video, audio") -> None:
        self.page = page
        self.media: Locator = page.locator(selector).first

    @property
    def position(self) -> float:
        """To the millisecond, as it is saved."""
        return round(float(self.media.evaluate("each => each.currentTime")), 3)

    @property
    def played(self) -> list[tuple[float, float]]:
        """The element's own account of what it played."""
        ranges = self.media.evaluate(
            """({ played }) =>
                Array.from({ length: played.length }, (_, each) => [played.start(each), played.end(each)])"""
        )
        return [(start, end) for start, end in ranges]

    @property
    def seconds_played(self) -> float:
        return sum(end - start for start, end in self.played)

    def play(self, rate: float = 1.0) -> None:
        self.media.evaluate(
            "(each, rate) => { each.muted = true; each.playbackRate = rate; return each.play() }", rate
        )

    def pause(self) -> None:
        self.media.evaluate("each => each.pause()")

    def seek(self, seconds: float) -> None:
        """Returns once the element is there."""
        self.media.evaluate(
            """(each, seconds) => new Promise((resolve) => {
                each.addEventListener('seeked', resolve, { once: true })
                each.currentTime = seconds
            })""",
            seconds,
        )

    def wait(self, condition: str, argument: Any = None, seconds: float = PLAYED_S) -> None:
        """Wait until an expression of `each` and `argument` is true, as the media clock moves."""
        self.media.evaluate(
            """async (each, [condition, argument, seconds]) => {
                const holds = new Function('each', 'argument', `return ${condition}`)
                const over = performance.now() + seconds * 1000
                while (!holds(each, argument)) {
                    if (performance.now() > over) throw new Error(`${each.currentTime}: not ${condition}`)
                    await new Promise((resolve) => setTimeout(resolve, 20))
                }
            }""",
            [condition, argument, seconds],
        )

    def reach(self, seconds: float) -> None:
        """Play on until then."""
        self.wait("each.currentTime >= argument", seconds)

    def end(self) -> None:
        """Play on until the end."""
        self.wait("each.ended")


class HostPage(Player):
    """A player of another origin's page, with the SDK."""

    def __init__(self, page: Page, url: str, selector: str = "video, audio") -> None:
        super().__init__(page, selector)
        page.goto(url)
        page.wait_for_function("window.host?.tracker")
        self.wait("each.readyState >= 1", seconds=LOADED_S)

    @property
    def state(self) -> Any:
        return self.page.evaluate("host.tracker.state")

    @property
    def waiting(self) -> int:
        return int(self.page.evaluate("host.playhead.queue.waiting"))

    def events(self, name: str) -> list[Any]:
        """The details of the events of a name, in order."""
        return list(
            self.page.evaluate(
                "argument => host.events.filter(([n]) => n === argument).map(([, d]) => d)", name
            )
        )

    def until(self, expression: str, argument: Any = None) -> None:
        """Wait until an expression of JavaScript is true."""
        self.page.wait_for_function(expression, arg=argument, polling=100)

    def until_saved(self) -> None:
        """Wait until nothing is left to send."""
        self.until("host.tracker.state.saving === 'saved' && host.playhead.queue.waiting === 0")


Hosted = Callable[..., str]


def host_page(host: str, house: House, who: Person, item: str, name: str = "native", **query: Any) -> str:
    """The address of a host page that plays an item for a person."""
    parameters = {"endpoint": house.url, "item": item, "token": query.pop("token", who.token())} | query
    return f"{host}/players/{name}.html?{urlencode(parameters, doseq=True)}"
