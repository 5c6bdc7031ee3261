"""PostgreSQL as a child process, reachable from this machine only."""

from __future__ import annotations

import shutil
import signal
from typing import TYPE_CHECKING

import psutil
import psycopg

from operations.local.process import ChildCommand
from operations.local.stores.postgres_place import NEWEST, data_home, program_dir, unprivileged_user
from operations.local.stores.store import ASK_SECONDS, READY_SECONDS, StoreProcess

if TYPE_CHECKING:
    from pathlib import Path

    from operations.local.stores.store import StorePlace

DATABASE = "playhead"

_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a deep data directory would make the socket's path too long
    "max_connections": "100",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",  # what is stored survives a power cut
    # After a checkpoint, the first change of a page writes the whole page into the log: checkpoints are rare.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # it costs short queries more than it gives
    "log_min_messages": "warning",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_OPTIONS_OF_NEWEST = {
    # The operating system's cache has most pages. To wake up another process for each of them was a third of
    # PostgreSQL's processor time while the sink stored (ADR 0039).
    "io_method": "sync",
}
_BUILTIN_LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_SYSTEM_LOCALE = ("--locale=C.UTF-8",)
"""For servers before 17; it sorts the same."""


class Postgres(StoreProcess):
    """A server whose superuser is `postgres` and whose database is `playhead`.

    The stack has the newest version that there is; tests also start the oldest that is supported.
    """

    name = "postgres"

    def __init__(self, place: StorePlace, major: int = NEWEST) -> None:
        super().__init__(place)
        self._major = major
        self._user = unprivileged_user()

    def dsn(self, user: str = "postgres", database: str = DATABASE) -> str:
        """Return a connection string; the migrations create the other users."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        """Open a connection."""
        return postgres_answers(self.dsn(database="postgres"))

    def launch(self) -> bool:
        """Start the process unless it runs; kill first the backends that a killed server leaves.

        No server starts while they hold its memory.
        """
        if self.pid is None:
            left = [process for process in psutil.process_iter(["name", "cwd"]) if self._is_ours(process)]
            for process in left:
                process.kill()
            psutil.wait_procs(left)
        return super().launch()

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until it answers, and create the database if there is none."""
        super().wait_ready(seconds)
        with psycopg.connect(self.dsn(database="postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if found is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')

    @property
    def _data(self) -> Path:
        return self.home.resolve() / "data"

    def _prepare(self) -> None:
        """Create the cluster under another name first, so that an interrupted one is never used.

        Every user of this machine is trusted without a password: for local development only.
        """
        home = data_home(self.home, self._user)
        if self._data.exists():
            return
        unfinished = home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        trust = ("--username=postgres", "--auth=trust")
        text = ("--encoding=UTF8", *(_BUILTIN_LOCALE if self._major == NEWEST else _SYSTEM_LOCALE))
        self._run_tool(self._program("initdb", f"--pgdata={unfinished}", *trust, *text, "--no-instructions"))
        unfinished.rename(self._data)

    def _is_ours(self, process: psutil.Process) -> bool:
        found = (process.info["name"], process.info["cwd"])
        return found == ("postgres", str(self._data))

    def _command(self) -> ChildCommand:
        chosen = _OPTIONS | (_OPTIONS_OF_NEWEST if self._major == NEWEST else {})
        options = [part for key, value in chosen.items() for part in ("-c", f"{key}={value}")]
        return self._program("postgres", "-D", str(self._data), "-p", str(self.port), *options)

    def _program(self, name: str, *arguments: str) -> ChildCommand:
        return ChildCommand(
            argv=(str(program_dir(self._user, self._major) / name), *arguments),
            cwd=self.home.resolve(),
            log=self.log,
            record=self._record,
            environment={"LC_ALL": "C"},
            user=(-1, -1) if self._user is None else (self._user.uid, self._user.gid),
            stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown; SIGTERM waits for clients to leave
        )


def postgres_answers(dsn: str) -> bool:
    """Open a connection; the server refuses it until recovery is done."""
    try:
        psycopg.connect(dsn, connect_timeout=ASK_SECONDS).close()
    except psycopg.OperationalError:
        return False
    return True
