"""The items of an organisation: who began and completed them, and how long that took.

Everything but the median comes from counters, so it costs what the catalogue is long, whatever the number of
people.
"""

from __future__ import annotations

from query_api.reports.table import Column, Table, searching

_MEDIAN = """
    LEFT JOIN LATERAL (
        SELECT least, beyond, middle - before AS place
        FROM (
            SELECT
                completions,
                coalesce((progress.took_bounds())[bucket], 0) AS least,
                coalesce((progress.took_bounds())[bucket + 1], 9223372036854775807) AS beyond,
                sum(completions) OVER (ORDER BY bucket) - completions AS before,
                div(sum(completions) OVER () - 1, 2) AS middle
            FROM (
                SELECT bucket, sum(completions) AS completions
                FROM progress.content_times
                WHERE tenant_id = %(tenant)s AND content_id = r.content_id
                GROUP BY bucket
            ) AS counted
        ) AS ranked
        WHERE before <= middle AND middle < before + completions
    ) AS hit ON true
    LEFT JOIN LATERAL (
        SELECT took_ms
        FROM progress.user_progress
        WHERE tenant_id = %(tenant)s AND content_id = r.content_id
            AND took_ms >= hit.least AND took_ms < hit.beyond
        ORDER BY took_ms
        OFFSET hit.place LIMIT 1
    ) AS median ON hit.place IS NOT NULL"""
"""Of an even number the lower of the two in the middle, as `percentile_disc(0.5)` has it: a time that
somebody did take. The counted buckets tell in which of them it lies and at which place, so that the index is
read from the bucket's beginning and not from the fastest of all. The bounds are worked out beside the window
functions: in the condition itself they would be a filter and no condition of the index, since under row-level
security only what is known to tell nothing of other rows may be one."""

CONTENT = Table(
    name="org-content",
    columns=(
        Column("contentId", "id", "r.content_id", "The item."),
        Column("title", "text", "r.title", "Null where the catalogue does not have the item.", nullable=True),
        Column("type", "text", "r.type", "`video`, `document` or `course`, by the catalogue.", nullable=True),
        Column("archived", "boolean", "r.archived", "By the catalogue."),
        Column("people", "integer", "r.people", "Who opened it, whether or not they began."),
        Column("started", "integer", "r.started", "Of those, who began it; who completed it is among them."),
        Column("completed", "integer", "r.completed", "Of those, who completed it."),
        Column(
            "completionRate",
            "number",
            "100.0 * r.completed / nullif(r.started, 0)",
            "Completed of started, in per cent; null where nobody started.",
            nullable=True,
        ),
        Column(
            "averageProgress",
            "number",
            "1.0 * r.percentage_sum / nullif(r.people, 0)",
            "The mean percentage of all who opened it.",
            nullable=True,
        ),
        Column(
            "averageCoverage",
            "number",
            "r.coverage_sum / nullif(10.0 * r.people, 0)",
            "The mean share that they played or read, in per cent; it holds nothing that clients only claim.",
            nullable=True,
        ),
        Column(
            "medianTimeToCompleteSeconds",
            "seconds",
            "median.took_ms",
            "From the first start to the completion, of those who have both; the lower of two in the middle.",
            nullable=True,
            sortable=False,
        ),
        Column("watchTimeSeconds", "seconds", "r.wall_ms", "Wall-clock time that all spent playing it."),
    ),
    source="""(
        SELECT
            content_id, c.title, c.type, coalesce(c.archived, false) AS archived,
            coalesce(s.people, 0) AS people, coalesce(s.started, 0) AS started,
            coalesce(s.completed, 0) AS completed, coalesce(s.percentage_sum, 0) AS percentage_sum,
            coalesce(s.coverage_sum, 0) AS coverage_sum, coalesce(s.wall_ms, 0) AS wall_ms
        FROM (
            SELECT content_id, title, type, archived FROM progress.content_items WHERE tenant_id = %(tenant)s
        ) AS c
        FULL JOIN (
            SELECT
                content_id, sum(people) AS people, sum(started) AS started, sum(completed) AS completed,
                sum(percentage_sum) AS percentage_sum, sum(coverage_sum) AS coverage_sum,
                sum(wall_ms) AS wall_ms
            FROM progress.content_summary
            WHERE tenant_id = %(tenant)s
            GROUP BY content_id
            HAVING sum(people) <> 0
        ) AS s USING (content_id)
    ) AS r""",
    detail=_MEDIAN,
    key=("contentId",),
    order="-started",
    filters={
        "q": searching("r.title"),
        "type": "r.type = %(type)s",
        "archived": "r.archived = %(archived)s",
        "minStarted": "r.started >= %(minStarted)s",
        "contentId": "r.content_id = %(contentId)s",
    },
)
"""Every item of the catalogue, and every other that somebody has opened."""
