"""The demo of `playhead up`: an organisation, its history, its media, and sign-in links for three people."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import webbrowser
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from operations.demo.audience.organisation import ADMINISTRATOR, LEARNER, LEAVER, MANAGER, passes_at
from operations.demo.load_directory import introduction, load_directory, sign_in, sign_in_link
from operations.demo.load_history import load_history
from operations.demo.media import make_media

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.text import Text

    from operations.local.data_dir import DataDir
    from playhead.settings import SignInSettings

AUDIENCE = (
    *("simulate", "--forever", "--rest", "30"),
    # The three people of the sign-in links are not simulated, and who has left watches no more.
    *(f"--away={number}" for number in (LEARNER, MANAGER, ADMINISTRATOR, LEAVER)),
)
"""The arguments of `playhead` for the other people, of whom a few watch at a time."""


class Demo:
    """The demo of one running stack."""

    def __init__(
        self, data: DataDir, port: int, settings: SignInSettings, report: Callable[[str], object]
    ) -> None:
        self._data, self._port, self._settings, self._report = data, port, settings, report
        self._url = f"http://127.0.0.1:{port}"

    async def prepare(self) -> None:
        """Load the directory, the media and the history; what an earlier start loaded stays.

        The first start waits until the first dates have passed, twenty seconds after it began: then a person
        leaves and another joins.

        Raises:
            DirectoryCallError: the API refuses the organisation.
        """
        now = datetime.now(UTC)
        began = await asyncio.to_thread(self._began)
        if began is None:
            self._report(await self._load_directory(now, dates_passed=False))
        await asyncio.to_thread(make_media, self._data.media)
        await load_history(self._url, self._settings, self._data.history_loaded, now, self._report)
        await asyncio.sleep((passes_at(began or now) - datetime.now(UTC)).total_seconds())
        self._report(await self._load_directory(began or now, dates_passed=True))

    def _began(self) -> datetime | None:
        """Return the first start; None if this is the first."""
        loaded = self._data.history_loaded
        return datetime.fromisoformat(loaded.read_text().strip()) if loaded.exists() else None

    async def _load_directory(self, began: datetime, *, dates_passed: bool) -> str:
        return await asyncio.to_thread(
            load_directory, self._url, self._settings, began, dates_passed=dates_passed
        )

    def links(self) -> Text:
        """Return the sign-in links."""
        return sign_in(self._port, self._settings)

    def calls(self) -> Text:
        """Return the calls for a shell."""
        return introduction(self._port, self._settings)

    def open(self) -> None:
        """Open the learner's library in a browser, if there is a screen."""
        if open_page(sign_in_link(self._port, self._settings)):
            self._report("the learner's library opens in your browser; --no-browser leaves that out")


def is_there(environment: Mapping[str, str], platform: str, *, terminal: bool) -> bool:
    """Return whether a browser can be seen: on a terminal with a display, not over ssh nor in a pipe."""
    display = platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    return terminal and display


def open_page(url: str) -> bool:
    """Open the page where there is a screen; return whether there is."""
    if not is_there(os.environ, sys.platform, terminal=sys.stdout.isatty()):
        return False
    # Some browsers return only when they are closed.
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    return True
