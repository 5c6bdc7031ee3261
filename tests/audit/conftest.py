from __future__ import annotations

from tests.query_api.conftest import client, settings, world

__all__ = ["client", "settings", "world"]
