"""Lets no package be built without the pages that the query API serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = Path("query_api/static/index.html")


class PagesHook(BuildHookInterface[Any]):
    """Fails where there are none; an editable install serves them once they are built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Look for the pages, before anything is put into an archive."""
        del build_data
        if version != "editable" and not (Path(self.root) / PAGES).is_file():
            self.app.abort(
                f"{PAGES} is missing, and the package would serve no pages: run `make pages` first. "
                "An install from git has none either: build a wheel after `make pages`, and install that."
            )
