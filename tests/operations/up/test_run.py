"""`playhead up` as a user runs it: one process to start, to watch, to kill and to stop."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import httpx
import psutil
import pytest

from operations.local import ports
from operations.local.running_stack import StackFile
from tests.services import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.services

T = TypeVar("T")

PROCESSES = {"kafka", "postgres", "redis", "processor", "sink", "query", "ingest", "gateway"}
SERVICES = ("processor", "sink", "query", "ingest", "gateway")


class Up:
    """A running `playhead up`."""

    def __init__(self, process: subprocess.Popen[str], data_dir: Path, output: str, port: int) -> None:
        self.process = process
        self.data_dir = data_dir
        self.output = output
        self.url = f"http://127.0.0.1:{port}"
        self.stack = StackFile.read(data_dir / "stack.json")

    def children(self) -> dict[str, psutil.Process]:
        """The running processes by name; one that was just killed may be listed until it is restarted."""
        pids = StackFile.read(self.data_dir / "stack.json").pids
        return {name: psutil.Process(pid) for name, pid in pids.items() if psutil.pid_exists(pid)}


@contextmanager
def running(data_dir: Path) -> Iterator[Up]:
    port = ports.choose()
    arguments = ("up", "--no-demo", "--port", str(port), "--data-dir", str(data_dir))
    with subprocess.Popen(
        [sys.executable, "-m", "operations", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        output = ""
        try:
            for line in process.stdout:
                output += line
                if line.startswith("kafka ready"):  # the first line of the status, after the welcome
                    break
            else:
                raise AssertionError(output)
            yield Up(process, data_dir, output, port)
        finally:
            process.terminate()
            process.stdout.read()


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    with reachable_directory() as data_dir, running(data_dir) as started:
        yield started


def test_prints_its_address_and_records_every_process(up: Up) -> None:
    assert f"ready  {up.url}" in up.output
    assert up.children().keys() == PROCESSES
    assert up.stack.ports.keys() > {"kafka", "redis", "postgres", "gateway"}


def test_its_example_can_be_pasted_into_a_shell(up: Up) -> None:
    pasted = re.search(r"^TOKEN=.*?^curl -X POST.*?\n.*?\n", up.output, re.MULTILINE | re.DOTALL)
    assert pasted is not None
    saved = subprocess.run(
        ["bash", "-c", pasted.group().replace("curl", "curl -sf")],
        check=False,
    )
    assert saved.returncode == 0

    token = re.search(r"^TOKEN=(.*)$", up.output, re.MULTILINE)
    content = re.search(r'"contentId":"([^"]+)"', up.output)
    assert token is not None
    assert content is not None
    headers = {"Authorization": f"Bearer {token.group(1)}"}
    answer = eventually(
        lambda: httpx.get(f"{up.url}/api/progress/{content.group(1)}", headers=headers).json(),
        lambda item: item["progressPercentage"] == 75,
    )
    assert answer["status"] == "in_progress"


@pytest.mark.parametrize("name", SERVICES)
def test_killed_service_is_started_again(up: Up, name: str) -> None:
    before = eventually(up.children, lambda children: name in children)[name]
    before.send_signal(signal.SIGKILL)

    def ready() -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{up.stack.ports[name]}/readyz")
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and not before.is_running()

    assert eventually(ready, bool)
    assert eventually(lambda: up.children().get(name, before).pid, lambda pid: pid != before.pid)


def test_second_instance_on_the_same_data_is_refused(up: Up) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "operations", "up", "--port", "0", "--data-dir", str(up.data_dir)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"in use by process {up.process.pid}: stop that" in second.stderr


def test_doctor_finds_every_service_ready(up: Up) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "operations", "doctor", "--data-dir", str(up.data_dir)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    for name in SERVICES:
        assert f"ok    {name}: ready on port" in done.stdout


@pytest.mark.faults
def test_stops_clean_on_a_signal_and_leaves_nothing_when_killed() -> None:
    with reachable_directory() as data_dir:
        with running(data_dir) as first:
            children = list(first.children().values())
            first.process.send_signal(signal.SIGINT)
            assert first.process.wait(60) == 0
            assert [child for child in children if child.is_running()] == []

        with running(data_dir) as second:
            assert second.stack.ports.keys() == first.stack.ports.keys()
            children = list(second.children().values())
            second.process.kill()
            second.process.wait()
            _, alive = psutil.wait_procs(children, timeout=30)
            assert alive == []


def eventually(look: Callable[[], T], well: Callable[[T], object], seconds: float = 30) -> T:
    """Poll until `well`; no event announces what a service does in its own time."""
    deadline = time.monotonic() + seconds
    while not well(found := look()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found
