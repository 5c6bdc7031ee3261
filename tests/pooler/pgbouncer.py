"""PgBouncer in transaction mode, in front of the tests' PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from operations.local.process import ChildCommand
from operations.local.stores.postgres_place import data_home, unprivileged_user
from operations.local.stores.store import ASK_SECONDS, StorePlace, StoreProcess
from tests.services import reachable_directory

POOL = 3
"""Sessions of the server for each role, which all clients of that role share."""
_CONFIGURATION = """\
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 200
server_tls_sslmode = disable
# Any session may be given to any client: the one that waited for longest comes first.
server_round_robin = 1
"""
_USERS = "".join(f'"{name}" ""\n' for name in ("playhead_writer", "playhead_reader", "postgres"))


class PgBouncer(StoreProcess):
    """The pooler as a child process."""

    name = "pgbouncer"

    def __init__(self, place: StorePlace, server_dsn: str) -> None:
        super().__init__(place)
        self._server = urlsplit(server_dsn)
        self._user = unprivileged_user()

    def through(self, dsn: str) -> str:
        """The same role and database, by way of the pooler."""
        parts = urlsplit(dsn)
        user = parts.netloc.rpartition("@")[0]
        return parts._replace(netloc=f"{user}@127.0.0.1:{self.port}").geturl()

    def answers(self) -> bool:
        """Open a connection, and let the server answer."""
        try:
            psycopg.connect(self.through(self._server.geturl()), connect_timeout=ASK_SECONDS).close()
        except psycopg.OperationalError:
            return False
        return True

    def _prepare(self) -> None:
        home = data_home(self.home, self._user)
        users = home / "users.txt"
        users.write_text(_USERS)
        server = self._server
        written = _CONFIGURATION.format(
            host=server.hostname, port=server.port, own=self.port, users=users, pool=POOL
        )
        (home / "pgbouncer.ini").write_text(written)

    def _command(self) -> ChildCommand:
        return ChildCommand(
            argv=(program() or "pgbouncer", str(self.home.resolve() / "pgbouncer.ini")),
            cwd=self.home.resolve(),
            log=self.log,
            record=self._record,
            environment={},
            user=(-1, -1) if self._user is None else (self._user.uid, self._user.gid),
        )


def program() -> str | None:
    """PgBouncer's program, where it is installed."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pgbouncer(server_dsn: str) -> Iterator[PgBouncer]:
    """A pooler in front of this server."""
    with reachable_directory() as directory:
        pooler = PgBouncer(StorePlace.below(directory, "pgbouncer"), server_dsn)
        try:
            pooler.start()
            yield pooler
        finally:
            pooler.stop()
