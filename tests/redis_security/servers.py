"""Redis servers and Sentinels as child processes, in whichever way a test needs them."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from operations.local import ports
from operations.local.stores.redis import find_redis
from playhead.settings import RedisSettings
from tests.kafka_security.certificates import Authority, Certificate
from tests.stream_processors.process import eventually

MASTER = "playhead"
PASSWORD = "a-long-secret"


@dataclass
class RedisServer:
    """One process; killed for good at the end of its block."""

    directory: Path
    arguments: tuple[str, ...]
    port: int = field(default_factory=ports.choose)

    def start(self) -> None:
        with (self.directory / f"{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(find_redis()), *self.arguments], cwd=self.directory, stdout=log, stderr=log
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def client(self, **options: object) -> Redis:
        return Redis(port=self.port, retry=Retry(NoBackoff(), 0), **options)  # type: ignore[arg-type]  # as the test says


def server(directory: Path, **options: str) -> RedisServer:
    """A server on a port of its own; an option's underscores are hyphens, and spaces divide its values."""
    given = {"bind": "127.0.0.1", "save": "", "appendonly": "no", "maxmemory_policy": "noeviction"} | options
    made = RedisServer(directory, ())
    named = {"port": str(made.port), "dbfilename": f"{made.port}.rdb"} | given
    parts = [part for name, value in named.items() for part in (f"--{name.replace('_', '-')}", value)]
    made.arguments = tuple(parts)
    return made


@contextmanager
def running(*servers: RedisServer) -> Iterator[None]:
    with ExitStack() as stack:
        for each in servers:
            each.start()
            stack.callback(each.kill)
        for each in servers:
            eventually(lambda each=each: _answers(each), f"port {each.port}")
        yield


def _answers(server: RedisServer) -> bool:
    with server.client() as client:
        try:
            return bool(client.ping())
        except RedisConnectionError as error:
            return "auth" in str(error).lower()


@contextmanager
def tls_server(directory: Path, authority: Authority) -> Iterator[int]:
    """A server that speaks TLS only, and asks clients for a certificate; its port."""
    own = authority.sign("redis")
    port = ports.choose()
    options = {
        "port": "0",
        "tls_port": str(port),
        "tls_cert_file": str(own.certificate),
        "tls_key_file": str(own.key),
        "tls_ca_cert_file": str(authority.path),
        "tls_auth_clients": "yes",
    }
    made = server(directory, **options)
    made.port = port
    made.start()
    try:
        eventually(lambda: _listens(made), "TLS")
        yield port
    finally:
        made.kill()


def _listens(server: RedisServer) -> bool:
    return not ports.is_free(server.port)


def tls_settings(port: int, authority: Authority, own: Certificate) -> RedisSettings:
    return RedisSettings(
        redis_url=f"rediss://127.0.0.1:{port}/0",
        redis_ssl_ca=authority.path,
        redis_ssl_certificate=own.certificate,
        redis_ssl_key=own.key,
    )


@dataclass
class Watched:
    """A primary and a replica, which three Sentinels watch."""

    primary: RedisServer
    replica: RedisServer
    sentinels: list[RedisServer]

    @property
    def environment(self) -> dict[str, str]:
        nodes = ",".join(f"127.0.0.1:{each.port}" for each in self.sentinels)
        return {
            "PLAYHEAD_REDIS_MODE": "sentinel",
            "PLAYHEAD_REDIS_URL": "redis://primary.invalid/0",
            "PLAYHEAD_REDIS_SENTINELS": nodes,
            "PLAYHEAD_REDIS_SENTINEL_MASTER": MASTER,
            "PLAYHEAD_REDIS_SENTINEL_USER": "playhead",
            "PLAYHEAD_REDIS_SENTINEL_PASSWORD": PASSWORD,
        }

    @property
    def settings(self) -> RedisSettings:
        names = {name.removeprefix("PLAYHEAD_").lower(): value for name, value in self.environment.items()}
        return RedisSettings.model_validate(names)

    def is_promoted(self) -> bool:
        try:
            with self.replica.client() as client:
                role: str = client.info("replication")["role"]
        except RedisConnectionError:  # a Sentinel closes the clients' connections when it promotes
            return False
        return role == "master"


@contextmanager
def watched_by_sentinels(directory: Path) -> Iterator[Watched]:
    primary = server(directory, repl_diskless_sync_delay="0")
    replica = server(directory, replicaof=f"127.0.0.1 {primary.port}")
    with running(primary, replica):
        eventually(lambda: _is_in_step(replica), "the replica is in step")
        sentinels = _sentinels(directory, primary.port, replica.port)
        with running(*sentinels):
            eventually(lambda: all(_knows_all(each) for each in sentinels), "the Sentinels know each other")
            yield Watched(primary, replica, sentinels)


def _is_in_step(replica: RedisServer) -> bool:
    with replica.client() as client:
        return str(client.info("replication")["master_link_status"]) == "up"


def _sentinels(directory: Path, primary: int, replica: int) -> list[RedisServer]:
    """Three, who know each other from the start: to find each other takes them ten seconds."""
    made = {secrets.token_hex(20): RedisServer(directory, ()) for _ in range(3)}
    for own, each in made.items():
        known = [f"sentinel known-replica {MASTER} 127.0.0.1 {replica}"]
        others = ((name, other.port) for name, other in made.items() if name != own)
        known += [f"sentinel known-sentinel {MASTER} 127.0.0.1 {port} {name}" for name, port in others]
        _configure(each, own, primary, known)
    return list(made.values())


def _configure(made: RedisServer, own: str, primary: int, known: list[str]) -> None:
    directory = made.directory
    file = directory / f"sentinel-{made.port}.conf"
    file.write_text(
        f"port {made.port}\nbind 127.0.0.1\nuser default off\n"
        f"user playhead on +ping +hello +client|setname +sentinel|masters &* >{PASSWORD}\n"
        f"user sentinel on +@all &* ~* >{PASSWORD}\n"
        f'sentinel sentinel-user sentinel\nsentinel sentinel-pass "{PASSWORD}"\n'
        f"sentinel monitor {MASTER} 127.0.0.1 {primary} 2\n"
        f"sentinel myid {own}\n"
        f"sentinel down-after-milliseconds {MASTER} 1000\nsentinel failover-timeout {MASTER} 5000\n"
        + "\n".join(known)
    )
    made.arguments = (str(file), "--sentinel")


def _knows_all(sentinel: RedisServer) -> bool:
    with sentinel.client(username="sentinel", password=PASSWORD) as client:
        state = client.sentinel_masters().get(MASTER)
        return state is not None and state["num-other-sentinels"] == 2 and state["num-slaves"] == 1
