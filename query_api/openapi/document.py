"""The OpenAPI document: FastAPI's own, with the answers' types, the token and ingest's operations added."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from playhead.http.openapi import REF, SECURITY, SECURITY_SCHEMES, merged, schemas
from playhead.http.parameters import documented_operations
from playhead.http.problems import ProblemDetails, of_status, problem_response
from query_api import models
from query_api.directory import answers as directory_answers
from query_api.directory import examples as directory_examples
from query_api.directory.entities import ENTITY_KINDS
from query_api.evidence import example as evidence_example
from query_api.evidence import models as evidence_models
from query_api.openapi import examples
from query_api.openapi.responses import problem
from query_api.organisation import answers as settings_answers
from query_api.organisation import api_keys, editions
from query_api.progress.models import History
from query_api.reports import matrix_page
from query_api.reports import models as organisation_models

if TYPE_CHECKING:
    from starlette.types import ExceptionHandler

SAVING = Path(__file__).parents[1] / "saving.openapi.json"
"""Ingest's operations, served at the same public address; `make api` writes them."""
_PUBLIC = ("/api/sign-in", "/healthz", "/readyz", "/metrics", "/asyncapi.json")
_ANSWERS = (
    models.ContinueWatching,
    models.Dismissal,
    models.Health,
    History,
    models.Interruption,
    models.ItemProgress,
    models.PersonDays,
    models.PersonProgress,
    models.MemberChange,
    ProblemDetails,
    models.Readiness,
    models.SignedIn,
    models.Snapshot,
    directory_answers.CatalogueItem,
    directory_answers.DirectoryImport,
    directory_answers.DirectoryUpdate,
    directory_answers.Me,
    *(row for kind in ENTITY_KINDS.values() for row in (kind.row, kind.removal)),
    evidence_models.ItemEvidence,
    organisation_models.ContentProgress,
    organisation_models.OrganisationProgress,
    organisation_models.WhatIf,
    matrix_page.TeamMatrix,
    settings_answers.OrganisationSettingsAnswer,
    editions.Edition,
    editions.EditionList,
    api_keys.ApiKeyCreated,
    api_keys.ApiKeyList,
    api_keys.ApiKeyShown,
)
_EXAMPLES = {
    REF.format(name=type(example).__name__): msgspec.json.decode(msgspec.json.encode(example))
    for example in (
        *examples.ALL,
        *directory_examples.ALL,
        *organisation_models.EXAMPLES,
        evidence_example.EVIDENCE,
        matrix_page.MATRIX_EXAMPLE,
        settings_answers.EXAMPLE,
        editions.EXAMPLE,
        editions.LIST_EXAMPLE,
        api_keys.CREATED_EXAMPLE,
        api_keys.EXAMPLE,
        api_keys.LIST_EXAMPLE,
    )
}


def install(app: FastAPI) -> None:
    """Make the application serve the complete document."""
    plain = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(plain())
        return app.openapi_schema

    _answer_wrong_methods(app)
    app.openapi = complete  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _answer_wrong_methods(app: FastAPI) -> None:
    """Make 405 name every method of the path at the public address, ingest's included."""
    operations = cache(lambda: list(documented_operations(app.openapi())))

    async def answer(request: Request, error: HTTPException) -> Response:
        allowed = sorted({each.method for each in operations() if each.pattern.match(request.url.path)})
        headers = {"Allow": ", ".join(allowed)} if allowed else error.headers
        return problem_response(of_status(405, error.detail, headers))

    app.add_exception_handler(405, cast("ExceptionHandler", answer))


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(schemas(_ANSWERS))
    components["securitySchemes"] = SECURITY_SCHEMES
    for path, operations in document["paths"].items():
        for operation in operations.values():
            operation["security"] = [] if path in _PUBLIC else SECURITY
            operation["responses"].setdefault("422", problem(422))  # an unknown parameter, on any route
            if path not in _PUBLIC:
                operation["responses"].setdefault("429", problem(429))
            _show_example(operation["responses"]["200"])
    return merged(document, msgspec.json.decode(SAVING.read_bytes()))


def _show_example(response: dict[str, Any]) -> None:
    # Added here, since FastAPI drops nulls from what passes through its own model of the document.
    for shown in response["content"].values():
        example = _EXAMPLES.get(shown.get("schema", {}).get("$ref"))
        if example is not None:
            shown["example"] = example
