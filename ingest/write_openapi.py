"""`python -m ingest.write_openapi` writes the operations that the public document takes from ingest."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.app import Ingest, create_documented_app
from playhead.settings import IngestSettings

TARGET = Path(__file__).parents[1] / "query_api" / "saving.openapi.json"
_PUBLIC = "/api/"
"""Health and metrics of a service are not public."""


def text() -> str:
    """The operations and their schemas, under default settings."""
    settings = IngestSettings(environment="development")
    document = create_documented_app(settings, Ingest(settings)).openapi()
    paths = {path: item for path, item in document["paths"].items() if path.startswith(_PUBLIC)}
    return json.dumps({"paths": paths, "components": document["components"]}, indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
