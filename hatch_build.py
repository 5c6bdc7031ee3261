"""Puts into a wheel what lies outside its packages, and builds no package without the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = Path("query_api/static/index.html")
CADDYFILE = Path("deploy/Caddyfile")


class PagesHook(BuildHookInterface[Any]):
    """Fails where there are no pages; an editable install serves them once they are built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Look for the pages, and add the Caddyfile, which `playhead up` runs too."""
        if version == "editable":
            return
        if not (Path(self.root) / PAGES).is_file():
            self.app.abort(
                f"{PAGES} is missing, and the package would serve no pages: run `make pages` first. "
                "An install from git has none either: build a wheel after `make pages`, and install that."
            )
        # An image is built without deploy/, and runs no local stack.
        if self.target_name == "wheel" and (Path(self.root) / CADDYFILE).is_file():
            build_data["force_include"][str(CADDYFILE)] = "operations/local/Caddyfile"
