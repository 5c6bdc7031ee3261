"""The directory changed, as administrators do."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import psycopg

from playhead.progress import ContentId, TenantId, UserId
from query_api.access import Person
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World


def enrol(
    world: World,
    made: Organisation,
    team: str,
    person: Person,
    role: Literal["member", "manager"] = "member",
) -> None:
    """Make a person a member or a manager of a team."""
    enrol_in(world, made.tenant, made.team(team), person.user_id, role)


def enrol_in(
    world: World, tenant: TenantId, team: UUID, user: UserId, role: Literal["member", "manager"] = "member"
) -> None:
    """Add a person to a team by ids, or change their role in it."""
    _execute(
        world,
        "INSERT INTO progress.team_members VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, team_id, user_id) DO UPDATE SET role = excluded.role",
        tenant,
        team,
        user,
        role,
    )


def dismiss(world: World, made: Organisation, team: str, person: Person) -> None:
    """Remove a person from a team, whatever their role."""
    _execute(
        world,
        "DELETE FROM progress.team_members WHERE tenant_id = %s AND team_id = %s AND user_id = %s",
        made.tenant,
        made.team(team),
        person.user_id,
    )


def set_threshold(world: World, made: Organisation, content: ContentId, threshold: float) -> None:
    """Overrule the installation's threshold for an item."""
    _execute(
        world,
        "UPDATE progress.content_items SET threshold = %s, updated_at = clock_timestamp()"
        " WHERE tenant_id = %s AND content_id = %s",
        threshold,
        made.tenant,
        content,
    )


def _execute(world: World, statement: str, *values: object) -> None:
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(statement.encode(), values)
