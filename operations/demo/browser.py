"""Opening a page in the browser of whoever sits at the terminal, if somebody does."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_there(environment: Mapping[str, str], platform: str, *, terminal: bool) -> bool:
    """Whether somebody looks, and at a screen: over ssh or in a pipe, a browser would help nobody."""
    display = platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    return terminal and display


def open_page(url: str) -> bool:
    """Open it where there is a screen; tells whether it was tried."""
    if not is_there(os.environ, sys.platform, terminal=sys.stdout.isatty()):
        return False
    # Some browsers return only when they are closed.
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    return True
