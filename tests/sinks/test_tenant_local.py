"""Every statement of the services touches rows of a tenant that it names, but for those listed here."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

import ingest
import query_api
import sinks
import stream_processors
from operations.tenants.tables import tenant_tables
from query_api.progress.history import _CONDITIONS
from query_api.reports.query import every_row, page_query
from query_api.reports.table import Table
from sinks.days.recount import _COUNT_DAYS
from sinks.tables.forms import BEFORE_18, SINCE_18
from tests.services import POSTGRES_MAJOR, Database

pytestmark = pytest.mark.services

WAITING = "finds the tenants for which background work waits, in the sink's own database"
EXISTS = "asks whether any tenant of the database has one, and is done where none has"
COPY = "keeps the processor's copy of a database's whole catalogue"
EVERY_TENANT = {
    "sinks.curriculum.refresher._WAITING": WAITING,
    "sinks.rederive.statements.READ_REQUESTS": WAITING,
    "sinks.renewals.editions._WAITING": WAITING,
    "sinks.renewals.expiry._DUE": WAITING,
    "sinks.tables.statements.REQUEST_ORGANISATION": EXISTS,
    "sinks.tables.statements.FIND_COURSES": EXISTS,
    "stream_processors.stores.catalogue_copy._ALL": COPY,
    "stream_processors.stores.catalogue_copy._CHANGED": COPY,
    "stream_processors.stores.catalogue_copy._ORGANISATIONS": COPY,
    "stream_processors.stores.catalogue_copy._CHANGED_ORGANISATIONS": COPY,
}
"""Statements, by module and name, that read rows of any tenant, and why they must."""
PARTS = {
    "query_api.progress.catalogue._PAGE",
    "query_api.reports.matrix._CELLS",
    "query_api.reports.teams._TEAM_FIGURES",
    "sinks.days.recount._COUNT_DAYS",
}
"""Not statements: the statements and reports that they are part of are planned."""
_OF_HISTORY = " AND ".join(_CONDITIONS.values())
_FILLED = {
    "{sessions}": _OF_HISTORY.format(at="started_at", key="session_key"),
    "{acts}": _OF_HISTORY.format(at="acted_at", key="act_key"),
}
_STATEMENT = re.compile(r"(?:\s|--[^\n]*\n)*(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE)\b")
_PARAMETER = re.compile(r"%\((\w+)\)s|%s")
_OF_NODES = ("Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond", "Cache Key")


def texts() -> Iterator[tuple[str, str]]:
    """Every statement that a module of the services holds, both forms of the sink's, and the reports."""
    for name, form in {"BEFORE_18": BEFORE_18, "SINCE_18": SINCE_18}.items():
        if form is BEFORE_18 or POSTGRES_MAJOR >= 18:
            for number, each in enumerate((*form.every, _COUNT_DAYS + form.add_to_days)):
                yield f"sinks.tables.forms.{name} {number}", each.decode()
    for package in (ingest, query_api, sinks, stream_processors):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.startswith("sinks.schema") or found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                if isinstance(value, Table):
                    request = value.request(dict.fromkeys(value.filters, 1))
                    yield f"{found.name}.{name}", page_query(request, None, 10)[0]
                    yield f"{found.name}.{name} file", every_row(request)[0]
                text = value.decode() if isinstance(value, bytes) else value
                if isinstance(text, str) and "progress." in text and _STATEMENT.match(text):
                    yield f"{found.name}.{name}", text


def numbered(statement: str) -> str:
    """The statement with PostgreSQL's own parameters."""
    numbers: dict[str, int] = {}
    for place, text in _FILLED.items():
        statement = statement.replace(place, text)

    def number(found: re.Match[str]) -> str:
        name = found.group(1) or f"%{found.start()}"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    return _PARAMETER.sub(number, statement).replace("%%", "%")


def scans(node: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """The tables that a plan reads without a condition on their tenant, and how."""
    conditions = above + " ".join(str(node.get(each, "")) for each in _OF_NODES)
    children = node.get("Plans", [])
    below = conditions
    if node["Node Type"] == "Bitmap Heap Scan":
        below += " ".join(str(each.get("Index Cond", "")) for each in children)
    if "Relation Name" in node and node["Node Type"] != "ModifyTable":
        alias = re.escape(node["Alias"])
        if not re.search(rf"\b{alias}\.tenant_id\b", below):
            yield node["Relation Name"], f"{node['Node Type']} {conditions}"
    for child in children:
        yield from scans(child, below)


def test_every_statement_names_the_tenant_of_the_rows_that_it_touches(fresh_database: Database) -> None:
    found: dict[str, str] = {}
    with psycopg.connect(fresh_database.admin_dsn, autocommit=True) as connection:
        connection.execute(BEFORE_18.begin)
        for each in ("seqscan", "hashjoin", "mergejoin"):  # as the sink has it
            connection.execute(f"SET enable_{each} = off".encode())
        tables = re.compile(
            "|".join(rf"{each}(_\d{{4}}_\d\d|_default)?" for each in tenant_tables(connection))
        )
        count = 0
        for name, text in texts():
            if name in PARTS:
                continue
            explain = f"EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) {numbered(text)}"
            try:
                row = connection.execute(explain.encode()).fetchone()
            except psycopg.Error as error:
                found[name] = f"not planned: {error}"
                continue
            count += 1
            assert row is not None
            [plan] = row[0] if isinstance(row[0], list) else json.loads(row[0])
            free = [f"{table}: {how}" for table, how in scans(plan["Plan"]) if tables.fullmatch(table)]
            if free:
                found[name] = "; ".join(free)
    unlisted = {name: why for name, why in found.items() if name not in EVERY_TENANT}
    assert unlisted == {}, json.dumps(unlisted, indent=1)
    assert set(EVERY_TENANT) == set(found), "these do name it now"
    assert count > 100
