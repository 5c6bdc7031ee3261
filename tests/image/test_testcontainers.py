"""testcontainers, as `tests.containers` uses it, on podman's own Docker API."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from operations.local import ports
from operations.local.stores.redis import redis_answers
from tests import containers
from tests.faults.pipeline import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.image.bases import Bases
    from tests.image.engine import Engine

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1_800)]

_REDIS = """\
FROM {}
RUN apt-get update && apt-get install --yes --no-install-recommends redis-server
CMD ["redis-server", "--protected-mode", "no"]
"""


def test_a_store_in_a_container_answers_at_the_port_that_was_chosen(
    engine: Engine, bases: Bases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "redis").write_text(_REDIS.format(bases.python))
    engine.build(tmp_path / "redis", tmp_path, "localhost/redis:test")
    address = f"unix://{tmp_path}/podman.sock"
    # The reaper's image is in a registry; `with` removes the container here.
    monkeypatch.setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
    monkeypatch.setenv("DOCKER_HOST", address)
    port = ports.choose()
    serving = subprocess.Popen(
        ("podman", "system", "service", "--time=0", address), env=os.environ | engine.configuration
    )
    try:
        until(lambda: containers.docker_answers() or None, 60, "podman's service")
        with containers._container("localhost/redis:test", (port, 6379), {}):
            until(lambda: redis_answers(f"redis://127.0.0.1:{port}/0") or None, 60, "Redis in a container")
        assert not redis_answers(f"redis://127.0.0.1:{port}/0")
    finally:
        serving.terminate()
        serving.wait()
