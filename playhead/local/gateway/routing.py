"""Which service a request is for."""

from __future__ import annotations

from typing import Literal

Upstream = Literal["ingest", "query"]

_SAVED_UNDER = "/api/progress"


def upstream_for(method: str, path: str) -> Upstream:
    """Saving and unsaving progress is ingest's; all that reads, and every page, is the query API's."""
    saves = method in {"POST", "DELETE"} and (path == _SAVED_UNDER or path.startswith(f"{_SAVED_UNDER}/"))
    return "ingest" if saves else "query"
