from __future__ import annotations

from pathlib import Path

from operations.local import ports
from operations.local.data_dir import DataDir
from operations.local.running_stack import StackFile
from operations.status.services import service_addresses, service_faults
from playhead.http.health import HealthServer


def test_services_that_are_not_ready_are_named_with_what_they_wait_for(tmp_path: Path) -> None:
    waiting = HealthServer(
        "127.0.0.1", 0, lambda: "partition 3: step emit fails for 12 s: no acknowledgement"
    )
    ready = HealthServer("127.0.0.1", 0, lambda: None)
    waiting.start()
    ready.start()
    silent = ports.choose()
    try:
        with DataDir(tmp_path) as data:
            StackFile(ports={"processor": waiting.port, "sink": ready.port, "gateway": 1}).write(
                data.stack_file
            )
            services = service_addresses(tmp_path, [f"http://127.0.0.1:{silent}/"])
            assert service_faults(services) == [
                "processor is not ready: partition 3: step emit fails for 12 s: no acknowledgement",
                f"http://127.0.0.1:{silent}/ is not ready: its /readyz does not answer",
            ]
    finally:
        waiting.close()
        ready.close()
