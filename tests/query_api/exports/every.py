"""All reports that the query API has, as its document and its modules list them."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import query_api
from playhead.settings import QuerySettings
from query_api.app import create_app
from query_api.reports.table import Table
from tests.query_api.reports.organisation import Organisation


def tables() -> dict[str, Table]:
    """By name."""
    names = [each.name for each in pkgutil.walk_packages(query_api.__path__, "query_api.")]
    found = [value for name in names for value in vars(import_module(name)).values()]
    return {value.name: value for value in found if isinstance(value, Table)}


def paths() -> dict[str, set[str]]:
    """Of the routes that answer with a report, with the names of their parameters."""
    operations = {path: each["get"] for path, each in _document().items() if "get" in each}
    parameters = {
        path: {each["name"] for each in get.get("parameters", [])} for path, get in operations.items()
    }
    return {path: names for path, names in parameters.items() if "format" in names}


def url(path: str, made: Organisation, team: str = "Red", person: str = "bob") -> str:
    """A path with the ids that it needs."""
    return path.format(
        teamId=made.team(team), userId=made.person(person).user_id, contentId=made.item("intro")
    )


def _document() -> dict[str, dict[str, dict[str, list[dict[str, str]]]]]:
    found: dict[str, dict[str, dict[str, list[dict[str, str]]]]] = create_app(QuerySettings()).openapi()[
        "paths"
    ]
    return found
