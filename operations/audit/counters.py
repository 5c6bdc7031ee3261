"""The tables of counters, and what each must hold by the rows that it counts."""

from __future__ import annotations

from msgspec import Struct

from playhead.resources import read_text


class CounterTable(Struct, frozen=True):
    """Some columns of a table of counters; a missing row is a row of zeros."""

    table: str
    keys: tuple[str, ...]
    sums: tuple[str, ...]
    """Summed over the table's shards, and therefore over several rows of a key."""
    file: str
    """A query for the same keys and sums, from the rows that are counted."""
    when: str = "true"
    """Which rows of the table can be compared."""

    @property
    def made(self) -> str:
        """The text of `file`."""
        return read_text("operations.audit", f"{self.file}.sql")

    @property
    def query(self) -> str:
        """The keys whose sums differ: the key, what the table says, what the rows make."""
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


_ITEM = ("tenant_id", "content_id")
_DAY = ("tenant_id", "day")
_NOT_ARCHIVED = """
    NOT EXISTS (
        SELECT FROM progress.archives AS a
        WHERE a.dropped_at IS NOT NULL AND day >= a.month - 1 AND day <= a.month + interval '1 month'
    )
"""
_QUARTER_NOT_ARCHIVED = """
    NOT EXISTS (
        SELECT FROM progress.archives AS a
        WHERE a.dropped_at IS NOT NULL
            AND quarter * 900.0 >= extract(epoch FROM a.month)
            AND quarter * 900.0 < extract(epoch FROM a.month + interval '2 months')
    )
    AND NOT EXISTS (
        SELECT FROM progress.day_zones AS z
        WHERE z.tenant_id = person_quarters.tenant_id
            AND (z.recount OR (z.zone = z.next_zone AND person_quarters.user_id > z.next_to))
    )
"""
_PERSON_COUNTED = f"""
    {_NOT_ARCHIVED}
    AND NOT EXISTS (
        SELECT FROM progress.day_zones AS z
        WHERE z.tenant_id = person_days.tenant_id
            AND (z.recount OR (z.zone = z.next_zone AND person_days.user_id > z.next_to))
    )
"""

COUNTERS = (
    CounterTable(
        "content_summary",
        _ITEM,
        (
            *("people", "started", "completed", "percentage_sum", "coverage_sum", "wall_ms"),
            *("assigned", "required_started", "required_completed"),
            *("former_started", "former_completed", "former_percentage_sum", "former_coverage_sum"),
        ),
        "content_summary",
    ),
    CounterTable("content_slices", (*_ITEM, "slice"), ("viewers",), "content_slices"),
    CounterTable("content_times", (*_ITEM, "bucket"), ("completions",), "content_times"),
    CounterTable("daily_activity", _DAY, ("started", "completed"), "daily_items"),
    CounterTable("daily_activity", _DAY, ("people", "sessions", "wall_ms"), "daily_people", _NOT_ARCHIVED),
    CounterTable(
        "person_quarters",
        ("tenant_id", "user_id", "quarter"),
        ("wall_ms",),
        "person_quarters",
        _QUARTER_NOT_ARCHIVED,
    ),
    CounterTable("person_days", (*_DAY, "user_id"), ("sessions", "wall_ms"), "person_days", _PERSON_COUNTED),
)
