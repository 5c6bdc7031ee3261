"""Completions: a person's, the organisation's, and how many there were in each year or month."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from playhead.resources import read_text
from query_api.reports.table import Column, Table

_ROWS = read_text("query_api.reports", "completions.sql")
_ONE = " AND c.user_id = %(user)s::uuid"

_FILTERS = {
    "content": "r.content_id = %(content)s::uuid",
    # Bounds of the index, not a function of each row.
    "year": """r.completed_at >= (make_date(%(year)s, 1, 1)::timestamp AT TIME ZONE r.zone)
        AND r.completed_at < (make_date(%(year)s + 1, 1, 1)::timestamp AT TIME ZONE r.zone)""",
}

_column = partial(Column, sortable=False)

_ITEM = (
    Column("contentId", "id", "r.content_id", "The item."),
    _column(
        "title",
        "text",
        "d.title",
        "As in the catalogue; null where it does not have it.",
        nullable=True,
        example="Safety first",
    ),
)
_COMPLETION = (
    Column("number", "integer", "r.number", "1 for the person's first completion of the item.", example=1),
    Column("completedAt", "time", "r.completed_at", "When."),
    Column("evidence", "text", "r.evidence", "What it rests on.", example="watched"),
    Column(
        "markedBy",
        "id",
        "r.marked_by",
        "Who marked it on the person's behalf; null for the person, and if unmarked.",
        nullable=True,
        sortable=False,
    ),
    _column(
        "markedByName", "text", "d.marked_by_name", "As in the directory now.", nullable=True, example="Grace"
    ),
)
_DETAIL = """CROSS JOIN LATERAL (
    SELECT
        (
            SELECT title FROM progress.content_items
            WHERE tenant_id = %(tenant)s::uuid AND content_id = r.content_id
        ) AS title,
        (
            SELECT display_name FROM progress.people
            WHERE tenant_id = %(tenant)s::uuid AND user_id = r.user_id
        ) AS name,
        (
            SELECT display_name FROM progress.people
            WHERE tenant_id = %(tenant)s::uuid AND user_id = r.marked_by
        ) AS marked_by_name
) AS d"""

PERSON_COMPLETIONS = Table(
    name="person-completions",
    columns=(*_ITEM, *_COMPLETION),
    source=f"({_ROWS}{_ONE}) AS r",
    detail=_DETAIL,
    key=("contentId", "number"),
    is_current=True,
    order="-completedAt",
    filters=_FILTERS,
)
"""Every completion of one person, the latest first. Takes `tenant` and `user`."""

ORG_COMPLETIONS = Table(
    name="org-completions",
    columns=(
        Column("userId", "id", "r.user_id", "The person."),
        _column("name", "text", "d.name", "Null where the directory does not have them.", nullable=True),
        *_ITEM,
        *_COMPLETION,
    ),
    source=f"({_ROWS}) AS r",
    detail=_DETAIL,
    key=("userId", "contentId", "number"),
    order="-completedAt",
    filters=_FILTERS
    | {
        "month": """r.completed_at >= (make_date(%(year)s, %(month)s, 1)::timestamp AT TIME ZONE r.zone)
        AND r.completed_at < ((make_date(%(year)s, %(month)s, 1) + interval '1 month') AT TIME ZONE r.zone)"""
    },
)
"""Every completion of everybody, the latest first. Takes `tenant`."""

_YEAR = Column("year", "integer", "r.year", "In the organisation's time zone.", example=2026)
_COUNT = Column("completions", "integer", "r.completions", "Of every attempt.", example=12)


def _years(rows: str) -> str:
    """The source that counts completions by year."""
    return f"""(
        SELECT extract(year FROM c.completed_at AT TIME ZONE c.zone)::int AS year, count(*) AS completions
        FROM ({rows}) AS c GROUP BY 1
    ) AS r"""


PERSON_YEARS = Table(
    name="person-completion-years",
    columns=(_YEAR, _COUNT),
    source=_years(_ROWS + _ONE),
    key=("year",),
    is_current=True,
    order="-year",
)
"""A person's completions by year; a year without any is left out. Takes `tenant` and `user`."""

ORG_YEARS = replace(PERSON_YEARS, name="org-completion-years", source=_years(_ROWS), is_current=False)
"""The organisation's completions by year. Takes `tenant`."""

ORG_MONTHS = Table(
    name="org-completion-months",
    columns=(
        Column("month", "text", "r.month", "In the organisation's time zone.", example="2026-11"),
        _COUNT,
    ),
    source=f"""(
        SELECT to_char(c.begun, 'YYYY-MM') AS month, c.completions
        FROM (
            SELECT date_trunc('month', r.completed_at AT TIME ZONE r.zone) AS begun, count(*) AS completions
            FROM ({_ROWS}) AS r
            WHERE %(year)s::int IS NULL OR ({_FILTERS["year"]})
            GROUP BY 1
        ) AS c
    ) AS r""",
    key=("month",),
    order="-month",
)
"""The organisation's completions by month, without empty months. Takes `tenant` and `year`, null for all."""
