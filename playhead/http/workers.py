"""Runs an HTTP service as several processes on one port."""

from __future__ import annotations

import logging

from playhead.http.server import shared_port
from playhead.workers.supervisor import WorkerSupervisor, this_module

_log = logging.getLogger(__name__)


async def run_workers(
    service: str, module: str, count: int, address: tuple[str, int], *, drain_seconds: float
) -> None:
    """Run the workers of a service until SIGTERM or SIGINT.

    Args:
        service: `ingest` or `query`, as in the names of its settings.
        module: What each worker runs, by this interpreter.
        count: The number of workers.
        address: Host and port that they share; the system chooses the port if it is 0.
        drain_seconds: How long a worker completes its requests.

    Raises:
        ServerAddressError: the address cannot be listened on.
        WorkersFailedError: workers do not start, or one did not end in order.
    """
    host, _ = address
    with shared_port(*address) as port:
        _log.info("%d workers of %s listen on %s:%d", count, service, host, port)
        environment = {f"PLAYHEAD_{service.upper()}_PORT": str(port)}
        workers = WorkerSupervisor(
            service, this_module(module), count, environment, drain_seconds=drain_seconds
        )
        await workers.run()
