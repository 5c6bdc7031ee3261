"""Reads the evidence of one person's progress with one item from PostgreSQL."""

from __future__ import annotations

from playhead.policies.organisation import PolicyLayers
from playhead.progress import NOTHING, ContentId, Override, Policy
from playhead.progress.older import whole
from playhead.progress.policy import ORGANISATION_COLUMNS, POLICY_COLUMNS
from playhead.wire.progress import decode_progress
from query_api.access import Person
from query_api.access.scopes import not_found
from query_api.evidence.explain import explain
from query_api.evidence.models import ItemEvidence
from query_api.postgres import Database

_READ = """
    SELECT
        p.state, s.state, c.content_id IS NOT NULL, c.threshold::float8, c.evidence, c.duration_ms,
        c.count_hidden, c.page_count, c.start_ms, c.end_ms, o.threshold::float8, o.evidence, o.count_hidden
    FROM (SELECT) AS one_row
    LEFT JOIN progress.user_progress AS p
        ON p.user_id = %(user)s AND p.content_id = %(content)s AND (p.tenant_id = %(tenant)s) IS TRUE
    LEFT JOIN progress.older_sessions AS s
        ON s.user_id = %(user)s AND s.content_id = %(content)s AND (s.tenant_id = %(tenant)s) IS TRUE
    LEFT JOIN progress.content_items AS c ON c.tenant_id = %(tenant)s AND c.content_id = %(content)s
    LEFT JOIN progress.organisation_settings AS o ON o.tenant_id = %(tenant)s
"""


async def read_evidence(
    database: Database, person: Person, content: ContentId, default: Policy
) -> ItemEvidence:
    """Explain the stored state under the current policy, both read at one moment.

    Raises:
        NotFoundError: the person never opened the item, and the catalogue does not have it.
        UnavailableError: PostgreSQL does not respond.
    """
    values = {"tenant": person.tenant_id, "user": person.user_id, "content": content}
    [row] = await database.fetch(person.tenant_id, _READ, values)
    state, older, catalogued, *parts = row
    if state is None and not catalogued:
        raise not_found("contentId", "item")
    progress = NOTHING if state is None else decode_progress(state.encode())
    progress = whole(progress, None if older is None else decode_progress(older.encode()))
    own = len(POLICY_COLUMNS)
    item = Override.of(POLICY_COLUMNS, parts[:own])
    organisation = Override.of(ORGANISATION_COLUMNS, parts[own:])
    return explain(person.user_id, content, progress, PolicyLayers(default, organisation, item))
