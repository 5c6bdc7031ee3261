"""SQL of the directory: each statement takes the rows of a call at once, and tells which of them it touched.

`MERGE` is not safe against inserts beside it; here there are none, as every call holds its tenant's lock. A
row that is as it was is not touched, so that `updated_at` dates a change: whoever caches the catalogue goes
by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from query_api.directory.entities import EntityName

LOCKS = (
    # None may begin before an erasure and end after it: the person would be back.
    "SELECT pg_advisory_xact_lock_shared(hashtext('playhead erase'))",
    "SELECT pg_advisory_xact_lock(hashtext('playhead directory'), hashtext(%(tenant)s))",
)


@dataclass(frozen=True, slots=True)
class Statements:
    """Of one kind. All take `tenant`, and `rows`: records as JSON, which they find as `sent`."""

    columns: str
    """Of `sent`, besides the index of the row."""
    store: tuple[str, ...]
    """Each gives the indices of the rows for which it changed something."""
    remove: tuple[str, ...]
    """The same."""
    refused: str | None = None
    """The rows that refer to what is not there: index, field, and what it is that is missing."""

    def complete(self, statement: str) -> str:
        """The statement with the rows before it."""
        sent = f"SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (index int, {self.columns})"
        return f"WITH sent AS ({sent}) {statement}"


_MERGE_MEMBER = """
    ON o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id
    WHEN MATCHED AND o.role <> n.role THEN UPDATE SET role = n.role
    WHEN NOT MATCHED THEN INSERT VALUES (%(tenant)s, n.team_id, n.user_id, n.role)
    RETURNING n.index
"""

_CONTENT = Statements(
    columns="content_id uuid, title text, type text, duration_ms int, thumbnail_url text, media_url text, "
    "threshold numeric, evidence text, archived boolean",
    store=(
        """
        MERGE INTO progress.content_items AS o USING sent AS n
        ON o.tenant_id = %(tenant)s AND o.content_id = n.content_id
        WHEN MATCHED AND
            (o.title, o.type, o.duration_ms, o.thumbnail_url, o.media_url, o.threshold, o.evidence,
            o.archived)
            IS DISTINCT FROM
            (n.title, n.type, n.duration_ms, n.thumbnail_url, n.media_url, n.threshold, n.evidence,
            n.archived)
        THEN UPDATE SET
            title = n.title, type = n.type, duration_ms = n.duration_ms, thumbnail_url = n.thumbnail_url,
            media_url = n.media_url, threshold = n.threshold, evidence = n.evidence, archived = n.archived,
            updated_at = clock_timestamp()
        WHEN NOT MATCHED THEN INSERT (
            tenant_id, content_id, title, type, duration_ms, thumbnail_url, media_url, threshold, evidence,
            archived, updated_at
        ) VALUES (
            %(tenant)s, n.content_id, n.title, n.type, n.duration_ms, n.thumbnail_url, n.media_url,
            n.threshold, n.evidence, n.archived, clock_timestamp()
        )
        RETURNING n.index
        """,
    ),
    # Never deleted: its progress stays, and whoever caches the catalogue learns of changed rows alone.
    remove=(
        """
        UPDATE progress.content_items AS o SET archived = true, updated_at = clock_timestamp() FROM sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND NOT o.archived
        RETURNING n.index
        """,
        """
        DELETE FROM progress.assignments AS o USING sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id
        RETURNING n.index
        """,
    ),
)

_PEOPLE = Statements(
    columns="user_id uuid, display_name text, email text",
    refused="""
        SELECT n.index, 'userId', 'erased' FROM sent AS n
        JOIN progress.erased_people AS e ON e.tenant_id = %(tenant)s AND e.user_id = n.user_id
    """,
    store=(
        """
        MERGE INTO progress.people AS o USING sent AS n
        ON o.tenant_id = %(tenant)s AND o.user_id = n.user_id
        WHEN MATCHED AND (o.display_name, o.email) IS DISTINCT FROM (n.display_name, n.email)
        THEN UPDATE SET display_name = n.display_name, email = n.email, updated_at = clock_timestamp()
        WHEN NOT MATCHED THEN INSERT (tenant_id, user_id, display_name, email, updated_at)
        VALUES (%(tenant)s, n.user_id, n.display_name, n.email, clock_timestamp())
        RETURNING n.index
        """,
    ),
    remove=(
        """
        DELETE FROM progress.assignments AS o USING sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.target = 'person' AND o.target_id = n.user_id
        RETURNING n.index
        """,
        """
        DELETE FROM progress.people AS o USING sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.user_id = n.user_id
        RETURNING n.index
        """,
    ),
)

_LISTED = """
    SELECT s.index, s.team_id, m.user_id, m.role, m.place FROM sent AS s,
        ROWS FROM (jsonb_to_recordset(s.members) AS (user_id uuid, role text))
        WITH ORDINALITY AS m (user_id, role, place)
"""
_TEAMS = Statements(
    columns="team_id uuid, name text, members jsonb",
    refused=f"""
        SELECT n.index, format('members[%%s].userId', n.place - 1), 'person' FROM ({_LISTED}) AS n
        WHERE NOT EXISTS (
            SELECT FROM progress.people AS p WHERE p.tenant_id = %(tenant)s AND p.user_id = n.user_id
        )
    """,
    store=(
        """
        MERGE INTO progress.teams AS o USING sent AS n
        ON o.tenant_id = %(tenant)s AND o.team_id = n.team_id
        WHEN MATCHED AND o.name <> n.name THEN UPDATE SET name = n.name, updated_at = clock_timestamp()
        WHEN NOT MATCHED THEN INSERT (tenant_id, team_id, name, updated_at)
        VALUES (%(tenant)s, n.team_id, n.name, clock_timestamp())
        RETURNING n.index
        """,
        f"""
        DELETE FROM progress.team_members AS o USING sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND n.members IS NOT NULL
            AND (o.team_id, o.user_id) NOT IN (SELECT l.team_id, l.user_id FROM ({_LISTED}) AS l)
        RETURNING n.index
        """,
        f"MERGE INTO progress.team_members AS o USING ({_LISTED}) AS n {_MERGE_MEMBER}",
    ),
    remove=(
        """
        DELETE FROM progress.assignments AS o USING sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.target = 'team' AND o.target_id = n.team_id
        RETURNING n.index
        """,
        """
        DELETE FROM progress.teams AS o USING sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id
        RETURNING n.index
        """,
    ),
)

_MEMBERS = Statements(
    columns="team_id uuid, user_id uuid, role text",
    refused="""
        SELECT n.index, 'teamId', 'team' FROM sent AS n
        WHERE NOT EXISTS (
            SELECT FROM progress.teams AS t WHERE t.tenant_id = %(tenant)s AND t.team_id = n.team_id
        )
        UNION ALL
        SELECT n.index, 'userId', 'person' FROM sent AS n
        WHERE NOT EXISTS (
            SELECT FROM progress.people AS p WHERE p.tenant_id = %(tenant)s AND p.user_id = n.user_id
        )
    """,
    store=(f"MERGE INTO progress.team_members AS o USING sent AS n {_MERGE_MEMBER}",),
    remove=(
        """
        DELETE FROM progress.team_members AS o USING sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id
        RETURNING n.index
        """,
    ),
)

_ASSIGNMENTS = Statements(
    columns="content_id uuid, target text, target_id uuid, due_at timestamptz",
    refused="""
        SELECT n.index, 'contentId', 'item' FROM sent AS n
        WHERE NOT EXISTS (
            SELECT FROM progress.content_items AS c
            WHERE c.tenant_id = %(tenant)s AND c.content_id = n.content_id
        )
        UNION ALL
        SELECT n.index, 'targetId', 'person' FROM sent AS n
        WHERE n.target = 'person' AND NOT EXISTS (
            SELECT FROM progress.people AS p WHERE p.tenant_id = %(tenant)s AND p.user_id = n.target_id
        )
        UNION ALL
        SELECT n.index, 'targetId', 'team' FROM sent AS n
        WHERE n.target = 'team' AND NOT EXISTS (
            SELECT FROM progress.teams AS t WHERE t.tenant_id = %(tenant)s AND t.team_id = n.target_id
        )
    """,
    store=(
        """
        MERGE INTO progress.assignments AS o USING sent AS n
        ON o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND o.target = n.target
            AND o.target_id = coalesce(n.target_id, %(tenant)s)
        WHEN MATCHED AND o.due_at IS DISTINCT FROM n.due_at
        THEN UPDATE SET due_at = n.due_at, updated_at = clock_timestamp()
        WHEN NOT MATCHED THEN INSERT (tenant_id, content_id, target, target_id, due_at, updated_at)
        VALUES (
            %(tenant)s, n.content_id, n.target, coalesce(n.target_id, %(tenant)s), n.due_at, clock_timestamp()
        )
        RETURNING n.index
        """,
    ),
    remove=(
        """
        DELETE FROM progress.assignments AS o USING sent AS n
        WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND o.target = n.target
            AND o.target_id = coalesce(n.target_id, %(tenant)s)
        RETURNING n.index
        """,
    ),
)

STATEMENTS: Mapping[EntityName, Statements] = {
    "content": _CONTENT,
    "people": _PEOPLE,
    "teams": _TEAMS,
    "members": _MEMBERS,
    "assignments": _ASSIGNMENTS,
}
