"""The reports that are measured, as requests to the application itself: no HTTP between."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import md5
from statistics import median
from uuid import UUID

import httpx

from playhead.identity import mint_development_token
from playhead.progress import TenantId, UserId
from playhead.settings import QuerySettings
from query_api.app import create_app

_COLD = 3
"""Calls that a report may be refused, for taking longer than the API lets a query take."""


@dataclass(frozen=True, slots=True)
class Report:
    """A request and the person who sends it."""

    path: str
    role: str = "admin"
    user: int = 0
    """The number of that person."""


def bench_id(kind: str, tenant: int, number: int) -> UUID:
    """As PostgreSQL's `bench_id` makes it."""
    return UUID(md5(f"{kind} {tenant} {number}".encode(), usedforsecurity=False).hexdigest())


def reports(tenant: int) -> Mapping[str, Report]:
    """By name."""
    most, other = bench_id("item", tenant, 0), bench_id("item", tenant, 7)
    team, person = bench_id("team", tenant, 3), bench_id("person", tenant, 1)
    return {
        "organisation": Report("/api/org/progress"),
        "days, 400": Report("/api/org/days?from=2025-08-19&to=2026-09-21"),
        "items, most begun first": Report("/api/org/content"),
        "items by completion rate": Report("/api/org/content?sort=completionRateOfStarted"),
        "items by name, searched": Report("/api/org/content?sort=title&q=item 4"),
        "item that everybody opened": Report(f"/api/org/content/{most}"),
        "its people, latest first": Report(f"/api/org/content/{most}/people"),
        "its people by name": Report(f"/api/org/content/{most}/people?sort=name"),
        "people of another item": Report(f"/api/org/content/{other}/people"),
        "what-if, item that everybody opened": Report(f"/api/org/content/{most}/what-if?threshold=0.7"),
        "what-if, another item": Report(f"/api/org/content/{other}/what-if?threshold=0.7"),
        "teams by name": Report("/api/org/teams"),
        "teams by items completed": Report("/api/org/teams?sort=-completedOfStarted"),
        "manager's teams": Report("/api/teams", "manager", 200),
        "team's members": Report(f"/api/teams/{team}/progress"),
        "person's items": Report(f"/api/progress?userId={person}"),
        "evidence": Report(f"/api/people/{person}/progress/{most}/evidence"),
    }


@asynccontextmanager
async def application(settings: QuerySettings) -> AsyncIterator[httpx.AsyncClient]:
    """The query API, without a server."""
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://query", timeout=60
        ) as client,
    ):
        yield client


async def measure(
    client: httpx.AsyncClient, settings: QuerySettings, tenant: int, calls: int
) -> dict[str, dict[str, float]]:
    """Milliseconds of each report, one call after another."""
    return {
        name: await _measure(client, report, _headers(settings, tenant, report), calls)
        for name, report in reports(tenant).items()
    }


async def _measure(
    client: httpx.AsyncClient, report: Report, headers: dict[str, str], calls: int
) -> dict[str, float]:
    refused = await _refusals(client, report, headers)
    took = []
    for _ in range(calls + 2):
        began = time.perf_counter()
        answer = await client.get(report.path, headers=headers)
        took.append((time.perf_counter() - began) * 1000)
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{report.path}: {answer.status_code} {answer.text}")
    warm = sorted(took[2:])
    worst = warm[min(len(warm) - 1, int(0.99 * len(warm)))]
    return {"median_ms": round(median(warm), 1), "p99_ms": round(worst, 1), "refused_cold": refused}


async def _refusals(client: httpx.AsyncClient, report: Report, headers: dict[str, str]) -> int:
    """How often, before its first answer: nothing is in memory once ten million rows were written."""
    for refused in range(_COLD):
        if (await client.get(report.path, headers=headers)).status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return refused
    return _COLD


def _headers(settings: QuerySettings, tenant: int, report: Report) -> dict[str, str]:
    whose = TenantId(str(bench_id("tenant", tenant, 0)))
    user = UserId(str(bench_id("person", tenant, report.user)))
    token = mint_development_token(settings, whose, user, (report.role,))
    return {"Authorization": f"Bearer {token}"}
