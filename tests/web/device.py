"""A browser context as a device, whose console is read: a page that complains fails its test."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

AWAY = (
    "status of 50",
    "ERR_CONNECTION",
    "ERR_EMPTY_RESPONSE",
    "ERR_FAILED",
    "CORS policy",  # an answer of the gateway's own has no headers for other origins
)
"""What a console says of a service that was killed."""
# A fresh context has no favicon cached, and the host page none at all.
_NEVER_MINDED = ("favicon.ico",)


class Device:
    """A browser context, and all that its pages complained of."""

    def __init__(self, context: BrowserContext, expected: tuple[str, ...] = ()) -> None:
        self.context = context
        self.complaints: list[str] = []
        self._expected = (*_NEVER_MINDED, *expected)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.set_default_timeout(30_000)

    def page(self, url: str | None = None) -> Page:
        """A new tab."""
        page = self.context.new_page()
        if url is not None:
            page.goto(url)
        return page

    def check(self) -> None:
        """Raise where a page complained of what the test does not expect."""
        assert self.complaints == []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.close()
        if error is None:
            self.check()

    def _on_console(self, message: ConsoleMessage) -> None:
        # Violations of the content security policy are errors of the console, too.
        if message.type in {"error", "warning"}:
            self._note(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _note(self, complaint: str) -> None:
        if not any(each in complaint for each in self._expected):
            self.complaints.append(complaint)


def saves(page: Page) -> list[dict[str, Any]]:
    """The answers that the page gets to its saves, from now on, as they come."""
    found: list[dict[str, Any]] = []

    def on_response(response: Response) -> None:
        request: Request = response.request
        if request.method == "POST" and "/api/progress" in request.url:
            found.append({"status": response.status, "body": request.post_data_json})

    page.on("response", on_response)
    return found
