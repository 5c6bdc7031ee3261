"""The OpenAPI document is whole, and the service does what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from playhead.http.openapi import SECURITY
from query_api import write_openapi
from query_api.app import create_app
from tests.query_api.serving import serving
from tests.query_api.world import World, headers, new_content, new_person, watched

JSON = "application/json"
PROBLEM = "application/problem+json"

_CONFIG = """
[checks.positive_data_acceptance]
# No schema can say which cursors a list gave, nor that `from` lies before `to`, or who is of another tenant.
# Codes of sign-in links that were never given out are refused, and soon limited.
expected-statuses = ["2xx", 401, 403, 404, 422, 429]
"""


@pytest.fixture(scope="module")
def document() -> Any:
    from playhead.settings import QuerySettings

    return create_app(QuerySettings()).openapi()


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [
        (method, path, item[method])
        for path, item in document["paths"].items()
        for method in item.keys() - {"parameters"}
    ]


def own(document: Any) -> list[tuple[str, str, Any]]:
    """Without those that ingest answers; tests/ingest has schemathesis ask them."""
    return [each for each in operations(document) if "saving" not in each[2]["tags"]]


def test_the_committed_document_is_current() -> None:
    """`make api` writes it, and the types that the pages have of it."""
    assert json.loads(write_openapi.TARGET.read_text()) == json.loads(write_openapi.text())


def test_every_operation_has_a_description(document: Any) -> None:
    for method, path, operation in operations(document):
        assert operation["summary"], (method, path)
        assert operation["description"], (method, path)
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (method, path, parameter["name"])


def test_every_operation_on_progress_documents_its_problems(document: Any) -> None:
    for method, path, operation in operations(document):
        if not path.startswith("/api/"):
            assert operation["security"] == []
            continue
        assert operation["security"] == ([] if path == "/api/sign-in" else SECURITY)
        assert {"401", "422", "503"} <= operation["responses"].keys(), (method, path)
        for status, response in operation["responses"].items():
            if status >= "400":
                schema = response["content"][PROBLEM]["schema"]
                assert schema == {"$ref": "#/components/schemas/ProblemDetails"}, (method, path)


def test_every_answer_has_an_example_that_its_schema_accepts(document: Any) -> None:
    shown = [
        (path, response["content"][JSON])
        for _, path, operation in own(document)
        for status, response in operation["responses"].items()
        if status == "200" and "schema" in response["content"].get(JSON, {})
    ]
    answering = {path for _, path, _ in own(document) if path.startswith("/api/")}
    assert {path for path, _ in shown} >= {path for path in answering if not path.endswith("/live")}
    for path, content in shown:
        schema = content["schema"] | {"components": document["components"]}
        jsonschema.validate(content["example"], schema)
        assert content["example"], path


@pytest.mark.services
@pytest.mark.parametrize("roles", [(), ("admin",)], ids=["learner", "administrator"])
def test_the_service_does_what_the_document_says(
    world: World, tmp_path: Path, roles: tuple[str, ...]
) -> None:
    person, content = new_person(), new_content()
    world.hold(person, {content: watched(300), new_content(): watched(600)})
    world.store(person, {content: watched(300)})
    config = tmp_path / "schemathesis.toml"
    config.write_text(_CONFIG)
    unlimited = world.settings(query_rate_burst=1_000_000, query_tenant_rate_burst=1_000_000)
    with serving(unlimited, tmp_path) as service:
        sent = headers(service.settings, person, roles)["Authorization"]
        argv = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)]
        argv += ["run", f"{service.url}/openapi.json", "--header", f"Authorization: {sent}"]
        # Live streams never end, and a directory judges each row by itself; both have tests of their own.
        argv += ["--exclude-path-regex", "/live$|^/api/directory/", "--checks", "all", "--max-examples", "15"]
        argv += ["--exclude-tag", "saving", "--generation-deterministic", "--no-color"]
        ran = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240)

        assert ran.returncode == 0, ran.stdout[-8_000:] + ran.stderr[-2_000:]
    assert "Traceback" not in service.log.read_text()
