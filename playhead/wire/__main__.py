"""`python -m playhead.wire` writes `docs/asyncapi.json`."""

from __future__ import annotations

import json
from pathlib import Path

from playhead.wire.asyncapi import document

TARGET = Path(__file__).parents[2] / "docs" / "asyncapi.json"

if __name__ == "__main__":
    TARGET.write_text(json.dumps(document(), indent=2, ensure_ascii=False) + "\n")
