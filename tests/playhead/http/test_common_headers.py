"""What every answer of both services has, and what none has."""

from __future__ import annotations

import httpx
import pytest
from starlette.types import ASGIApp

from ingest.app import create_app as create_ingest
from playhead.http.common_headers import CommonHeaders
from playhead.settings import IngestSettings, QuerySettings
from query_api.app import create_app as create_query_api

pytestmark = pytest.mark.anyio

ASKED = [
    ("GET", "/healthz"),  # without a lifespan, the last resort's 500 of the query API
    ("GET", "/openapi.json"),
    ("GET", "/nothing"),
    ("PATCH", "/api/progress"),
    ("GET", "/healthz?unknown=1"),
    ("GET", "/dashboard"),
    ("GET", "/docs"),
    ("POST", "/api/progress"),
]


def services(*, documentation: bool = True) -> list[ASGIApp]:
    return [
        create_ingest(IngestSettings(environment="development", http_documentation=documentation)),
        create_query_api(QuerySettings(environment="development", http_documentation=documentation)),
    ]


async def ask(app: ASGIApp, method: str, path: str, *, scheme: str = "http", **sent: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {name.replace("_", "-"): value for name, value in sent.items()}
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://test") as client:
        return await client.request(method, path, headers=headers)


@pytest.mark.parametrize(("method", "path"), ASKED)
async def test_no_answer_leaves_its_type_to_be_guessed(method: str, path: str) -> None:
    for app in services():
        answer = await ask(CommonHeaders(app, trust_forwarded_proto=False), method, path)
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"], answer.status_code
        assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("scheme", "forwarded", "trusted", "by_tls"),
    [
        ("https", None, False, True),
        ("http", "https", False, False),
        ("http", "https", True, True),
        ("http", "http, https", True, True),
        ("http", "https, http", True, False),
        ("https", "http", True, False),
        ("http", None, True, False),
    ],
)
async def test_a_request_by_tls_is_answered_with_hsts(
    scheme: str, forwarded: str | None, *, trusted: bool, by_tls: bool
) -> None:
    sent = {} if forwarded is None else {"X_Forwarded_Proto": forwarded}
    for app in services():
        wrapped = CommonHeaders(app, trust_forwarded_proto=trusted)
        answer = await ask(wrapped, "GET", "/nothing", scheme=scheme, **sent)
        assert ("strict-transport-security" in answer.headers) == by_tls


@pytest.mark.parametrize(("method", "path"), ASKED)
async def test_every_answer_has_an_id_and_each_request_another(method: str, path: str) -> None:
    for app in services():
        wrapped = CommonHeaders(app, trust_forwarded_proto=False)
        ids = [
            (await ask(wrapped, method, path, **sent)).headers.get_list("x-request-id")
            for sent in ({}, {}, {"X_Request_Id": "from-a-proxy:1"}, {"X_Request_Id": "no id"})
        ]
        assert ids[2] == ["from-a-proxy:1"]
        assert all(len(each) == 1 for each in ids)
        assert len({each for (each,) in ids} - {"no id"}) == 4


@pytest.mark.parametrize(
    "path", ["/api/progress/", "/healthz/", "/api/progress/batch/", "/dashboard/", "/docs/"]
)
async def test_no_address_is_made_of_the_host_header(path: str) -> None:
    for app in services():
        answer = await ask(app, "GET", path, Host="attacker.example")
        assert "location" not in answer.headers
        assert answer.status_code in {401, 404, 405, 422, 500}
        assert "attacker.example" not in answer.text


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc"])
async def test_the_documentation_can_be_switched_off(path: str) -> None:
    for app in services(documentation=False):
        assert (await ask(app, "GET", path)).status_code == 404
        # What it says of parameters still holds.
        assert (await ask(app, "GET", "/healthz?unknown=1")).status_code == 422
