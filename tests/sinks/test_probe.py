from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from prometheus_client import Counter

from playhead.http.probe import Probe, ProbeAddressError

asked = Counter("playhead_probe_test_asked", "Counts in the default registry.")


class Switch:
    reason: str | None = None

    def __call__(self) -> str | None:
        return self.reason


@pytest.fixture
def switch() -> Switch:
    return Switch()


@pytest.fixture
def probe(switch: Switch) -> Iterator[Probe]:
    probe = Probe("127.0.0.1", 0, switch)
    probe.start()
    yield probe
    probe.close()


def ask(probe: Probe, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{probe.port}{path}")


def test_lives(probe: Probe) -> None:
    assert ask(probe, "/healthz").status_code == 200


def test_is_ready_or_says_why_not(probe: Probe, switch: Switch) -> None:
    assert ask(probe, "/readyz").status_code == 200
    switch.reason = "no partitions are assigned yet"
    unready = ask(probe, "/readyz")
    assert (unready.status_code, unready.text) == (503, "no partitions are assigned yet\n")


def test_a_broken_check_is_not_ready() -> None:
    def broken() -> str | None:
        raise RuntimeError("lost the list")

    probe = Probe("127.0.0.1", 0, broken)
    probe.start()
    try:
        answer = ask(probe, "/readyz")
    finally:
        probe.close()
    assert answer.status_code == 503
    assert answer.text == "the readiness check failed: see the log\n"  # which alone has the exception's text


def test_serves_the_metrics_of_the_process(probe: Probe) -> None:
    asked.inc(3)
    answer = ask(probe, "/metrics?x=1")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "playhead_probe_test_asked_total 3.0" in answer.text


def test_knows_no_other_path(probe: Probe) -> None:
    assert ask(probe, "/").status_code == 404


def test_names_the_address_that_is_taken(probe: Probe) -> None:
    second = Probe("127.0.0.1", probe.port, lambda: None)
    with pytest.raises(ProbeAddressError, match=f"127.0.0.1:{probe.port}: Address already in use"):
        second.start()
    second.close()


def test_listens_no_more_once_closed(switch: Switch) -> None:
    probe = Probe("127.0.0.1", 0, switch)
    probe.start()
    probe.close()
    with pytest.raises(httpx.ConnectError):
        ask(probe, "/healthz")
