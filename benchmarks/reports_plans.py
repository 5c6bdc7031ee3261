"""`docs/plans.md`: how PostgreSQL goes about the heaviest of the reports' queries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg

from benchmarks.reports_load import NOW
from benchmarks.reports_requests import bench_id
from query_api.reports.content import CONTENT, CONTENT_PEOPLE
from query_api.reports.content_item import WHAT_IF
from query_api.reports.organisation import TOTALS
from query_api.reports.query import page_query
from query_api.reports.teams import MEMBERS, ORG_TEAMS, TEAMS

HEAVIEST = 5
REPEATS = 5
"""Of which the fastest is shown: the first is cold, and the machine has other things to do."""
_HEAD = """\
# Plans

How PostgreSQL goes about the {number} heaviest queries of the reports: `EXPLAIN (ANALYZE, BUFFERS)` as the
query API's own role, under row-level security, the fastest of {repeats}. The organisation has 50,000 people
and 1,000,000 rows of progress, of {rows:,} in the table. Written by `python -m benchmarks reports`.
"""

Query = tuple[str, Mapping[str, Any]]


def plans(connection: psycopg.Connection[tuple[Any, ...]], tenant: int, rows: int) -> str:
    """Explain the page on the reader's connection, with the tenant set."""
    found = {name: _explain(connection, query) for name, query in _queries(tenant).items()}
    heaviest = sorted(found, key=lambda name: _milliseconds(found[name]), reverse=True)[:HEAVIEST]
    parts = [_HEAD.format(number=HEAVIEST, repeats=REPEATS, rows=rows)]
    parts += [f"## {name}\n\n```\n{found[name]}\n```\n" for name in heaviest]
    return "\n".join(parts)


def _queries(tenant: int) -> Mapping[str, Query]:
    whose, most = bench_id("tenant", tenant, 0), bench_id("item", tenant, 0)
    now = datetime.fromtimestamp(NOW / 1000, UTC)
    own = {"tenant": whose, "now": now}
    rule = own | {"inactiveDays": 14, "behindPoints": 25, "behindMinimumTeam": 5, "newcomerDays": 14}
    manager = bench_id("person", tenant, 200)
    return {
        "The organisation in numbers": (TOTALS, own),
        "Items, most begun first": page_query(CONTENT.request(own), None, 100),
        "People of the item that everybody opened": page_query(
            CONTENT_PEOPLE.request(own | {"contentId": most}), None, 100
        ),
        "What if, of the item that everybody opened": (WHAT_IF, own | {"content": most, "thousandths": 700}),
        "Teams of the organisation, most items completed first": page_query(
            ORG_TEAMS.request(own, "-completedOfStarted"), None, 20
        ),
        "A manager's teams": page_query(TEAMS.request(rule | {"manager": manager}), None, 100),
        "A team's members": page_query(
            MEMBERS.request(rule | {"team": bench_id("team", tenant, 3)}), None, 100
        ),
    }


def _explain(connection: psycopg.Connection[tuple[Any, ...]], query: Query) -> str:
    text, values = query
    explained = f"EXPLAIN (ANALYZE, BUFFERS) {text}".encode()
    found = ["\n".join(line for (line,) in connection.execute(explained, values)) for _ in range(REPEATS)]
    return min(found, key=_milliseconds)


def _milliseconds(plan: str) -> float:
    took = re.search(r"Execution Time: ([\d.]+) ms", plan)
    return float(took[1]) if took else 0.0
