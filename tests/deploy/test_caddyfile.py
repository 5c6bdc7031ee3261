"""deploy/Caddyfile as text. What a Caddy that runs it does is in tests/operations/local/gateway."""

from __future__ import annotations

import pytest

from playhead.settings import IngestSettings, QuerySettings
from tests.deploy import caddyfile
from tests.deploy.compose import services

ITEM = "/api/progress/0b1c0000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/progress"),
        ("POST", "/api/progress/batch"),
        ("POST", f"{ITEM}/completion"),
        ("DELETE", f"{ITEM}/completion"),
    ],
)
def test_what_changes_progress_is_ingests(method: str, path: str) -> None:
    assert caddyfile.upstream_for(method, path) == "ingest"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("path", ["/xAPI/statements", "/xapi/statements", "/xAPI/about"])
def test_statements_are_ingests_however_they_are_sent(method: str, path: str) -> None:
    assert caddyfile.upstream_for(method, path) == "ingest"


@pytest.mark.parametrize(
    ("asks_for", "upstream"), [("POST", "ingest"), ("DELETE", "ingest"), ("GET", "query"), ("PUT", "query")]
)
def test_a_browser_that_asks_first_is_answered_by_who_takes_the_request(asks_for: str, upstream: str) -> None:
    assert caddyfile.upstream_for("OPTIONS", "/api/progress", asks_for) == upstream


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/progress"),
        ("GET", ITEM),
        ("HEAD", "/api/progress"),
        ("OPTIONS", "/api/progress"),
        ("PUT", "/api/progress/continue-watching/x"),
        ("PUT", "/api/directory/people"),
        ("GET", "/api/directory/people"),
        ("GET", "/api/content"),
        ("GET", "/api/me"),
        ("POST", "/api/progressive"),
        ("POST", "/api/reports"),
        ("POST", "/xapis"),
        ("DELETE", "/"),
        ("GET", "/docs"),
    ],
)
def test_everything_else_is_the_query_apis(method: str, path: str) -> None:
    assert caddyfile.upstream_for(method, path) == "query"


def test_passes_on_to_the_services_where_they_listen() -> None:
    ingest = ("GATEWAY_INGEST", f"ingest:{IngestSettings.model_fields['ingest_port'].default}")
    query = ("GATEWAY_QUERY", f"query:{QuerySettings.model_fields['query_port'].default}")
    assert caddyfile.upstream_of("@saves ") == caddyfile.upstream_of("@asks ") == ingest
    assert caddyfile.upstream_of("") == query
    for upstream in ("ingest", "query"):
        assert set(services()["gateway"]["networks"]) & set(services()[upstream]["networks"])


def test_compose_mounts_it_and_asks_for_health_on_its_port() -> None:
    gateway = services()["gateway"]
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in gateway["volumes"]
    port = gateway["environment"]["GATEWAY_ADDRESS"]
    assert all(published.endswith(port) for published in gateway["ports"])
    assert f"http://127.0.0.1{port}/readyz" in gateway["healthcheck"]["test"]


def test_compose_leaves_to_the_defaults_what_the_local_stack_sets() -> None:
    assert services()["gateway"]["environment"].keys() == {"GATEWAY_ADDRESS"}
