"""ASGI middleware: gives each request an id, and records it if it is a privileged act."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playhead.audit_trail.events import AuditEvent
from playhead.audit_trail.recorder import origin, route
from playhead.identity import Principal
from playhead.identity.addresses import Network
from query_api.audit_trail.acts import act_of, outcome_of
from query_api.exports.response import ROWS_HEADER

REQUEST_ID = "playhead.request_id"
PRINCIPAL = "playhead.principal"
"""Keys of the ASGI scope."""
HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._:-]{1,128}\Z")


class RecordActs:
    """Records an act when its answer begins: what leaves this process has been recorded."""

    def __init__(
        self, app: ASGIApp, record: Callable[[Scope, AuditEvent], None], trusted: Sequence[Network]
    ) -> None:
        self._app = app
        self._trusted = trusted
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        # One that a proxy has given, so that its log and this trail can be joined.
        request_id = scope[REQUEST_ID] = given if _GIVEN.match(given) else uuid4().hex

        async def recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[HEADER] = request_id
                event = event_of(scope, message["status"], headers, datetime.now(UTC), self._trusted)
                if event is not None:
                    self._record(scope, event)
            await send(message)

        await self._app(scope, receive, recorded)


def event_of(
    scope: Scope, status: int, headers: Headers, at: datetime, trusted: Sequence[Network]
) -> AuditEvent | None:
    """The event of a request whose answer begins; None if it is no privileged act."""
    who, outcome = scope.get(PRINCIPAL), outcome_of(status)
    if not isinstance(who, Principal) or outcome is None:
        return None
    template = getattr(scope.get("route"), "path", "")
    query = QueryParams(scope["query_string"])
    found = act_of(scope["method"], template, scope.get("path_params", {}), query, who.user_id)
    if found is None or (found.act == "directory" and outcome == "done"):
        return None  # that one is recorded in the transaction that writes
    rows = headers.get(ROWS_HEADER)
    return AuditEvent(
        at=at,
        act=found.act,
        target=route(scope),
        outcome=outcome,
        origin=origin(scope, trusted),
        request_id=scope[REQUEST_ID],
        tenant=who.tenant_id,
        actor=who.user_id,
        subject=found.subject,
        reason="" if outcome == "done" else str(status),
        rows=int(rows) if rows else None,
    )
