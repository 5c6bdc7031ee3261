"""A local stack's data directory: its paths, and the lock that gives it one owner at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from typing import TYPE_CHECKING, Self

from operations.local.errors import DataInUseError, DiskFullError

if TYPE_CHECKING:
    from pathlib import Path

NEEDED_MEGABYTES = 500
"""PostgreSQL's empty cluster is 40 MB, its journal grows to 2 GB; Kafka rolls segments of 128 MB."""


class DataDir:
    """The paths below a data directory, and the lock on it, which the kernel releases when its owner dies."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._lock: int | None = None

    def store(self, name: str) -> Path:
        """The directory of a store's files."""
        return self.root / name

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.root / "logs" / f"{name}.log"

    def record(self, name: str) -> Path:
        """The file with a process's id and start time."""
        return self.root / "run" / f"{name}.json"

    def records(self) -> list[Path]:
        """The records of every process that was not stopped in order."""
        return sorted((self.root / "run").glob("*.json"))

    @property
    def stack_file(self) -> Path:
        """The file by which other commands find the stack."""
        return self.root / "stack.json"

    @property
    def media(self) -> Path:
        """The directory of the demo's films, documents and pictures."""
        return self.root / "media"

    @property
    def history_loaded(self) -> Path:
        """The file that exists once the demo's history was loaded."""
        return self.root / "demo-past-told"

    def acquire(self) -> Self:
        """Make the directories and take the lock.

        Raises:
            DataInUseError: another process has it.
            DiskFullError: the disk has too little room for three stores.
        """
        for path in (self.root, self.root / "logs", self.root / "run"):
            path.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.root).free // 1_000_000
        if free < NEEDED_MEGABYTES:
            raise DiskFullError(self.root, free, NEEDED_MEGABYTES)
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 32).decode().strip()
            os.close(lock)
            raise DataInUseError(self.root, int(holder) if holder.isdigit() else None) from None
        os.truncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock
        return self

    def release(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def in_use(self) -> bool:
        """Return whether a process holds the lock now."""
        try:
            lock = os.open(self._lock_path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    @property
    def _lock_path(self) -> Path:
        return self.root / "lock"
