from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from operations.local import ports
from operations.local.data_dir import DataDir
from operations.local.gateway import gateway
from operations.local.monitor import Monitor
from operations.local.readiness import ServiceReadiness, ask
from operations.local.restart import Phase
from operations.local.supervisor import Supervisor
from playhead.http.health import HealthServer

pytestmark = pytest.mark.anyio


class Service:
    """A service whose health the test decides."""

    reason: str | None = None


@contextmanager
def probed() -> Iterator[tuple[Service, int]]:
    service = Service()
    probe = HealthServer("127.0.0.1", 0, lambda: service.reason)
    probe.start()
    try:
        yield service, probe.port
    finally:
        probe.close()


async def test_readiness_is_the_answer_of_readyz() -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        with probed() as (service, port):
            url = f"http://127.0.0.1:{port}"
            assert await ask(client, url) == ServiceReadiness(is_ready=True, reason="")
            service.reason = "partition 3: step emit fails for 12 s"
            assert await ask(client, url) == ServiceReadiness(is_ready=False, reason=service.reason)
        silent = await ask(client, f"http://127.0.0.1:{ports.choose()}")
    assert silent == ServiceReadiness(is_ready=False, reason="its /readyz does not answer")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"status":"ready","redis":"ready"}', ""),
        ("ok", ""),
        ('{"status":"degraded","postgres":"away"}', '{"status":"degraded","postgres":"away"}'),
    ],
)
async def test_a_degraded_service_is_ready_and_names_what_is_degraded(body: str, reason: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=body))
    async with httpx.AsyncClient(transport=transport) as client:
        assert await ask(client, "http://service") == ServiceReadiness(is_ready=True, reason=reason)


async def test_the_status_is_ready_only_while_the_service_is(tmp_path: Path) -> None:
    """The supervisor asks a service only when it starts; the view asks it every time."""
    with probed() as (ingest, ingest_port), probed() as (_, query_port), DataDir(tmp_path) as data:
        unit = gateway(data, ports.choose(), ingest_port=ingest_port, query_port=query_port)
        async with Supervisor() as supervisor, Monitor(supervisor) as monitor:
            supervisor.start(unit)
            await supervisor.wait_ready(60)
            (row,) = await monitor.look()
            assert (row.phase, row.reason) == (Phase.READY, "")
            ingest.reason = "no broker answers"
            (row,) = await monitor.look()
            assert (row.phase, row.reason) == (Phase.UNREADY, "no broker answers")
            ingest.reason = None
            (row,) = await monitor.look()
            assert (row.phase, row.reason) == (Phase.READY, "")
