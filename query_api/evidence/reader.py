"""The evidence of one person's progress with one item, from the durable store."""

from __future__ import annotations

from typing import Any

from playhead.progress import NOTHING, ContentId, Override, Policy
from playhead.wire.codec import decode_progress
from query_api.access import Person
from query_api.access.scopes import not_found
from query_api.evidence.explain import explain
from query_api.evidence.models import ItemEvidence
from query_api.postgres import Connection, Database

_READ = """
    SELECT p.state, c.content_id IS NOT NULL, c.threshold::float8, c.evidence, c.duration_ms
    FROM (SELECT) AS asked
    LEFT JOIN progress.user_progress AS p
        ON p.user_id = %(user)s AND p.content_id = %(content)s AND (p.tenant_id = %(tenant)s) IS TRUE
    LEFT JOIN progress.content_items AS c ON c.tenant_id = %(tenant)s AND c.content_id = %(content)s
"""


async def read_evidence(
    database: Database, person: Person, content: ContentId, default: Policy
) -> ItemEvidence:
    """By the state as it is stored and the catalogue as it is now, both of one moment.

    Raises:
        NotFoundError: The person never opened the item, and the catalogue does not have it either.
        UnavailableError: Postgres is away.
    """
    values = {"tenant": person.tenant_id, "user": person.user_id, "content": content}

    async def ask(connection: Connection) -> tuple[Any, ...]:
        row = await (await connection.execute(_READ.encode(), values)).fetchone()
        if row is None:
            raise LookupError("a left join of one row returned nothing")
        return row

    state, catalogued, threshold, evidence, duration_ms = await database.within(person.tenant_id, ask)
    if state is None and not catalogued:
        raise not_found("contentId", "item")
    progress = NOTHING if state is None else decode_progress(state.encode())
    override = Override.of(threshold=threshold, evidence=evidence, duration_ms=duration_ms)
    return explain(person.user_id, content, progress, default, override)
