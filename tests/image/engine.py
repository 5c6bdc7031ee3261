"""podman and buildah with a storage of their own, so that nothing stays on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_NEEDED = ("podman", "buildah", "runc", "debootstrap")
_NETWORKS = ("netavark", "aardvark-dns")
NEEDED_BY_COMPOSE = (*_NETWORKS, "catatonit")
"""Networks whose containers find each other by name, and an init in each container."""
_PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/lib/podman:/usr/libexec/podman"
# As in every cluster that enforces the restricted Pod Security Standard, with the memory of a small node.
_CONFINED = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--memory=512m")
_CONTAINERS = """\
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
init_path = "{init}"
[network]
network_backend = "{backend}"
network_config_dir = "{directory}/networks"
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "file"
"""
_STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{0}/images"
runroot = "{0}/running"
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """Builds images and runs containers on the network of the machine, where the stores of the tests are."""

    directory: Path

    @property
    def configuration(self) -> dict[str, str]:
        """The variables that lead the programs to this storage."""
        return {
            "CONTAINERS_CONF": str(self.directory / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.directory / "storage.conf"),
        }

    @property
    def environment(self) -> dict[str, str]:
        """This process's variables, and those."""
        return os.environ | self.configuration

    def configure(self) -> None:
        """Write the files that `configuration` names."""
        backend = "cni" if missing(_NETWORKS) else "netavark"
        written = _CONTAINERS.format(
            init=shutil.which("catatonit"), backend=backend, directory=self.directory
        )
        (self.directory / "containers.conf").write_text(written)
        (self.directory / "storage.conf").write_text(_STORAGE.format(self.directory))

    def build(self, dockerfile: Path, context: Path, tag: str, **arguments: str) -> None:
        """Build an image; the output of a failure is in the error."""
        given = [f"--build-arg={name.upper()}={value}" for name, value in arguments.items()]
        limits = ("--ulimit=nofile=20000:20000", "--ulimit=nproc=4096:4096")
        runtime = f"--runtime={shutil.which('runc')}"
        self.call(
            "buildah", "bud", "--network=host", runtime, *limits, *given, f"--tag={tag}",
            f"--file={dockerfile}", str(context),
        )  # fmt: skip

    def load(self, root: Path, tag: str) -> None:
        """Make an image of a file system."""
        archive = self.directory / "root.tar"
        subprocess.run(("tar", "-C", root, "-cf", archive, "."), check=True)
        self.call("podman", "import", str(archive), tag)
        archive.unlink()

    def run(self, tag: str, *command: str, environment: Mapping[str, str] | None = None) -> str:
        """Run a command to its end, confined; its output, of which a failure makes an error."""
        return self.call("podman", "run", "--rm", *self._options(environment or {}), tag, *command)

    @contextmanager
    def running(self, tag: str, *command: str, environment: Mapping[str, str]) -> Iterator[RunningContainer]:
        """A container in the background, removed in the end."""
        options = self._options(environment)
        name = self.call("podman", "run", "--detach", *options, tag, *command).strip()
        try:
            yield RunningContainer(self, name)
        finally:
            self.call("podman", "rm", "--force", "--time=0", name)

    def _options(self, environment: Mapping[str, str]) -> list[str]:
        given = [f"--env={name}={value}" for name, value in environment.items()]
        return ["--network=host", "--tmpfs=/tmp", *_CONFINED, *given]

    def call(self, *command: str) -> str:
        """Run a program of the engine on this storage."""
        done = self._run(command)
        assert done.returncode == 0, f"{' '.join(command[:3])}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def exit_code(self, *command: str) -> int:
        """Run a program of the engine on this storage, which may fail."""
        return self._run(command).returncode

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=900
        )


@dataclass(frozen=True, slots=True)
class RunningContainer:
    """One container of the image."""

    engine: Engine
    name: str

    def terminate(self, within_s: int) -> int:
        """Send SIGTERM, as an orchestrator does first, and give the exit code; SIGKILL shows as 137."""
        self.engine.call("podman", "stop", f"--time={within_s}", self.name)
        return int(self.engine.call("podman", "wait", self.name))

    def said(self) -> str:
        """Its log so far."""
        return self.engine.call("podman", "logs", self.name)


def missing(needed: Iterable[str] = _NEEDED) -> list[str]:
    """What the tests of the image need and this machine has not."""
    found = [name for name in needed if shutil.which(name, path=_PLACES) is None]
    return found + ([] if os.geteuid() == 0 else ["root"])
