"""Reads requests to mark an item complete, to take the mark back, or to begin a new attempt.

They have no body: another person is named by the query parameter `userId`. A body that named one would be
ignored, and the sender's own item changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from starlette.requests import Request

from ingest.bodies import InvalidBodyError
from ingest.translate import MarkEvent
from playhead.audit_trail.events import AuditEvent, AuditOutcome
from playhead.audit_trail.recorder import origin
from playhead.http.bodies import read_limited
from playhead.http.common_headers import request_id_in
from playhead.identity import Principal
from playhead.identity.addresses import Network
from playhead.identity.aliases import Aliases
from playhead.progress.identifiers import UserId

COMPLETION = "/api/progress/{contentId}/completion"
ATTEMPTS = "/api/progress/{contentId}/attempts"

_EMPTY_BODIES = (b"", b"{}")
_MAX_BODY = 1_024


@dataclass(frozen=True, slots=True)
class MarkRequest:
    """An act by hand on one item."""

    content_id: UUID
    event: MarkEvent
    subject: UserId | None
    """Whose item; None for the sender's own."""
    target: str
    """The method and the template of the route."""

    def act(
        self,
        request: Request,
        principal: Principal,
        outcome: AuditOutcome,
        reason: str,
        trusted: tuple[Network, ...],
    ) -> AuditEvent:
        """The audit event of the act on behalf of the subject."""
        return AuditEvent(
            at=datetime.now(UTC),
            act="mark",
            target=self.target,
            outcome=outcome,
            reason=reason,
            origin=origin(request.scope, trusted),
            request_id=request_id_in(request.scope),
            tenant=principal.tenant_id,
            actor=principal.user_id,
            subject=self.subject,
        )


async def read_mark(
    request: Request, principal: Principal, aliases: Aliases, *, attempt: bool = False
) -> MarkRequest:
    """What a request asks for; a person who was merged into another is the other.

    Raises:
        InvalidBodyError: an id is malformed, or the request has a body.
    """
    content_id = _uuid("contentId", request.path_params["contentId"])
    given = request.query_params.get("userId")
    subject = None
    if given is not None:
        subject = aliases.user(principal.tenant_id, UserId(str(_uuid("userId", given))))
    if (await read_limited(request, _MAX_BODY)).strip() not in _EMPTY_BODIES:
        raise InvalidBodyError("body", "this request has none; the parameter userId names another person")
    event: MarkEvent = "attempt" if attempt else "reopen" if request.method == "DELETE" else "complete"
    return MarkRequest(
        content_id,
        event,
        None if subject == principal.user_id else subject,
        f"{request.method} {ATTEMPTS if attempt else COMPLETION}",
    )


def _uuid(field: str, given: str) -> UUID:
    try:
        return msgspec.convert(given, UUID)
    except msgspec.ValidationError as error:
        raise InvalidBodyError(field, "is not a UUID") from error
