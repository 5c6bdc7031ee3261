"""`/api/directory`: items, people, teams, memberships and assignments, for administrators."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from playhead.http.bodies import read_limited
from playhead.http.openapi import REF
from playhead.http.problems import Problem
from playhead.identity import Principal
from query_api.audit_trail.recording import event_of_write
from query_api.context import context
from query_api.directory import csv_file, entities, tables
from query_api.directory.answers import DirectoryImport, DirectoryUpdate
from query_api.directory.batch import MAX_BYTES, MAX_ROWS, RowBatch, read_batch
from query_api.directory.entities import EntityKind, EntityName
from query_api.directory.examples import CSV_EXAMPLES, ROWS
from query_api.directory.rows import Role, Target
from query_api.directory.store import changed
from query_api.http.answers import Paged, Paging, answer, report
from query_api.http.callers import Admin
from query_api.http.parameters import ArchivedFilter, ContentFilter, SearchQuery, TypeFilter
from query_api.openapi.reports import documented_report
from query_api.openapi.responses import documented
from query_api.reports.table import Table

router = APIRouter(tags=["directory"], default_response_class=Response)

CSV = "text/csv"
WRITE_SECONDS = 30.0
"""For a body, whose 4 MiB take so long at 1.2 Mbit/s."""
IMPORT_SECONDS = 60.0
"""For a CSV file: at 1.2 Mbit/s, 8 MiB. The gateway waits no longer for a body."""

DryRun = Annotated[
    bool,
    Query(alias="dryRun", description="Check everything, change nothing, and answer as if it were done."),
]
KindOfRows = Annotated[
    EntityName | None, Query(description="What the rows of a file without the column `kind` are.")
]
CourseFilter = Annotated[UUID | None, Query(alias="courseId", description="Of this course only.")]
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
_IMPORT = f"""
Rows of any kinds from one CSV file of up to {csv_file.MAX_ROWS:,} rows,
{csv_file.MAX_BYTES // 1024**2} MiB. All are stored in one transaction: after an interruption nothing is
stored, and the file can be sent again. The first line names the columns, in any order: `kind`, which holds
{", ".join(csv_file.WORDS)}, and the fields of the JSON calls except `members` and `parts`, spelt
`userId`, `user_id` or `User ID`. UTF-8, with commas, semicolons or tabs between cells; an empty cell is an
absent field. Rows stand in any order, and may refer to one another. As with JSON, rows that are wrong are
rejected, by line and column, and the others are stored. A file that cannot be read at all is a 422, whose
`errors` name the line or the columns.
"""
_MORE: Mapping[entities.EntityName, str] = {
    "content": "An item that is removed is archived, since progress refers to it.",
    "parts": "Course and item are to be in the directory already; a course needs one that is not optional. "
    "A whole course is easier to send as the `parts` of its item.",
    "people": "A person who was erased is rejected.",
    "teams": "A team without `members` keeps those it has; with them, no one else stays.",
    "members": "Team and person are to be in the directory already.",
    "assignments": "Item and target are to be in the directory already.",
}


def _writing(kind: EntityKind) -> Callable[..., Awaitable[Response]]:
    async def write(request: Request, who: Admin, *, dry_run: DryRun = False) -> Response:
        body = await read_limited(request, MAX_BYTES, WRITE_SECONDS)
        # Thousands of rows are tens of milliseconds, in which others have their turn.
        batch = await asyncio.to_thread(read_batch, kind, body)
        (update,) = await _apply(request, who, [batch], dry_run=dry_run)
        return answer(update)

    return write


async def _apply(
    request: Request, who: Principal, batches: Sequence[RowBatch], *, dry_run: bool
) -> list[DirectoryUpdate]:
    parts = context(request)
    event = event_of_write(request.scope, who, "directory", parts.settings.trusted_proxies)
    updates = await parts.directory.apply(who.tenant_id, batches, dry_run=dry_run, event=event)
    if not dry_run:
        parts.catalogue.expire(who.tenant_id)
        parts.trail.written(replace(event, rows=changed(updates)))
    return updates


def _documented_body(kind: EntityKind) -> dict[str, Any]:
    rows = {"anyOf": [{"$ref": REF.format(name=each.__name__)} for each in (kind.row, kind.removal)]}
    schema = {
        "type": "object",
        "properties": {"items": {"type": "array", "maxItems": MAX_ROWS, "items": rows}},
        "required": ["items"],
        "additionalProperties": False,
    }
    content = {"application/json": {"schema": schema, "example": {"items": ROWS[kind.name]}}}
    return {"requestBody": {"required": True, "content": content}}


for _kind in entities.ENTITY_KINDS.values():
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


@router.put(
    "/api/directory",
    summary="Import a CSV file",
    description=_IMPORT.strip(),
    responses=documented(DirectoryImport, "What became of the rows.", 401, 403, 408, 413, 415, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {CSV: {"schema": {"type": "string"}, "examples": CSV_EXAMPLES}},
        }
    },
)
async def import_csv(
    request: Request, who: Admin, *, kind: KindOfRows = None, dry_run: DryRun = False
) -> Response:
    """Rows of any kinds from a CSV file."""
    media_type, _, _ = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != CSV:
        detail = f"send the file as {CSV}; JSON goes to /api/directory/{{{','.join(entities.ENTITY_KINDS)}}}"
        raise Problem(415, "Unsupported media type", detail)
    body = await read_limited(request, csv_file.MAX_BYTES, IMPORT_SECONDS)
    file = await asyncio.to_thread(csv_file.read_csv, body, kind)
    updates = await _apply(request, who, list(file.batches.values()), dry_run=dry_run)
    return answer(file.summary(updates, dry_run=dry_run))


@router.get(
    "/api/directory/content",
    summary="The directory's items",
    responses=documented_report(tables.CONTENT, "A page of items.", 401, 403, 422, 503),
)
async def read_content(
    request: Request,
    who: Admin,
    paging: Paged,
    *,
    q: SearchQuery = None,
    kind: TypeFilter = None,
    archived: ArchivedFilter = None,
) -> Response:
    """Every item, by title, archived ones included; `q` is part of the title."""
    return await _read(request, who, paging, tables.CONTENT, q=q, type=kind, archived=archived)


@router.get(
    "/api/directory/parts",
    summary="The parts of courses",
    responses=documented_report(tables.PARTS, "A page of parts.", 401, 403, 422, 503),
)
async def read_parts(
    request: Request, who: Admin, paging: Paged, *, q: SearchQuery = None, course: CourseFilter = None
) -> Response:
    """Every part, by course and position; `q` is part of the title of either."""
    return await _read(request, who, paging, tables.PARTS, q=q, course=course)


@router.get(
    "/api/directory/people",
    summary="The directory's people",
    responses=documented_report(tables.PEOPLE, "A page of people.", 401, 403, 422, 503),
)
async def read_people(
    request: Request, who: Admin, paging: Paged, *, q: SearchQuery = None, team: TeamFilter = None
) -> Response:
    """Everybody, by name; `q` is part of the name or of the address."""
    return await _read(request, who, paging, tables.PEOPLE, q=q, team=team)


@router.get(
    "/api/directory/teams",
    summary="The directory's teams",
    responses=documented_report(tables.TEAMS, "A page of teams.", 401, 403, 422, 503),
)
async def read_teams(request: Request, who: Admin, paging: Paged, *, q: SearchQuery = None) -> Response:
    """Every team, by name; `q` is part of the name."""
    return await _read(request, who, paging, tables.TEAMS, q=q)


@router.get(
    "/api/directory/members",
    summary="Who is in which team",
    responses=documented_report(tables.MEMBERS, "A page of memberships.", 401, 403, 422, 503),
)
async def read_members(
    request: Request,
    who: Admin,
    paging: Paged,
    *,
    q: SearchQuery = None,
    team: TeamFilter = None,
    user: UserFilter = None,
    role: RoleFilter = None,
) -> Response:
    """Every membership, by team; `q` is part of the name of the person or of the team."""
    return await _read(request, who, paging, tables.MEMBERS, q=q, team=team, user=user, role=role)


@router.get(
    "/api/directory/assignments",
    summary="What is required of whom",
    responses=documented_report(tables.ASSIGNMENTS, "A page of assignments.", 401, 403, 422, 503),
)
async def read_assignments(
    request: Request,
    who: Admin,
    paging: Paged,
    *,
    q: SearchQuery = None,
    content: ContentFilter = None,
    target: TargetFilter = None,
    target_id: TargetIdFilter = None,
) -> Response:
    """Every assignment, by the item's title; `q` is part of the title or of the target's name."""
    return await _read(
        request, who, paging, tables.ASSIGNMENTS, q=q, content=content, target=target, targetId=target_id
    )


async def _read(request: Request, who: Principal, paging: Paging, table: Table, **filters: Any) -> Response:
    return await report(request, who, table.request({"tenant": who.tenant_id} | filters, paging.sort), paging)
