from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from prometheus_client import Counter

from playhead.http.health import HealthAddressError, HealthServer

asked = Counter("playhead_probe_test_asked", "Counts in the default registry.")


class Switch:
    reason: str | None = None

    def __call__(self) -> str | None:
        return self.reason


@pytest.fixture
def switch() -> Switch:
    return Switch()


@pytest.fixture
def health(switch: Switch) -> Iterator[HealthServer]:
    health = HealthServer("127.0.0.1", 0, switch)
    health.start()
    yield health
    health.close()


def ask(health: HealthServer, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{health.port}{path}")


def test_lives(health: HealthServer) -> None:
    assert ask(health, "/healthz").status_code == 200


def test_is_ready_or_says_why_not(health: HealthServer, switch: Switch) -> None:
    assert ask(health, "/readyz").status_code == 200
    switch.reason = "no partitions are assigned yet"
    unready = ask(health, "/readyz")
    assert (unready.status_code, unready.text) == (503, "no partitions are assigned yet\n")


def test_a_broken_check_is_not_ready() -> None:
    def broken() -> str | None:
        raise RuntimeError("lost the list")

    health = HealthServer("127.0.0.1", 0, broken)
    health.start()
    try:
        answer = ask(health, "/readyz")
    finally:
        health.close()
    assert answer.status_code == 503
    assert answer.text == "the readiness check failed: see the log\n"  # which alone has the exception's text


def test_serves_the_metrics_of_the_process(health: HealthServer) -> None:
    asked.inc(3)
    answer = ask(health, "/metrics?x=1")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "playhead_probe_test_asked_total 3.0" in answer.text


def test_knows_no_other_path(health: HealthServer) -> None:
    assert ask(health, "/").status_code == 404


def test_names_the_address_that_is_taken(health: HealthServer) -> None:
    second = HealthServer("127.0.0.1", health.port, lambda: None)
    with pytest.raises(HealthAddressError, match=f"127.0.0.1:{health.port}: Address already in use"):
        second.start()
    second.close()


def test_listens_no_more_once_closed(switch: Switch) -> None:
    health = HealthServer("127.0.0.1", 0, switch)
    health.start()
    health.close()
    with pytest.raises(httpx.ConnectError):
        ask(health, "/healthz")
