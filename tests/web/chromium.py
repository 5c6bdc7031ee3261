"""The machine's Chromium, as Playwright starts it."""

from __future__ import annotations

import os
import shutil
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "no Chromium: `apt-get install chromium`, or name one in PLAYHEAD_TEST_CHROMIUM; "
    'to leave these tests out: `pytest -m "not browser"`'
)
FLAGS = (
    "--no-sandbox",  # containers run it as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


class NoBrowserError(Exception):
    """There is none; the message names the way out."""


def executable() -> str:
    """Where it is.

    Raises:
        NoBrowserError: it is nowhere.
    """
    named = os.environ.get("PLAYHEAD_TEST_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoBrowserError(MISSING)
    return found


def chromium_options(*flags: str) -> dict[str, Any]:
    """For `launch` and `launch_persistent_context`."""
    # Playwright switches the back/forward cache off, and it is one of the things to be shown
    return {
        "executable_path": executable(),
        "args": [*FLAGS, *flags],
        "ignore_default_args": ["--disable-back-forward-cache"],
    }
