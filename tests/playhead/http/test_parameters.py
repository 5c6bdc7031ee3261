"""No route of either service ignores a query parameter that it does not know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from ingest.app import Ingest, create_documented_app
from playhead.http.parameters import KnownParameters
from playhead.settings import IngestSettings, QuerySettings
from query_api.app import create_app as create_query_api

pytestmark = pytest.mark.anyio

UUID = "5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11"
APPLICATIONS = {
    "ingest": lambda: create_documented_app(IngestSettings(), Ingest(IngestSettings())),
    "query": lambda: create_query_api(QuerySettings()),
}


def operations(app: FastAPI) -> Iterator[tuple[str, str, Any]]:
    for template, item in app.openapi()["paths"].items():
        path = template
        for name in ("contentId", "userId", "teamId", "keyId"):
            path = path.replace(f"{{{name}}}", UUID)
        assert "{" not in path, path
        for method in item.keys() - {"parameters"}:
            yield method.upper(), path, item[method]


async def ask(app: ASGIApp, method: str, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path)


@pytest.mark.parametrize("service", APPLICATIONS)
async def test_every_operation_refuses_an_unknown_parameter_by_name(service: str) -> None:
    app = APPLICATIONS[service]()
    walked = 0
    for method, path, operation in operations(app):
        answer = await ask(app, method, f"{path}?onBehalf=x")
        assert answer.status_code == 422, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:playhead:problem:invalid-parameters"
        assert [error["field"] for error in answer.json()["errors"]] == ["onBehalf"], (method, path)
        assert "422" in operation["responses"], (method, path)
        walked += 1
    assert walked >= 6


@pytest.mark.parametrize("service", APPLICATIONS)
async def test_every_known_parameter_passes_once_and_is_refused_twice(service: str) -> None:
    app = APPLICATIONS[service]()
    checked = KnownParameters(PlainTextResponse("passed"), app.openapi)
    for method, path, operation in operations(app):
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "query":
                continue
            name = parameter["name"]
            once = await ask(checked, method, f"{path}?{name}=1")
            assert once.text == "passed", (path, name)
            twice = await ask(checked, method, f"{path}?{name}=1&{name}=2")
            is_list = name == "ids" or '"array"' in json.dumps(parameter["schema"])
            assert (twice.text == "passed") == is_list, (path, name)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_mark_that_misspells_the_other_person_is_refused(method: str) -> None:
    """The sender's own item would be changed instead."""
    answer = await ask(APPLICATIONS["ingest"](), method, f"/api/progress/{UUID}/completion?userID={UUID}")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "field": "userID",
            "reason": f"is not a parameter of {method} /api/progress/{{contentId}}/completion; "
            "its query parameters: userId",
        }
    ]


async def test_the_pages_have_parameters_of_their_own() -> None:
    answer = await ask(APPLICATIONS["query"](), "GET", "/dashboard?utm_source=letter")
    assert answer.status_code in {200, 503}, "built, or not built"
