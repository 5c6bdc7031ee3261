"""The directory's routes do what the document says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from playhead.settings import QuerySettings
from query_api.app import create_app
from query_api.directory.batch import read_batch
from query_api.directory.entities import ENTITY_KINDS, EntityName
from tests.query_api.serving import serving
from tests.query_api.world import World, headers, new_person

_CONFIG = """
[checks.positive_data_acceptance]
# No schema can say which cursors a list gave, which orders it has, nor which items there are.
expected-statuses = ["2xx", 404, 422]
"""


@pytest.fixture(scope="module")
def document() -> Any:
    return create_app(QuerySettings()).openapi()


@pytest.mark.parametrize("kind", ENTITY_KINDS)
def test_the_example_of_a_body_fits_its_schema_and_is_taken(document: Any, kind: EntityName) -> None:
    content = document["paths"][f"/api/directory/{kind}"]["put"]["requestBody"]["content"]["application/json"]

    jsonschema.validate(content["example"], content["schema"] | {"components": document["components"]})
    assert read_batch(ENTITY_KINDS[kind], msgspec.json.encode(content["example"])).rejected == []


@pytest.mark.services
def test_the_service_does_what_the_document_says(world: World, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(_CONFIG)
    unlimited = world.settings(query_rate_burst=1_000_000, query_tenant_rate_burst=1_000_000)
    with serving(unlimited, tmp_path) as service:
        sent = headers(service.settings, new_person(), ("admin",))["Authorization"]
        argv = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)]
        argv += ["run", f"{service.url}/openapi.json", "--header", f"Authorization: {sent}"]
        argv += ["--include-path-regex", "^/api/(directory|content|me)", "--checks", "all"]
        # Rows are judged one by one: bad ones are rejected within a 200.
        argv += ["--exclude-checks", "negative_data_rejection"]
        argv += ["--max-examples", "10", "--generation-deterministic", "--no-color"]
        ran = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=280)

        assert ran.returncode == 0, ran.stdout[-30_000:] + ran.stderr[-2_000:]
    assert "Traceback" not in service.log.read_text()
