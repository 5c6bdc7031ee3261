"""The headers of every answer, of routes, of the router and after an unknown error: security, and an id."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playhead.tracing.context import REQUEST_ID as REQUEST_ID_HEADER
from playhead.tracing.context import RequestContext, enter_request, request_id_of

REQUEST_ID = "playhead.request_id"
"""Key of the ASGI scope."""
NO_SNIFFING = (b"x-content-type-options", b"nosniff")
"""Browsers use the media type of the answer."""
TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")
"""For a year, browsers use only TLS for this host; sub-domains may belong to others."""


_REQUEST_ID = REQUEST_ID_HEADER.encode()


class CommonHeaders:
    """ASGI wrapper around a whole application, including its error handling.

    The id of a request is the one that a proxy in front gave it, so that both logs can be joined, or a new
    one. It is in the scope, in the answer, and in each line that is logged within the request.
    """

    def __init__(self, app: ASGIApp, *, trust_forwarded_proto: bool) -> None:
        self._app = app
        self._trusts_proxy = trust_forwarded_proto

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers that the answer lacks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        request_id = request_id_in(scope)
        enter_request(RequestContext(request_id))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = list(message.get("headers", ()))
                names = {name.lower() for name, _ in headers}
                headers += [each for each in self._headers(scope) if each[0] not in names]
                if _REQUEST_ID not in names:
                    headers.append((_REQUEST_ID, request_id.encode()))
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers(self, scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
        return (NO_SNIFFING, TLS_ONLY) if self._came_by_tls(scope) else (NO_SNIFFING,)

    def _came_by_tls(self, scope: Scope) -> bool:
        scheme: str = scope["scheme"]
        if self._trusts_proxy:
            for name, value in scope["headers"]:
                if name == b"x-forwarded-proto":
                    # The nearest proxy appends its value last.
                    scheme = value.rpartition(b",")[2].decode("latin-1")
        return scheme.strip().lower() == "https"


def request_id_in(scope: Scope) -> str:
    """The id of a request, which is given to it here if it has none yet."""
    known: str | None = scope.get(REQUEST_ID)
    if known is None:
        known = scope[REQUEST_ID] = request_id_of(scope["headers"])
    return known
