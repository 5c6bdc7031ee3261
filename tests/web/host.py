"""Another origin: a host page's server, which has the players, the built SDK and the videos."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from operations.local import ports
from tests.faults.pipeline import until

REPOSITORY = Path(__file__).parents[2]
WEB = REPOSITORY / "web"
SDK = WEB / "dist" / "sdk.js"
PAGES = REPOSITORY / "query_api" / "static" / "index.html"
STARTED_S = 10
STOPPED_S = 10


class NotBuiltError(Exception):
    """The pages, or the package, are missing; the message names the way out."""


def require_built() -> None:
    """Refuse to go on without what `make pages` makes.

    Raises:
        NotBuiltError: it is missing.
    """
    missing = [str(each.relative_to(REPOSITORY)) for each in (SDK, PAGES) if not each.exists()]
    if missing:
        raise NotBuiltError(f"{' and '.join(missing)}: not built yet, run `make pages`")


@contextmanager
def hosted(clips: Path) -> Iterator[str]:
    """The address of a host page's server, while it runs."""
    folders = {
        "/players": Path(__file__).parent / "players",
        "/modules": WEB / "node_modules",
        "/dist": WEB / "dist",
        "/clips": clips,
    }
    app = Starlette(routes=[Mount(path, StaticFiles(directory=folder)) for path, folder in folders.items()])
    port = ports.choose()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until(lambda: server.started or None, STARTED_S, "the host page's server")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(STOPPED_S)
        assert not thread.is_alive()
