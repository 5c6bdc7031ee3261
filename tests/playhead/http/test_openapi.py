"""One OpenAPI document for both services, at the public address, that generators of clients accept."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest

from ingest import write_openapi as write_saving
from playhead.http.openapi import OpenApiConflictError, merged, schemas
from playhead.settings import QuerySettings
from query_api.app import create_app
from query_api.openapi import document as openapi
from tests.deploy import caddyfile

ENVIRONMENT_BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def document() -> Any:
    return create_app(QuerySettings(environment="development")).openapi()


def test_the_written_part_is_what_ingest_serves() -> None:
    """`make api` writes it."""
    assert write_saving.TARGET == openapi.SAVING
    assert openapi.SAVING.read_text() == write_saving.text()


def test_the_public_document_has_the_operations_of_both_services(document: Any) -> None:
    served = {
        caddyfile.upstream_for(method.upper(), path): (method, path)
        for path, item in document["paths"].items()
        for method in item.keys() - {"parameters"}
    }
    assert served.keys() == {"ingest", "query"}
    assert {"get", "post"} <= document["paths"]["/api/progress"].keys()
    assert {"post", "delete"} <= document["paths"]["/api/progress/{contentId}/completion"].keys()


def test_two_descriptions_of_one_name_are_no_document(document: Any) -> None:
    other = json.loads(openapi.SAVING.read_text())
    other["components"]["schemas"]["Metadata"] = {"type": "object"}
    with pytest.raises(OpenApiConflictError, match="Metadata"):
        merged(document, other)


class Pairs(msgspec.Struct):
    same: tuple[int, int] | None = None


class Mixed(msgspec.Struct):
    different: tuple[int, str]


def test_a_pair_is_an_array_of_two() -> None:
    described = schemas([Pairs])["Pairs"]["properties"]["same"]
    pair = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    assert described == {"anyOf": [pair, {"type": "null"}]}
    with pytest.raises(OpenApiConflictError):
        schemas([Mixed])


def test_a_python_client_is_generated_of_it_without_a_warning(document: Any, tmp_path: Path) -> None:
    source = tmp_path / "openapi.json"
    source.write_text(json.dumps(document))
    config = tmp_path / "config.json"  # the generator's own way for a body that is a file
    config.write_text('{"content_type_overrides": {"text/csv": "application/octet-stream"}}')
    argv = [ENVIRONMENT_BIN / "openapi-python-client", "generate", "--path", source, "--meta", "none"]
    ran = subprocess.run(
        [*argv, "--config", config, "--output-path", tmp_path / "playhead_client", "--fail-on-warning"],
        env=os.environ | {"PATH": f"{ENVIRONMENT_BIN}:{os.environ['PATH']}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr

    models = imported("playhead_client", tmp_path / "playhead_client").models
    body = document["paths"]["/api/progress"]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        made = models.HeartbeatBody.from_dict(example["value"]).to_dict()
        assert made["contentId"] == example["value"]["contentId"]
        assert made["metadata"] == example["value"]["metadata"]


def imported(name: str, folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    sys.modules[f"{name}.models"] = importlib.import_module(f"{name}.models")
    return module


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/progress", "GET, POST"),
        ("/api/directory/people", "GET, PUT"),
    ],
)
async def test_a_wrong_method_is_answered_with_those_of_the_public_address(path: str, allowed: str) -> None:
    transport = httpx.ASGITransport(create_app(QuerySettings(environment="development")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.patch(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.headers["content-type"] == "application/problem+json"
