"""ASGI middleware that records a request if it is a privileged act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, get_args
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playhead.audit_trail.events import Act, AuditEvent, AuditOutcome
from playhead.audit_trail.recorder import origin, route
from playhead.http.common_headers import request_id_in
from playhead.identity import Principal
from playhead.identity.addresses import Network
from playhead.progress.identifiers import UserId
from query_api.exports.formats import FileKind
from query_api.exports.response import ROWS_HEADER

PRINCIPAL = "playhead.principal"
"""Key of the ASGI scope."""
HEADER = "X-Request-Id"
_DIRECTORY = "/api/directory"
_EDITIONS = "/api/org/content/{contentId}/editions"
_SETTINGS = "/api/org/settings"
_KEYS = "/api/keys"
_WRITES = frozenset({"directory", "key", "settings"})
"""The transaction that writes records these itself."""
_FILES = frozenset(get_args(FileKind))
_FIRST_CLIENT_ERROR = 400
_FIRST_SERVER_ERROR = 500
_REFUSALS = frozenset({403, 404})


class RecordActs:
    """Records an act before its response begins, so that nothing leaves this process unrecorded."""

    def __init__(
        self, app: ASGIApp, record: Callable[[Scope, AuditEvent], None], trusted: Sequence[Network]
    ) -> None:
        self._app = app
        self._trusted = trusted
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, and record it if it is an act."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_in(scope)

        async def send_recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[HEADER] = request_id
                event = event_of(scope, message["status"], headers, datetime.now(UTC), self._trusted)
                if event is not None:
                    self._record(scope, event)
            await send(message)

        await self._app(scope, receive, send_recorded)


def event_of(
    scope: Scope, status: int, headers: Headers, at: datetime, trusted: Sequence[Network]
) -> AuditEvent | None:
    """Return the event of a request whose response begins; None if it is no privileged act."""
    who, outcome = scope.get(PRINCIPAL), outcome_of(status)
    if not isinstance(who, Principal) or outcome is None:
        return None
    template = getattr(scope.get("route"), "path", "")
    query = QueryParams(scope["query_string"])
    found = act_of(scope["method"], template, scope.get("path_params", {}), query, who.user_id)
    if found is None or (found.act in _WRITES and outcome == "done"):
        return None
    rows = headers.get(ROWS_HEADER)
    return AuditEvent(
        at=at,
        act=found.act,
        target=route(scope),
        outcome=outcome,
        origin=origin(scope, trusted),
        request_id=request_id_in(scope),
        tenant=who.tenant_id,
        actor=who.user_id,
        subject=found.subject,
        reason="" if outcome == "done" else str(status),
        rows=int(rows) if rows else None,
    )


class PrivilegedAct(NamedTuple):
    """A privileged act, and the person that it concerns, if it is one person."""

    act: Act
    subject: UserId | None


def act_of(
    method: str, route: str, path: Mapping[str, object], query: Mapping[str, str], actor: UserId
) -> PrivilegedAct | None:
    """Return the privileged act that a request is; None for any other request.

    Args:
        method: The HTTP method, in capitals.
        route: The template of the route.
        path: The path parameters, by their names in the template.
        query: The query parameters.
        actor: The person who sends the request.
    """
    subject = _user_id(path.get("userId") or query.get("userId"))
    if (method == "PUT" and route.startswith(_DIRECTORY)) or (method == "POST" and route == _EDITIONS):
        return PrivilegedAct("directory", None)
    if method == "PUT" and route == _SETTINGS:
        return PrivilegedAct("settings", None)
    if method in {"POST", "DELETE"} and route.startswith(_KEYS):
        return PrivilegedAct("key", None)
    if method != "GET":
        return None
    if query.get("format") in _FILES:
        return PrivilegedAct("export", subject)
    return None if subject in {None, actor} else PrivilegedAct("read", subject)


def event_of_write(scope: Scope, who: Principal, act: Act, trusted: Sequence[Network]) -> AuditEvent:
    """The event of a change that the request makes, to be stored in the transaction of the change."""
    return AuditEvent(
        at=datetime.now(UTC),
        act=act,
        target=route(scope),
        outcome="done",
        origin=origin(scope, trusted),
        request_id=request_id_in(scope),
        tenant=who.tenant_id,
        actor=who.user_id,
    )


def outcome_of(status: int) -> AuditOutcome | None:
    """Return the outcome by the status of the response; None for an invalid request, which is no act."""
    if status < _FIRST_CLIENT_ERROR:
        return "done"
    if status >= _FIRST_SERVER_ERROR:
        return "failed"
    return "refused" if status in _REFUSALS else None


def _user_id(given: object) -> UserId | None:
    try:
        return UserId(str(UUID(str(given))))
    except ValueError:
        return None
