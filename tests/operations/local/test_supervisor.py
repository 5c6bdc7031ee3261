from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from operations.local.errors import ProcessFailedError
from operations.local.process import ChildCommand, ChildProcess
from operations.local.restart import Phase, RestartPolicy
from operations.local.supervisor import Supervisor
from playhead.retry import Backoff

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

POLICY = RestartPolicy(Backoff(0.01, 0.05), stable_seconds=60, failing_deaths=3)
SLEEPS = "import signal; print('up', flush=True); signal.pause()"
DIES = "import sys; print('no luck today', flush=True); sys.exit(3)"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\n"
    "while True: signal.pause()"
)


class Script:
    """A unit that is ready when it has said "up"."""

    def __init__(self, name: str, code: str, directory: Path, *, grace_seconds: float = 10) -> None:
        self.name = name
        self.log = directory / f"{name}.log"
        self._command = ChildCommand(
            argv=(sys.executable, "-S", "-c", code),
            cwd=directory,
            log=self.log,
            record=directory / f"{name}.json",
            environment={},
            grace_seconds=grace_seconds,
        )
        self._child = ChildProcess(self._command)

    @property
    def child(self) -> ChildProcess:
        return self._child

    def launch(self) -> bool:
        self._child.launch()
        return True

    def answers(self) -> bool:
        return self._child.pid is not None and "up" in self.log.read_text()


async def until(supervisor: Supervisor, name: str, restarts: int) -> None:
    """Wait until a unit is ready after this many restarts."""
    async with asyncio.timeout(10):
        while supervisor.lives[name].restarts < restarts or supervisor.lives[name].phase != Phase.READY:
            await supervisor.changed()


async def test_killed_process_is_started_again(tmp_path: Path) -> None:
    unit = Script("sleeper", SLEEPS, tmp_path)
    async with Supervisor(POLICY) as supervisor:
        supervisor.start(unit)
        await supervisor.wait_ready(10)
        first = unit.child.pid
        assert first is not None

        os.kill(first, signal.SIGKILL)
        await until(supervisor, "sleeper", restarts=1)

        assert unit.child.pid not in {None, first}
        assert supervisor.lives["sleeper"].last_words == "was ended by SIGKILL"
    assert supervisor.lives["sleeper"].phase == Phase.STOPPED


async def test_process_that_keeps_dying_fails_the_wait_with_the_end_of_its_log(tmp_path: Path) -> None:
    async with Supervisor(POLICY) as supervisor:
        supervisor.start(Script("unlucky", DIES, tmp_path))
        with pytest.raises(
            ProcessFailedError, match=r"unlucky ended with exit code 3; .*\n(no luck today\n?)+"
        ):
            await supervisor.wait_ready(10)
        assert supervisor.lives["unlucky"].phase == Phase.FAILING


async def test_process_that_never_gets_ready_fails_the_wait(tmp_path: Path) -> None:
    async with Supervisor(POLICY) as supervisor:
        supervisor.start(Script("mute", "import signal; signal.pause()", tmp_path))
        with pytest.raises(ProcessFailedError, match="mute did not get ready within 0 s"):
            await supervisor.wait_ready(0.2)


async def test_failed_launch_counts_as_a_death(tmp_path: Path) -> None:
    unit = Script("nowhere", SLEEPS, tmp_path)
    unit.log = tmp_path / "absent" / "nowhere.log"

    def launch() -> bool:
        raise OSError("no space left on device")

    unit.launch = launch  # type: ignore[method-assign]
    async with Supervisor(POLICY) as supervisor:
        supervisor.start(unit)
        with pytest.raises(ProcessFailedError, match="no space left on device"):
            await supervisor.wait_ready(10)


async def test_groups_stop_in_the_opposite_order_of_their_starts(tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys, pathlib\n"
        "def bye(*_):\n"
        "    with open({path!r}, 'a') as file: file.write({name!r} + ' ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, bye); print('up', flush=True)\n"
        "while True: signal.pause()"
    )
    async with Supervisor(POLICY) as supervisor:
        for name in ("store", "service", "gateway"):
            supervisor.start(Script(name, code.format(path=str(order), name=name), tmp_path))
        await supervisor.wait_ready(10)
    assert order.read_text() == "gateway service store "


async def test_process_that_ignores_its_stop_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    unit = Script("stubborn", STUBBORN, tmp_path, grace_seconds=0.2)
    async with Supervisor(POLICY) as supervisor:
        supervisor.start(unit)
        await supervisor.wait_ready(10)
    assert unit.child.exit_code == -signal.SIGKILL


async def test_kill_ends_a_slow_stop_at_once(tmp_path: Path) -> None:
    unit = Script("stubborn", STUBBORN, tmp_path, grace_seconds=60)
    supervisor = Supervisor(POLICY)
    async with asyncio.timeout(10):
        async with supervisor:
            supervisor.start(unit)
            await supervisor.wait_ready(10)
            asyncio.get_running_loop().call_later(0.1, supervisor.kill)
    assert unit.child.exit_code == -signal.SIGKILL


async def test_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from tests.operations.local.test_supervisor import Script, SLEEPS\n"
        f"unit = Script('child', SLEEPS, pathlib.Path({str(tmp_path)!r}))\n"
        "unit.launch(); print(unit.child.pid, flush=True); sys.stdin.read()"
    )
    pipe = asyncio.subprocess.PIPE
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdin=pipe, stdout=pipe)
    assert parent.stdout is not None
    child = psutil.Process(int(await parent.stdout.readline()))

    parent.kill()
    await parent.wait()

    _, alive = await asyncio.to_thread(psutil.wait_procs, [child], timeout=10)
    assert alive == []
