"""Every route with every role and subject. A route that is missing from the table fails here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.routing import BaseRoute, Route

import query_api
from playhead.identity import Principal
from playhead.progress import TenantId, UserId
from playhead.settings import ByTenant, QuerySettings
from query_api.access import Person
from query_api.access.scopes import Scopes
from query_api.app import create_app
from query_api.postgres import Database
from query_api.reports.reader import Reports
from query_api.reports.table import Table
from tests.deploy import caddyfile
from tests.query_api.access.roles_table import NOWHERE, ROLES, TABLE, Case, Role, cases, reader
from tests.query_api.reports.organisation import PEOPLE, TEAMS, Organisation
from tests.query_api.serving import Service, serving
from tests.query_api.world import World, headers


def routes(of: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    for each in of:
        if isinstance(each, Route):
            yield from ((method, each.path) for method in each.methods or () if method != "HEAD")
        else:
            yield from routes(each.original_router.routes)  # type: ignore[attr-defined]


def test_the_table_has_every_route() -> None:
    app = create_app(QuerySettings())

    assert set(routes(app.routes)) == TABLE.keys()
    documented = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods.keys() - {"parameters"}
        if caddyfile.upstream_for(method.upper(), path) == "query"
    }
    assert documented <= TABLE.keys()


def folders(directory: Path) -> dict[str, Path]:
    """Settings by which there are pages and media."""
    pages, media = directory / "pages", directory / "media"
    of_pages = [pages / name for name in ("index.html", "docs.html", "playhead.js", "assets/a.js")]
    for file in (*of_pages, media / "a.webm"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    return {"query_pages_directory": pages, "query_media_directory": media}


class Sender:
    """Sends cases to a running service."""

    def __init__(self, service: Service, ours: Organisation, theirs: Organisation) -> None:
        self._service = service
        self._ours = ours
        self._theirs = theirs
        self._client = httpx.Client(base_url=service.url, timeout=30)

    def send(self, method: str, case: Case, role: Role) -> tuple[int, bytes]:
        """The status and the body without the request's id; of a stream that begins, nothing."""
        who = reader(role, self._ours)
        sent = {} if role == "nobody" else headers(self._service.settings, who, (role,))
        path = case.path(self._ours, self._theirs, who)
        if isinstance(case.body, str):
            sent |= {"Content-Type": "text/csv"}
            body: dict[str, Any] = {"content": case.body}
        else:
            body = {"json": case.body}
        with self._client.stream(method, path, headers=sent, **body) as answer:
            streams = case.streams and answer.status_code == 200
            found = b"" if streams else answer.read()
            return answer.status_code, found.replace(answer.headers["X-Request-Id"].encode(), b"")

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def sender(world: World, ours: Organisation, theirs: Organisation, tmp_path: Path) -> Iterator[Sender]:
    with serving(world.settings(**folders(tmp_path)), tmp_path) as service:
        sender = Sender(service, ours, theirs)
        yield sender
        sender.close()


@pytest.mark.services
def test_every_route_answers_every_role_as_the_table_says(sender: Sender) -> None:
    statuses_of: dict[tuple[str, str, str], tuple[int, ...]] = {}
    wanted: dict[tuple[str, str, str], tuple[int, ...]] = {}
    for number, (method, route, case) in enumerate(cases()):
        name = f"{method} {route}", case.subject, str(number)
        statuses_of[name] = tuple(sender.send(method, case, role)[0] for role in ROLES)
        wanted[name] = case.expected

    assert {name: statuses for name, statuses in statuses_of.items() if statuses != wanted[name]} == {}


@pytest.mark.services
def test_what_is_another_tenants_answers_as_what_does_not_exist(sender: Sender) -> None:
    compared = 0
    for (method, route), of_route in TABLE.items():
        foreign = [case for case in of_route if case.subject == "foreign"]
        unknown = [case for case in of_route if case.subject == "unknown"]
        for theirs, nowhere in zip(foreign, unknown, strict=True):
            for role in ROLES:
                assert sender.send(method, theirs, role) == sender.send(method, nowhere, role), (route, role)
                compared += 1
    assert compared > 4 * 15


async def _let_pass(_: Scopes, principal: Principal, subject: UserId | None, field: str = "") -> Person:
    del field
    return Person(principal.tenant_id, subject or principal.user_id)


async def _let_pass_team(_: Scopes, principal: Principal, team: UUID, field: str = "") -> None:
    del principal, team, field


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No check of the application's own."""
    monkeypatch.setattr(Scopes, "person", _let_pass)
    monkeypatch.setattr(Scopes, "team", _let_pass_team)
    for name in ("require_admin", "require_manager"):
        monkeypatch.setattr(f"query_api.http.callers.{name}", lambda _: None)


@pytest.mark.services
@pytest.mark.anyio
@pytest.mark.usefixtures("unguarded")
async def test_without_the_applications_checks_no_row_crosses_a_tenant(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, theirs: Organisation
) -> None:
    sent, foreign_ids = headers(settings, ours.learner), _ids(theirs)
    seen, asked_for = {"beyond": 0, "foreign": 0}, set[str]()
    for method, route, case in cases():
        if method != "GET" or not route.startswith("/api/") or route.endswith("/live"):
            continue
        path = case.path(ours, theirs, ours.learner)
        answer = await client.get(path, headers=sent)
        assert answer.status_code in {200, 404}, (path, answer.text)
        named = {each for each in foreign_ids if each in path}
        asked_for |= named  # by this tenant's own, which its trail says
        may_be_there = asked_for if route == "/api/org/audit" else named
        assert {each for each in foreign_ids - may_be_there if each in answer.text} == set(), path
        if case.subject in seen:
            seen[case.subject] += 1
        if case.subject == "beyond":
            assert answer.status_code == 200, path  # a learner now reads colleagues: the checks are gone
        if case.subject == "foreign":
            nowhere = await client.get(_nowhere(path, named), headers=sent)
            (name,) = named
            assert answer.text.replace(name, str(NOWHERE)) == nowhere.text, path
    assert min(seen.values()) > 10


@pytest.mark.services
@pytest.mark.anyio
async def test_without_a_condition_on_the_tenant_reports_hold_the_tenants_rows_alone(
    world: World, ours: Organisation, theirs: Organisation
) -> None:
    """Each report is asked for another tenant's rows, so that only row-level security is in the way."""
    database = Database(ByTenant.only(world.settings().postgres_reader_dsn), 2, 10.0)
    await database.open()
    try:
        reports = Reports(database)
        for table in _tables():
            other = await _rows(reports, table, theirs.tenant, theirs)
            crossed = await _rows(reports, table, ours.tenant, theirs)
            nothing = await _rows(reports, table, TenantId(str(NOWHERE)), theirs)
            assert other != nothing, table.name
            assert crossed == nothing, table.name
    finally:
        await database.close()


async def _rows(reports: Reports, table: Table, reading: TenantId, of: Organisation) -> Any:
    return (await reports.page(reading, table.request(_values(of)), None, 100)).rows


def _values(of: Organisation) -> Mapping[str, Any]:
    """Of every parameter that a report's source takes, and the filters that say whose it is."""
    now = datetime.now(UTC)
    return {
        "tenant": of.tenant,
        "now": now,
        "inactiveDays": 14,
        "behindPoints": 25,
        "behindMinimumTeam": 5,
        "newcomerDays": 14,
        "team": of.team("Red"),
        "user": of.person("ada").user_id,
        "contentId": of.item("intro"),
        "from": (now - timedelta(days=60)).date(),
        "to": now.date(),
        "year": None,
    }


def _tables() -> list[Table]:
    """All that the package has."""
    found: dict[str, Table] = {}
    for module in walk_packages(query_api.__path__, "query_api."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Table) and not value.name.startswith("_"):
                found[f"{value.name} {len(value.columns)}"] = value
    return list(found.values())


def _ids(of: Organisation) -> set[str]:
    people = {of.person(name).user_id for name in (*PEOPLE, "gus")}
    items = {of.item(name) for name in ("intro", "safety", "handbook", "extra", "old", "loose")}
    return {str(each) for each in people | items} | {str(of.team(name)) for name in TEAMS} | {of.tenant}


def _nowhere(path: str, named: set[str]) -> str:
    for each in named:
        path = path.replace(each, str(NOWHERE))
    return path
