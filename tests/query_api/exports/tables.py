"""A report with a cell of every kind, over the people of the directory, served as any other."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

import psycopg
from fastapi import APIRouter, FastAPI, Query
from starlette.requests import Request
from starlette.responses import Response

from playhead.progress import TenantId
from playhead.settings import QuerySettings
from query_api.app import create_app
from query_api.http.answers import Paged, report
from query_api.http.callers import Who
from query_api.reports.table import Column, Table
from tests.query_api.world import World

PATH = "/api/test/everything"

EVERYTHING = Table(
    name="everything",
    columns=(
        Column("userId", "id", "p.user_id", "Whose."),
        Column("name", "text", "p.display_name", "Of any characters."),
        Column("email", "text", "p.email", "Often none.", nullable=True),
        Column("balance", "integer", "s.seed - 30000", "Often negative."),
        Column("share", "percentage", "s.seed %% 101", "From 0 to 100."),
        Column("average", "number", "(s.seed - 30000) / 7.0", "With decimals."),
        Column("watchTimeSeconds", "seconds", "s.seed * 7", "In milliseconds inside."),
        Column("lastActive", "time", "timestamptz 'epoch' + s.seed * interval '7.654321 h'", "A time."),
        Column("dueAt", "time", "CASE WHEN s.seed %% 3 = 0 THEN p.updated_at END", "Or none.", nullable=True),
        Column("day", "date", "date '1899-12-01' + s.seed", "A day."),
        Column("isLate", "boolean", "s.seed %% 2 = 0", "Yes or no."),
        Column("reasons", "list", "string_to_array(p.email, '@')", "Some.", nullable=True, sortable=False),
    ),
    source="progress.people AS p, LATERAL (SELECT get_byte(uuid_send(p.user_id), 0) * 256"
    " + get_byte(uuid_send(p.user_id), 1) AS seed) AS s",
    key=("userId",),
    order="name",
    filters={"search": "p.display_name ILIKE '%%' || %(search)s || '%%'"},
)

router = APIRouter()


@router.get(PATH)
async def everything(
    request: Request, who: Who, how: Paged, search: Annotated[str | None, Query()] = None
) -> Response:
    return await report(request, who, EVERYTHING.request({"search": search}, how.sort), how)


def app_of(settings: QuerySettings) -> FastAPI:
    """The application, and the report."""
    app = create_app(settings)
    app.include_router(router)
    return app


def add_people(world: World, tenant: TenantId, *named: tuple[str, str | None]) -> list[UUID]:
    """Put people with these names and e-mail addresses into the directory."""
    rows = [(tenant, uuid4(), name, email) for name, email in named]
    with psycopg.connect(world.database.admin_dsn) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO progress.people (tenant_id, user_id, display_name, email) VALUES (%s, %s, %s, %s)",
            rows,
        )
    return [user for _, user, *_ in rows]


def add_crowd(world: World, tenant: TenantId, count: int) -> None:
    """Put so many people into the directory."""
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.people (tenant_id, user_id, display_name, email)"
            " SELECT %s, gen_random_uuid(), 'Person ' || n, n || '@example.org'"
            " FROM generate_series(1, %s) AS n",
            [tenant, count],
        )


def end_exports(world: World) -> None:
    """Let Postgres end the connections of all exports."""
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'playhead export'"
        )
