"""`/api/directory/…`: items, people, teams and what is required of whom, for administrators."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from playhead.audit_trail.events import AuditEvent
from playhead.audit_trail.recorder import origin, route
from playhead.http.bodies import read_limited
from playhead.http.openapi import REF
from playhead.identity import Principal
from query_api.audit_trail.recording import REQUEST_ID
from query_api.context import context
from query_api.directory import kinds, tables
from query_api.directory.answers import DirectoryUpdate
from query_api.directory.examples import ROWS
from query_api.directory.kinds import Kind
from query_api.directory.reading import MAX_BYTES, MAX_ROWS, read_batch
from query_api.directory.rows import Role, Target
from query_api.http.answers import Paged, Paging, answer, report
from query_api.http.callers import Admin
from query_api.http.parameters import ArchivedFilter, ContentFilter, SearchQuery, TypeFilter
from query_api.openapi.reports import documented_report
from query_api.openapi.responses import documented
from query_api.reports.table import Table

router = APIRouter(tags=["directory"], default_response_class=Response)

WRITE_SECONDS = 30.0
"""For a body, whose 4 MiB take so long at 1.2 Mbit/s."""

DryRun = Annotated[
    bool,
    Query(alias="dryRun", description="Check everything, change nothing, and answer as if it were done."),
]
TeamFilter = Annotated[UUID | None, Query(alias="teamId", description="Of this team only.")]
UserFilter = Annotated[UUID | None, Query(alias="userId", description="Of this person only.")]
RoleFilter = Annotated[Role | None, Query(alias="role", description="In this role only.")]
TargetFilter = Annotated[Target | None, Query(description="Required of this kind of target only.")]
TargetIdFilter = Annotated[
    UUID | None, Query(alias="targetId", description="Required of this person or team only.")
]

_WRITE = f"""
Up to {MAX_ROWS:,} rows, {MAX_BYTES // 1024**2} MiB. A row is the whole truth of its entity: what it leaves
out is cleared. With `remove` it takes its entity away. Sent again, the same rows change nothing. Each row
is judged by itself: those that are good are stored, whatever the others are. Of two rows for one entity the
first counts.
"""
_MORE: Mapping[kinds.Name, str] = {
    "content": "An item that is removed is archived, since progress refers to it.",
    "people": "A person who was erased is rejected.",
    "teams": "A team without `members` keeps those it has; with them, nobody else stays.",
    "members": "Team and person are to be in the directory already.",
    "assignments": "Item and target are to be in the directory already.",
}


def _writing(kind: Kind) -> Callable[..., Awaitable[Response]]:
    async def write(request: Request, who: Admin, *, dry_run: DryRun = False) -> Response:
        body = await read_limited(request, MAX_BYTES, WRITE_SECONDS)
        # Thousands of rows are tens of milliseconds, in which others have their turn.
        batch = await asyncio.to_thread(read_batch, kind, body)
        parts, event = context(request), _event(request, who)
        update = await parts.directory.apply(who.tenant_id, kind.name, batch, dry_run=dry_run, event=event)
        if not dry_run:
            parts.trail.written(replace(event, rows=update.upserted + update.removed))
        return answer(update)

    return write


def _event(request: Request, who: Principal) -> AuditEvent:
    return AuditEvent(
        at=datetime.now(UTC),
        act="directory",
        target=route(request.scope),
        outcome="done",
        origin=origin(request.scope, context(request).settings.trusted_proxies),
        request_id=request.scope[REQUEST_ID],
        tenant=who.tenant_id,
        actor=who.user_id,
    )


def _documented_body(kind: Kind) -> dict[str, Any]:
    rows = {"anyOf": [{"$ref": REF.format(name=each.__name__)} for each in (kind.row, kind.removal)]}
    schema = {
        "type": "object",
        "properties": {"items": {"type": "array", "maxItems": MAX_ROWS, "items": rows}},
        "required": ["items"],
        "additionalProperties": False,
    }
    content = {"application/json": {"schema": schema, "example": {"items": ROWS[kind.name]}}}
    return {"requestBody": {"required": True, "content": content}}


for _kind in kinds.KINDS.values():
    router.add_api_route(
        f"/api/directory/{_kind.name}",
        _writing(_kind),
        methods=["PUT"],
        name=f"write_{_kind.name}",
        summary=f"Store {_kind.name}",
        description=f"{_WRITE.strip()} {_MORE[_kind.name]}",
        responses=documented(DirectoryUpdate, "What became of the rows.", 401, 403, 408, 413, 422, 503),
        openapi_extra=_documented_body(_kind),
    )


@router.get(
    "/api/directory/content",
    summary="The directory's items",
    responses=documented_report(tables.CONTENT, "A page of items.", 401, 403, 422, 503),
)
async def read_content(
    request: Request,
    who: Admin,
    how: Paged,
    *,
    q: SearchQuery = None,
    kind: TypeFilter = None,
    archived: ArchivedFilter = None,
) -> Response:
    """Every item, by title, archived ones included; `q` is part of the title."""
    return await _read(request, who, how, tables.CONTENT, q=q, type=kind, archived=archived)


@router.get(
    "/api/directory/people",
    summary="The directory's people",
    responses=documented_report(tables.PEOPLE, "A page of people.", 401, 403, 422, 503),
)
async def read_people(
    request: Request, who: Admin, how: Paged, *, q: SearchQuery = None, team: TeamFilter = None
) -> Response:
    """Everybody, by name; `q` is part of the name or of the address."""
    return await _read(request, who, how, tables.PEOPLE, q=q, team=team)


@router.get(
    "/api/directory/teams",
    summary="The directory's teams",
    responses=documented_report(tables.TEAMS, "A page of teams.", 401, 403, 422, 503),
)
async def read_teams(request: Request, who: Admin, how: Paged, *, q: SearchQuery = None) -> Response:
    """Every team, by name; `q` is part of the name."""
    return await _read(request, who, how, tables.TEAMS, q=q)


@router.get(
    "/api/directory/members",
    summary="Who is in which team",
    responses=documented_report(tables.MEMBERS, "A page of memberships.", 401, 403, 422, 503),
)
async def read_members(
    request: Request,
    who: Admin,
    how: Paged,
    *,
    q: SearchQuery = None,
    team: TeamFilter = None,
    user: UserFilter = None,
    role: RoleFilter = None,
) -> Response:
    """Every membership, by team; `q` is part of the name of the person or of the team."""
    return await _read(request, who, how, tables.MEMBERS, q=q, team=team, user=user, role=role)


@router.get(
    "/api/directory/assignments",
    summary="What is required of whom",
    responses=documented_report(tables.ASSIGNMENTS, "A page of assignments.", 401, 403, 422, 503),
)
async def read_assignments(
    request: Request,
    who: Admin,
    how: Paged,
    *,
    q: SearchQuery = None,
    content: ContentFilter = None,
    target: TargetFilter = None,
    target_id: TargetIdFilter = None,
) -> Response:
    """Every assignment, by the item's title; `q` is part of the title or of the target's name."""
    return await _read(
        request, who, how, tables.ASSIGNMENTS, q=q, content=content, target=target, targetId=target_id
    )


async def _read(request: Request, who: Principal, how: Paging, table: Table, **filters: Any) -> Response:
    return await report(request, who, table.request({"tenant": who.tenant_id} | filters, how.sort), how)
