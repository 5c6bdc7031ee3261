"""podman-compose on `deploy/compose.yaml` as it is.

podman before 4.6 waits for no condition of `depends_on`, and asks for a container's health only where systemd
calls for it: so services are started in the order of their conditions here, and their health checks are run
until they succeed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.deploy.compose import DEPLOY, compose, services
from tests.faults.pipeline import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.image.engine import Engine

HEALTHY_S = 180


@dataclass(frozen=True, slots=True)
class ComposeClient:
    """One run of the file, with an `.env` of its own."""

    engine: Engine
    env_file: Path

    @classmethod
    def prepared(cls, engine: Engine, given: Mapping[str, str]) -> ComposeClient:
        """With these values in the `.env`."""
        env_file = engine.directory / "compose.env"
        env_file.write_text("".join(f"{name}={value}\n" for name, value in given.items()))
        env_file.chmod(0o600)
        return cls(engine, env_file)

    def call(self, *arguments: str) -> str:
        """Run a command of the client."""
        program = str(Path(sys.executable).with_name("podman-compose"))
        file = str(DEPLOY / "compose.yaml")
        return self.engine.call(program, "--file", file, "--env-file", str(self.env_file), *arguments)

    def exec(self, service: str, *command: str) -> str:
        """Run a command in a service's container."""
        return self.call("exec", "-T", service, *command)

    def up(self) -> None:
        """Start everything, each when what it depends on is as the file asks."""
        started: set[str] = set()
        while ready := self._next(started):
            self.call("up", "--detach", "--no-build", "--no-deps", *ready)
            for name in ready:
                self._await(name)
            started |= ready

    def down(self) -> None:
        """Stop and remove all containers; the volumes stay."""
        self.call("down")

    def said(self, service: str) -> str:
        """The end of its log."""
        done = subprocess.run(
            ("podman", "logs", "--tail=30", _container(service)),
            env=self.engine.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    def _next(self, started: set[str]) -> set[str]:
        return {
            name
            for name, service in services().items()
            if name not in started and set(service.get("depends_on", {})) <= started
        }

    def _await(self, service: str) -> None:
        """Wait until it is healthy, or is over and has succeeded."""
        over = services()[service]["restart"] == "no"
        try:
            until(
                lambda: (self._succeeded(service) if over else self._is_healthy(service)) or None,
                HEALTHY_S,
                f"{service} to be {'over' if over else 'healthy'}",
            )
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.said(service)}") from None

    def _is_healthy(self, service: str) -> bool:
        asked = ("podman", "healthcheck", "run", _container(service))
        return self.engine.exit_code(*asked) == 0

    def _succeeded(self, service: str) -> bool:
        (found,) = json.loads(self.engine.call("podman", "inspect", _container(service)))
        state = found["State"]
        if state["Status"] != "exited":
            return False
        assert state["ExitCode"] == 0, self.said(service)
        return True


def _container(service: str) -> str:
    return f"{compose()['name']}_{service}_1"
