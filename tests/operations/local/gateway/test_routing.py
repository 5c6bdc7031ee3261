from __future__ import annotations

import pytest

from operations.local.gateway.headers import end_to_end, forwarded
from operations.local.gateway.routing import upstream_for

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
    assert upstream_for(method, path) == "ingest"


@pytest.mark.parametrize(
    ("asks_for", "upstream"), [("POST", "ingest"), ("DELETE", "ingest"), ("GET", "query"), ("PUT", "query")]
)
def test_a_browser_that_asks_first_is_answered_by_who_takes_the_request(asks_for: str, upstream: str) -> None:
    assert upstream_for("OPTIONS", "/api/progress", asks_for) == upstream


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
        ("DELETE", "/"),
        ("GET", "/docs"),
    ],
)
def test_everything_else_is_the_query_apis(method: str, path: str) -> None:
    assert upstream_for(method, path) == "query"


def test_headers_named_by_connection_stay_behind() -> None:
    headers = [(b"Connection", b"close, X-One"), (b"X-One", b"1"), (b"X-Two", b"2"), (b"Upgrade", b"h2c")]
    assert end_to_end(headers) == [(b"x-two", b"2")]


def test_repeated_headers_stay_repeated() -> None:
    cookies = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    assert end_to_end(cookies) == cookies


def test_a_client_without_an_address_adds_none() -> None:
    assert forwarded([], None, "https") == [(b"x-forwarded-proto", b"https")]


def test_the_scheme_told_by_a_proxy_in_front_stands() -> None:
    assert forwarded([(b"X-Forwarded-Proto", b"https")], None, "http") == [(b"x-forwarded-proto", b"https")]
