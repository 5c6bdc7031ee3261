"""A part of the suite on containers that testcontainers starts by podman's own Docker API."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests import containers
from tests.deploy.compose import ROOT
from tests.faults.pipeline import until
from tests.image.stores.images import name_as_in_registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.image.engine import Engine

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1_800)]

IMAGES = {"kafka": containers.KAFKA, "valkey": containers.VALKEY, "postgres": containers.POSTGRES.format(18)}
# What writes and reads each of the three stores.
PART = ("tests/sinks/tables", "tests/stream_processors/stores", "tests/stream_processors/test_pipeline.py")


def test_a_part_of_the_suite_runs_in_containers(
    engine: Engine, stand_ins: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, image in IMAGES.items():
        name_as_in_registry(engine, stand_ins[name], image)
    # The reaper's image is in a registry; a test that ends removes its containers.
    monkeypatch.setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/podman.sock")
    with serving(engine, f"unix://{tmp_path}/podman.sock"):
        until(lambda: containers.docker_answers() or None, 60, "podman's service")
        done = subprocess.run(
            (sys.executable, "-m", "pytest", *PART),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
        assert "services: in containers of a Docker engine" in done.stdout
        assert engine.call("podman", "ps", "--all", "--quiet") == ""


@contextmanager
def serving(engine: Engine, address: str) -> Iterator[None]:
    """The engine behind the Docker API."""
    service = subprocess.Popen(("podman", "system", "service", "--time=0", address), env=engine.environment)
    try:
        yield
    finally:
        service.terminate()
        service.wait()
