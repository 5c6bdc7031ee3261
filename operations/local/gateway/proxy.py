"""Carry one request to an upstream and its answer back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio
import httpx

from operations.local.gateway.client_side import ClientGoneError, ClientSide
from operations.local.gateway.headers import end_to_end, forwarded
from operations.local.gateway.measures import REQUESTS
from operations.local.gateway.routing import Upstream, upstream_for
from playhead.http.problems import Problem, problem_response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.types import Receive, Scope, Send

_log = logging.getLogger(__name__)

_WAITING = httpx.Timeout(None, connect=2.0, pool=5.0).as_dict()
"""Reading has no limit: an event stream may be silent for as long as nothing happens."""
_ANNOUNCE_A_BODY = frozenset({b"content-length", b"transfer-encoding"})
_RETRY_AFTER = {"Retry-After": "1"}


class Proxy:
    """An ASGI application in place of the two services."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        upstreams: Mapping[Upstream, httpx.URL],
        answer_seconds: float,
    ) -> None:
        self._transport = transport
        self._upstreams = upstreams
        self._answer_seconds = answer_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; it is over when the answer is, or when the client has gone."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        asks_for = dict(scope["headers"]).get(b"access-control-request-method", b"").decode("latin-1")
        upstream = upstream_for(scope["method"], scope["path"], asks_for)
        has_body = any(name in _ANNOUNCE_A_BODY for name, _ in scope["headers"])
        client = ClientSide(receive, has_body=has_body)
        request = self._request(scope, upstream, client.body() if has_body else None)
        async with anyio.create_task_group() as group:

            async def leave_with_the_client() -> None:
                await client.gone()
                group.cancel_scope.cancel()

            group.start_soon(leave_with_the_client)
            await self._exchange(request, upstream, scope, receive, send)
            group.cancel_scope.cancel()

    def _request(self, scope: Scope, upstream: Upstream, body: AsyncIterator[bytes] | None) -> httpx.Request:
        path = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        peer = scope["client"][0] if scope["client"] else None
        return httpx.Request(
            scope["method"],
            self._upstreams[upstream].copy_with(raw_path=path),
            headers=forwarded(scope["headers"], peer, scope["scheme"]),
            content=body,
            extensions={"timeout": _WAITING},
        )

    async def _exchange(
        self, request: httpx.Request, upstream: Upstream, scope: Scope, receive: Receive, send: Send
    ) -> None:
        try:
            with anyio.fail_after(self._answer_seconds):
                response = await self._transport.handle_async_request(request)
        except ClientGoneError:
            return
        except (httpx.TransportError, TimeoutError) as error:
            problem = _problem(upstream, error)
            REQUESTS.labels(upstream, problem.status).inc()
            await problem_response(problem)(scope, receive, send)
            return
        REQUESTS.labels(upstream, response.status_code).inc()
        try:
            await self._answer(response, upstream, send)
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()

    async def _answer(self, response: httpx.Response, upstream: Upstream, send: Send) -> None:
        headers = end_to_end(response.headers.raw)
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        try:
            async for chunk in response.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except httpx.TransportError as error:
            # the status is out; left unfinished, the server cuts the connection and the client sees it broken
            _log.warning("%s broke off in the middle of an answer: %r", upstream, error)
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _problem(upstream: Upstream, error: httpx.TransportError | TimeoutError) -> Problem:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            detail = f"the {upstream} service is not answering; nothing was done, and it is safe to try again"
            return Problem(503, "Service unavailable", detail, headers=_RETRY_AFTER)
        case TimeoutError():
            return Problem(504, "Gateway timeout", f"the {upstream} service takes too long to answer")
    detail = f"the {upstream} service broke off before it answered; whether it did what was asked is unknown"
    return Problem(502, "Bad gateway", detail, headers=_RETRY_AFTER)
