"""`python -m query_api.write_openapi`: writes `web/openapi.json`, from which the pages generate types."""

from __future__ import annotations

import json
from pathlib import Path

from playhead.settings import QuerySettings
from query_api.app import create_app

TARGET = Path(__file__).parents[1] / "web" / "openapi.json"


def text() -> str:
    """The document; no setting changes it."""
    return json.dumps(create_app(QuerySettings(environment="development")).openapi(), indent=1)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
