"""New editions of items: whether progress is kept, or everyone who opened the item begins again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.progress.identifiers import ContentId, TenantId
from playhead.resources import read_text
from query_api.access.scopes import not_found
from query_api.models import Body, Time
from query_api.postgres import Connection, Database, DatabaseRow
from query_api.views import rfc3339

MAX_LISTED = 100
_READ = read_text("query_api.organisation", "editions.sql")
_EXISTS = "SELECT FROM progress.content_items WHERE tenant_id = %(tenant)s AND content_id = %(content)s"
_INSERT = """
INSERT INTO progress.editions (tenant_id, content_id, begun_by, new_attempt, next_pass_at)
VALUES (
    %(tenant)s, %(content)s, %(actor)s, %(new_attempt)s,
    CASE WHEN %(new_attempt)s THEN clock_timestamp() END
)
RETURNING begun_at, begun_by::text, new_attempt, people, as_of
"""


class EditionBody(BaseModel):
    """What a new edition means for progress."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)

    new_attempt: bool = Field(
        description="Whether everyone who opened the item begins again; false keeps their progress."
    )


class Edition(Body, frozen=True):
    """An edition of an item."""

    begun_at: Annotated[Time, Meta(description="When it was published; a new attempt begins then.")]
    begun_by: Annotated[str | None, Meta(description="Who published it; null once they are erased.")]
    new_attempt: bool
    people: Annotated[
        int, Meta(ge=0, description="For how many people an attempt was published; 0 where progress is kept.")
    ]
    as_of: Annotated[
        Time | None,
        Meta(
            description="When that was done for everyone who was known; null until then, and where progress "
            "is kept. Progress of before that arrives later, from devices without network, follows."
        ),
    ]


class EditionList(Body, frozen=True):
    """The editions of an item."""

    items: Annotated[list[Edition], Meta(description=f"The latest first, at most {MAX_LISTED}.")]


EXAMPLE = Edition(
    begun_at="2026-11-22T10:00:00.000Z",
    begun_by="5b0a0b52-9a5e-4c8e-8f2d-2f6a4f7c1d10",
    new_attempt=True,
    people=0,
    as_of=None,
)


LIST_EXAMPLE = EditionList([EXAMPLE])


class EditionStore:
    """Editions in PostgreSQL; raises `UnavailableError` if it does not answer."""

    def __init__(self, reading: Database, writing: Database) -> None:
        self._reading = reading
        self._writing = writing

    async def of(self, tenant: TenantId, content: ContentId) -> EditionList:
        """The editions of an item.

        Raises:
            NotFoundError: the catalogue does not have the item.
        """
        values = {"tenant": tenant, "content": content, "limit": MAX_LISTED}
        if await self._reading.fetch_first(tenant, _EXISTS, values) is None:
            raise not_found("contentId", "item")
        return EditionList([_edition(row) for row in await self._reading.fetch(tenant, _READ, values)])

    async def publish(
        self, tenant: TenantId, content: ContentId, event: AuditEvent, *, new_attempt: bool
    ) -> Edition:
        """Publish an edition, and store the audit event in the same transaction.

        Raises:
            NotFoundError: the catalogue does not have the item.
        """
        values = {"tenant": tenant, "content": content, "actor": event.actor, "new_attempt": new_attempt}

        async def work(connection: Connection) -> Edition:
            if await (await connection.execute(_EXISTS, values)).fetchone() is None:
                raise not_found("contentId", "item")
            (row,) = await (await connection.execute(_INSERT, values)).fetchall()
            await connection.execute(audit.INSERT, audit.row(event))
            return _edition(row)

        return await self._writing.within(tenant, work)


def _edition(row: DatabaseRow) -> Edition:
    begun_at, begun_by, new_attempt, people, as_of = row
    return Edition(
        begun_at=_time(begun_at),
        begun_by=begun_by,
        new_attempt=new_attempt,
        people=people,
        as_of=None if as_of is None else _time(as_of),
    )


def _time(moment: datetime) -> str:
    return rfc3339(moment.astimezone(UTC))
