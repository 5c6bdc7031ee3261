"""What every counter should say, made from the rows it counts."""

from __future__ import annotations

from msgspec import Struct


class Counter(Struct, frozen=True):
    """A table of sums, told as the sum of its shards; no row is as good as zeros."""

    table: str
    keys: tuple[str, ...]
    sums: tuple[str, ...]
    made: str
    """The same keys and sums, from the rows."""
    when: str = "true"
    """Of which of the table's rows it can be told."""

    @property
    def query(self) -> str:
        """What differs: the keys, what the table says, what the rows make."""
        keys = ", ".join(self.keys)
        totals = ", ".join(f"sum({name})::bigint AS {name}" for name in self.sums)
        said, made = (self._object(side) for side in ("said", "made"))
        return f"""
            WITH said AS (
                SELECT {keys}, {totals} FROM progress.{self.table} WHERE {self.when} GROUP BY {keys}
            ),
            made AS ({self.made})
            SELECT concat_ws(':', {keys}) AS subject, {said} AS said, {made} AS made
            FROM said FULL JOIN made USING ({keys})
            WHERE ({self._values("said")}) IS DISTINCT FROM ({self._values("made")})
            ORDER BY {keys}
        """

    def _values(self, side: str) -> str:
        return ", ".join(f"coalesce({side}.{name}, 0)" for name in self.sums)

    def _object(self, side: str) -> str:
        pairs = (f"'{name}', coalesce({side}.{name}, 0)" for name in self.sums)
        return f"json_build_object({', '.join(pairs)})"


_NOT_ARCHIVED = """
    NOT EXISTS (
        SELECT FROM progress.archives AS a
        WHERE a.dropped_at IS NOT NULL AND a.month = date_trunc('month', {day}::timestamp)::date
    )
"""

COUNTERS = (
    Counter(
        "content_summary",
        ("tenant_id", "content_id"),
        ("people", "started", "completed", "percentage_sum", "coverage_sum", "wall_ms"),
        """
        SELECT
            tenant_id, content_id, count(*) AS people,
            count(*) FILTER (WHERE status <> 'not_started') AS started,
            count(*) FILTER (WHERE status = 'completed') AS completed,
            sum(progress_percentage) AS percentage_sum, sum(coverage) AS coverage_sum,
            sum(wall_ms)::bigint AS wall_ms
        FROM progress.user_progress GROUP BY tenant_id, content_id
        """,
    ),
    Counter(
        "content_slices",
        ("tenant_id", "content_id", "slice"),
        ("viewers",),
        """
        -- By mask first: a row for each slice of each person would be twenty times as many.
        SELECT tenant_id, content_id, slice, sum(people)::bigint AS viewers
        FROM (
            SELECT tenant_id, content_id, slices, count(*) AS people
            FROM progress.user_progress WHERE slices <> 0 GROUP BY tenant_id, content_id, slices
        ) AS masks JOIN generate_series(0, 19) AS slice ON ((slices >> slice) & 1) = 1
        GROUP BY tenant_id, content_id, slice
        """,
    ),
    Counter(
        "content_times",
        ("tenant_id", "content_id", "bucket"),
        ("completions",),
        """
        SELECT tenant_id, content_id, progress.took_bucket(took_ms) AS bucket, count(*) AS completions
        FROM progress.user_progress WHERE took_ms IS NOT NULL GROUP BY tenant_id, content_id, bucket
        """,
    ),
    Counter(
        "daily_activity",
        ("tenant_id", "day"),
        ("started", "completed"),
        """
        SELECT tenant_id, day, sum(started) AS started, sum(completed) AS completed
        FROM (
            SELECT tenant_id, (started_at AT TIME ZONE 'UTC')::date AS day, 1 AS started, 0 AS completed
            FROM progress.user_progress WHERE started_at IS NOT NULL
            UNION ALL
            SELECT tenant_id, (completed_at AT TIME ZONE 'UTC')::date, 0, 1
            FROM progress.user_progress WHERE completed_at IS NOT NULL
        ) AS each
        GROUP BY tenant_id, day
        """,
    ),
    Counter(
        "daily_activity",
        ("tenant_id", "day"),
        ("people", "sessions", "wall_ms"),
        f"""
        SELECT
            tenant_id, day, count(*) AS people, sum(sessions) AS sessions, sum(wall_ms)::bigint AS wall_ms
        FROM progress.person_days WHERE {_NOT_ARCHIVED.format(day="day")} GROUP BY tenant_id, day
        """,
        when=_NOT_ARCHIVED.format(day="day"),
    ),
    # The sessions of an archived month are in its file, and who was active then is forgotten; the figures of
    # its days stay as they were.
    Counter(
        "person_days",
        ("tenant_id", "day", "user_id"),
        ("sessions", "wall_ms"),
        f"""
        SELECT
            tenant_id, (started_at AT TIME ZONE 'UTC')::date AS day, user_id, count(*) AS sessions,
            sum(wall_ms) AS wall_ms
        FROM progress.sessions
        WHERE {_NOT_ARCHIVED.format(day="(started_at AT TIME ZONE 'UTC')")}
        GROUP BY tenant_id, day, user_id
        """,
        when=_NOT_ARCHIVED.format(day="day"),
    ),
)
