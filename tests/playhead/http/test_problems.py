from __future__ import annotations

from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel

from playhead.http.problems import FieldError, Problem, install
from playhead.identity import ExpiredTokenError, IdentityError, KeysUnavailableError, MissingTokenError

pytestmark = pytest.mark.anyio


class Inner(BaseModel):
    spans: list[int]


class Body(BaseModel):
    metadata: Inner


def app_raising(error: Exception) -> FastAPI:
    app = FastAPI()
    install(app)

    @app.get("/raise")
    async def fail() -> None:
        raise error

    @app.post("/body")
    async def body(body: Body, limit: Annotated[int, Query()] = 1) -> int:
        return len(body.metadata.spans) + limit

    return app


async def ask(app: FastAPI, method: str, path: str, **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, **more)


async def test_a_problem_says_what_is_wrong_with_which_field() -> None:
    problem = Problem(422, "Invalid heartbeat", "is no UUID", slug="invalid", field="contentId")
    answer = await ask(app_raising(problem), "GET", "/raise")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:playhead:problem:invalid",
        "title": "Invalid heartbeat",
        "status": 422,
        "detail": "is no UUID",
        "errors": [{"field": "contentId", "reason": "is no UUID"}],
    }


async def test_a_problem_may_have_several_errors_and_headers_or_none() -> None:
    errors = [FieldError("a", "x"), FieldError("b", "y")]
    several = Problem(422, "Two things", "a and b", errors=errors, headers={"Retry-After": "3"})
    answer = await ask(app_raising(several), "GET", "/raise")
    assert answer.json()["errors"] == [{"field": "a", "reason": "x"}, {"field": "b", "reason": "y"}]
    assert answer.json()["type"] == "urn:playhead:problem:two-things"
    assert answer.headers["retry-after"] == "3"
    assert "errors" not in (await ask(app_raising(Problem(400, "No", "no")), "GET", "/raise")).json()


@pytest.mark.parametrize(
    ("error", "status", "header", "value"),
    [
        (MissingTokenError("none"), 401, "www-authenticate", 'Bearer realm="playhead"'),
        (
            ExpiredTokenError("too late"),
            401,
            "www-authenticate",
            'Bearer realm="playhead", error="invalid_token", error_description="too late"',
        ),
        (KeysUnavailableError("away"), 503, "retry-after", "2"),
    ],
)
async def test_an_unidentified_speaker_is_challenged(
    error: IdentityError, status: int, header: str, value: str
) -> None:
    answer = await ask(app_raising(error), "GET", "/raise")
    assert (answer.status_code, answer.headers[header]) == (status, value)
    assert answer.json()["detail"] == str(error)


async def test_the_routers_own_errors_are_problems() -> None:
    app = app_raising(ValueError())
    missing = await ask(app, "GET", "/nowhere")
    wrong = await ask(app, "PUT", "/raise")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:playhead:problem:not-found")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    assert wrong.headers["content-type"] == "application/problem+json"


async def test_fastapis_validation_names_the_fields() -> None:
    answer = await ask(
        app_raising(ValueError()), "POST", "/body?limit=x", json={"metadata": {"spans": [1, 2, "x"]}}
    )
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"limit", "metadata.spans[2]"}


async def test_the_unknown_is_a_problem_that_tells_nothing_of_the_inside() -> None:
    answer = await ask(app_raising(ValueError("secret")), "GET", "/raise")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
