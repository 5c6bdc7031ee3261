"""Child processes that can be started, stopped, killed and started again, and leave no orphan behind.

On Linux the kernel ends the child when the *thread* that launched it ends, so launch from a thread
that lives as long as the child should. Everywhere, the child's id and birth are written to a file,
by which the next owner of the data directory recognises a survivor and ends it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_GUARD = Path(__file__).with_name("guard.py")
_SURVIVOR_SECONDS = 20.0
"""The stores of a killed owner close their files in it; on Linux its death sent them the stop signal."""
_BIRTH_TOLERANCE_SECONDS = 2.0
"""psutil derives a birth from the boot time, which moves a little when the clock is set."""
_ROTATE_BYTES = 32 * 1024 * 1024
_TAIL_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class ChildCommand:
    """A program, its user, directory and environment, and how to end it."""

    argv: tuple[str, ...]
    cwd: Path
    log: Path
    record: Path
    environment: Mapping[str, str]
    """Added to this process's own."""
    user: tuple[int, int] = (-1, -1)
    """The user's and the group's id; -1 keeps the current one."""
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 20.0


class ProcessRecord(msgspec.Struct, frozen=True):
    """A process by its id and its start: another process may have the id by now."""

    pid: int
    born: float
    stop_signal: int

    def process(self) -> psutil.Process | None:
        """The process, if it is still the same one."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.born) < _BIRTH_TOLERANCE_SECONDS
        except psutil.NoSuchProcess:
            return None
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None

    @classmethod
    def of(cls, pid: int, stop_signal: signal.Signals) -> ProcessRecord:
        """Return the record of a process that runs now."""
        return cls(pid, psutil.Process(pid).create_time(), stop_signal.value)


class ChildProcess:
    """At most one running child of a command at a time."""

    def __init__(self, command: ChildCommand) -> None:
        self.command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The id of the running child."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """The exit code of the last child, or minus a signal's number; None while it runs."""
        return None if self._process is None else self._process.poll()

    def launch(self) -> None:
        """Start the child, after ending a survivor of an earlier owner; returns at once."""
        if self.pid is not None:
            return
        command = self.command
        end_survivors([command.record])
        numbers = (command.stop_signal.value, *command.user, os.getpid())
        rotate(command.log)
        with command.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_GUARD), *map(str, numbers), *command.argv],
                cwd=command.cwd,
                env=os.environ | command.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        command.record.write_bytes(
            msgspec.json.encode(ProcessRecord.of(self._process.pid, command.stop_signal))
        )

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for the end; None when it still runs after so many seconds."""
        if self._process is None:
            return None
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ask_to_stop(self) -> None:
        """Send the stop signal; returns at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self.command.stop_signal)

    def stop(self) -> None:
        """Ask, wait for the grace period, then kill."""
        self.ask_to_stop()
        if self._process is not None and self.wait(self.command.grace_seconds) is None:
            self.kill()
        self.command.record.unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL to the child and to its process group."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def end_survivors(records: Iterable[Path]) -> None:
    """End the children that an earlier owner of these files left behind, and no other process."""
    known = [record for record in records if record.exists()]
    found = [(record, msgspec.json.decode(record.read_bytes(), type=ProcessRecord)) for record in known]
    survivors = []
    for _, record in found:
        survivor = record.process()
        if survivor is not None:
            with suppress(psutil.NoSuchProcess):  # it ended just now
                survivor.send_signal(record.stop_signal)
            survivors.append(survivor)
    _, stubborn = psutil.wait_procs(survivors, timeout=_SURVIVOR_SECONDS)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn)
    for path, _ in found:
        path.unlink()


def rotate(log: Path) -> None:
    """Rename a large log, replacing the previous one; call it while no child writes."""
    if log.exists() and log.stat().st_size > _ROTATE_BYTES:
        log.replace(log.with_suffix(".old.log"))


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log, or that there are none."""
    if not log.exists():
        return "(no log was written)"
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"
