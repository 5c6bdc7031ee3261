"""Which service a request is for."""

from __future__ import annotations

from typing import Literal

Upstream = Literal["ingest", "query"]

_SAVED_UNDER = "/api/progress"


def upstream_for(method: str, path: str, asks_for: str | None = None) -> Upstream:
    """Saving and unsaving progress is ingest's; all that reads, and every page, is the query API's.

    A browser on another origin asks first, by OPTIONS with the method it `asks_for`
    (Access-Control-Request-Method): whoever would take the request answers that too.
    """
    asked = asks_for if method == "OPTIONS" else method
    saves = asked in {"POST", "DELETE"} and (path == _SAVED_UNDER or path.startswith(f"{_SAVED_UNDER}/"))
    return "ingest" if saves else "query"
