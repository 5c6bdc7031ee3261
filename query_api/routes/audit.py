"""`GET /api/org/audit`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from playhead.audit_trail.events import Act, AuditOutcome
from query_api.http.answers import Paged, report
from query_api.http.callers import Admin
from query_api.http.parameters import Moment
from query_api.openapi.reports import documented_report
from query_api.reports.audit import AUDIT

router = APIRouter(tags=["organisation"], default_response_class=Response)

ActFilter = Annotated[Act | None, Query(description="Of this act only.")]
ActorFilter = Annotated[UUID | None, Query(alias="actorId", description="By this person only.")]
SubjectFilter = Annotated[UUID | None, Query(alias="subjectId", description="About this person only.")]
OutcomeFilter = Annotated[AuditOutcome | None, Query(description="With this outcome only.")]
SinceFilter = Annotated[Moment | None, Query(alias="from", description="At this time or later.")]
UntilFilter = Annotated[Moment | None, Query(alias="to", description="Before this time.")]


@router.get(
    "/api/org/audit",
    summary="Who did what that takes a privilege",
    responses=documented_report(AUDIT, "A page of events.", 401, 403, 422, 503),
)
async def read_audit(
    request: Request,
    who: Admin,
    paging: Paged,
    *,
    act: ActFilter = None,
    actor: ActorFilter = None,
    subject: SubjectFilter = None,
    outcome: OutcomeFilter = None,
    since: SinceFilter = None,
    until: UntilFilter = None,
) -> Response:
    """Exports, reads of another person, writes of the directory, erasures: the latest first.

    An event of a read is here within seconds. Events cannot be changed, and are deleted when they are older
    than the installation keeps them. Ids stay when a person is erased; names go.
    """
    values = {
        "tenant": who.tenant_id,
        "act": act,
        "actor": actor,
        "subject": subject,
        "outcome": outcome,
        "from": since,
        "to": until,
    }
    return await report(request, who, AUDIT.request(values, paging.sort), paging)
