"""The security headers of every answer: of routes, of the router, and after an unknown error."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_SNIFFING = (b"x-content-type-options", b"nosniff")
"""Browsers use the media type of the answer."""
TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")
"""For a year, browsers use only TLS for this host; sub-domains may belong to others."""


class SecureHeaders:
    """ASGI wrapper around a whole application, including its error handling."""

    def __init__(self, app: ASGIApp, *, trust_forwarded_proto: bool) -> None:
        self._app = app
        self._trusts_proxy = trust_forwarded_proto

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers that the answer lacks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = list(message.get("headers", ()))
                names = {name.lower() for name, _ in headers}
                headers += [each for each in self._headers(scope) if each[0] not in names]
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
