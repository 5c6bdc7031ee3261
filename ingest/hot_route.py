"""The hot route: the two requests that save heartbeats, as raw ASGI in front of the application.

FastAPI documents them, and its router has them too, but a heartbeat passes none of its layers: middlewares,
router and request object took a quarter of the time of a save. Whatever is out of the ordinary (another
method, a query string) goes to the application, whose router calls the same `SavingRoute`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest import metrics
from ingest.refusals import REFUSED
from playhead.http.problems import Problem, problem_response, unknown_problem

SaveRequest = Callable[[Scope, Receive], Awaitable[bytes]]
"""Saves what a request holds, and returns the body of its answer."""
ProblemOf = Callable[[Scope, Exception], Problem]
"""Counts and records a refused request; returns its problem."""

_JSON = (b"content-type", b"application/json")


class SavingRoute:
    """An ASGI application: answers 202 once what the request holds is in the log, or with a problem."""

    def __init__(self, path: str, save: SaveRequest, refuse: ProblemOf) -> None:
        self.path = path
        """Identical to its template, since it has no parameters; `scope["route"]` names it."""
        self._save = save
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Save, then answer; nothing is sent before."""
        began = time.perf_counter()
        scope["route"] = self
        try:
            body = await self._save(scope, receive)
        except REFUSED as error:
            await problem_response(self._refuse(scope, error))(scope, receive, send)
            return
        except ClientDisconnect:
            await Response(status_code=400)(scope, receive, send)  # never received
            return
        metrics.SAVE_SECONDS.observe(time.perf_counter() - began)
        headers = [(b"content-length", b"%d" % len(body)), _JSON]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class HotRoutes:
    """Takes the requests of the saving routes past the application, and passes it everything else."""

    def __init__(
        self, app: ASGIApp, routes: Iterable[SavingRoute], wrap: Callable[[ASGIApp], ASGIApp]
    ) -> None:
        """`wrap` is what the application has around its router and these routes need as well: CORS."""
        self._app = app
        self._routes: Mapping[str, ASGIApp] = {each.path: wrap(each) for each in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        route = self._routes.get(scope["path"]) if _is_ordinary(scope) else None
        if route is None:
            await self._app(scope, receive, send)
            return
        try:
            await route(scope, receive, send)
        except Exception:
            metrics.reject("failure")
            # As in the application: answered, then raised again, so that the server logs it.
            await problem_response(unknown_problem())(scope, receive, send)
            raise


def _is_ordinary(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "POST" and not scope["query_string"]
