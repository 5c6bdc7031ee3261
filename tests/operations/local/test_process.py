from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import psutil
import pytest

from operations.local.data_dir import DataDir
from operations.local.errors import DataInUseError
from operations.local.process import ChildCommand, ChildProcess, ProcessRecord, rotate, tail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLEEPS = (sys.executable, "-S", "-c", "import signal; signal.pause()")


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that no `ChildProcess` of this test started."""
    with subprocess.Popen(SLEEPS) as process:
        yield process
        process.kill()


def command(directory: Path) -> ChildCommand:
    return ChildCommand(
        argv=SLEEPS,
        cwd=directory,
        log=directory / "log",
        record=directory / "record",
        environment={},
        grace_seconds=5,
    )


def test_survivor_of_an_earlier_owner_is_ended_before_the_next_launch(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    given = command(tmp_path)
    given.record.write_bytes(msgspec.json.encode(ProcessRecord.of(stranger.pid, given.stop_signal)))

    child = ChildProcess(given)
    child.launch()

    survived = psutil.pid_exists(stranger.pid)
    started = child.pid
    child.stop()
    assert not survived
    assert started is not None
    assert not given.record.exists()


def test_process_that_only_shares_the_id_of_an_earlier_child_is_left_alone(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    given = command(tmp_path)
    born = psutil.Process(stranger.pid).create_time()
    given.record.write_bytes(
        msgspec.json.encode(ProcessRecord(stranger.pid, born - 1_000, given.stop_signal))
    )

    child = ChildProcess(given)
    child.launch()
    child.stop()

    assert stranger.poll() is None


def test_launch_of_a_running_child_changes_nothing(tmp_path: Path) -> None:
    child = ChildProcess(command(tmp_path))
    child.launch()
    first = child.pid
    child.launch()
    assert child.pid == first
    child.kill()
    assert child.pid is None


def test_lock_has_one_owner_and_is_free_again_after(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert not DataDir(data).in_use()
    with DataDir(data):
        assert DataDir(data).in_use()
        with pytest.raises(DataInUseError):
            DataDir(data).acquire()
    assert not DataDir(data).in_use()


def test_tail_gives_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert tail(log) == "(no log was written)"
    log.write_text("")
    assert tail(log) == "(the log is empty)"
    log.write_text("".join(f"line {number}\n" for number in range(10_000)))
    assert tail(log, 2) == "line 9998\nline 9999"


def test_large_log_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_bytes(b"x" * (33 * 1024 * 1024))
    rotate(log)
    assert not log.exists()
    assert (tmp_path / "kafka.old.log").exists()
