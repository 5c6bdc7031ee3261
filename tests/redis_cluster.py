"""A Redis Cluster of real servers: three primaries, each with a replica that is promoted when it ends."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis as Client
from redis.cluster import RedisCluster
from redis.crc import key_slot
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import MasterDownError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from operations.local import ports
from operations.local.stores.redis import Redis, find_redis
from operations.local.stores.store import StorePlace
from tests.hot import KEYS
from tests.services import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from operations.local.process import ChildCommand

PRIMARIES = 3
SLOTS = 16_384
NODE_TIMEOUT_MS = 1_500
"""After which a node that is silent has failed, and its replica is promoted."""
FORMED_SECONDS = 120.0
REPAIRED_SECONDS = 30.0
"""More than ten node timeouts: what is not mended by itself by then stays."""
SHARDED_CHANNELS_SINCE = 7
_OPTIONS = {
    "cluster-enabled": "yes",
    "cluster-node-timeout": str(NODE_TIMEOUT_MS),
    # The other nodes go on while one is away, and a replica is promoted however far it is behind.
    "cluster-require-full-coverage": "no",
    "cluster-replica-validity-factor": "0",
    "repl-diskless-sync-delay": "0",
    # A node is listed as a replica once something was replicated: with the default, after ten seconds.
    "repl-ping-replica-period": "1",
}


class Node(Redis):
    """A server of a cluster."""

    def __init__(self, place: StorePlace, bus_port: int) -> None:
        super().__init__(place)
        self._bus_port = bus_port

    @cached_property
    def client(self) -> Client:
        """A client of this server alone."""
        return Client(host="127.0.0.1", port=self.port, socket_timeout=5)

    @property
    def role(self) -> dict[str, Any]:
        """What the server says of its replication, its `role` for one."""
        return self.client.info("replication")

    def _command(self) -> ChildCommand:
        alone = super()._command()
        options = _OPTIONS | {"cluster-port": str(self._bus_port)}
        return replace(
            alone, argv=(*alone.argv, *(each for k, v in options.items() for each in (f"--{k}", v)))
        )


class Cluster:
    """The servers. The tests of one may kill some; `heal` starts them again."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes

    @property
    def url(self) -> str:
        """The address of one node that runs, from which a client finds all."""
        return next(each.url for each in self.nodes if each.pid is not None)

    def connect(self) -> RedisCluster:
        """A client of the whole cluster."""
        return RedisCluster.from_url(self.url)

    def primary_of(self, key: str) -> Node:
        """The node that has the key's slot."""
        owner = self.owner_of(key_slot(key.encode()))
        return next(each for each in self.nodes if each.port == owner)

    def node_of(self, partition: int) -> Node:
        """The node that has the keys of a partition."""
        return self.primary_of(KEYS.applied_hash(partition))

    def owner_of(self, slot: int) -> int:
        """The port of the node that has a slot."""
        ranges = self._any().execute_command("CLUSTER", "SLOTS")
        return next(int(primary[1]) for first, last, primary, *_ in ranges if first <= slot <= last)

    def is_whole(self) -> bool:
        """Whether every slot has a primary, every primary a replica, and all nodes agree."""
        views = []
        for each in self.nodes:
            ranges = each.client.execute_command("CLUSTER", "SLOTS")
            if sum(last - first + 1 for first, last, *_ in ranges) != SLOTS or min(map(len, ranges)) < 4:
                return False
            if b"cluster_state:ok" not in each.client.execute_command("CLUSTER", "INFO"):
                return False
            role = each.role
            if role["role"] == "slave" and role["master_link_status"] != "up":
                return False
            views.append(sorted((first, last, int(primary[1])) for first, last, primary, *_ in ranges))
        return all(view == views[0] for view in views)

    def heal(self) -> None:
        """Start what was killed, and wait until the cluster is whole."""
        for each in self.nodes:
            each.start()
        wait_until(self.is_whole, "the cluster to be whole", state=self.state)

    def state(self) -> str:
        """What each node says of itself and of the others."""
        return "\n".join(f"{each.port}, process {each.pid}:\n{state_of(each)}" for each in self.nodes)

    def move(self, slot: int, source: Node, target: Node, seconds: float = 0.0) -> None:
        """Move a slot, as `redis-cli --cluster reshard` does, with a pause half-way."""
        begin_move(source, target, slot)
        halfway = True
        while keys := source.client.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 20):
            address = ("127.0.0.1", target.port, "", 0, 5_000)
            source.client.execute_command("MIGRATE", *address, "KEYS", *keys)
            if halfway:
                time.sleep(seconds)
            halfway = False
        end_move(self, source, target, slot)

    def wipe(self) -> None:
        """Delete all keys, and form the cluster again if a test left it otherwise than it was formed.

        On a busy machine, a replica may be promoted while a test moves a slot: the slot then stays with a
        primary that has no replica.
        """
        for each in self.nodes:
            each.start()
        try:
            wait_until(self.is_whole, "the cluster to be whole", REPAIRED_SECONDS, self.state)
        except TimeoutError as error:
            sys.stderr.write(f"formed again: {error}\n")
            self._form_again()
        for each in self.nodes:
            if each.role["role"] == "master":
                each.client.flushall()

    def _form_again(self) -> None:
        for each in self.nodes:
            if each.role["role"] == "master":
                each.client.flushall()
            each.client.execute_command("CLUSTER", "RESET", "HARD")
        form(self.nodes)
        wait_until(self.is_whole, "the cluster to be whole", state=self.state)

    def _any(self) -> Client:
        return next(each.client for each in self.nodes if each.pid is not None)


def state_of(node: Node) -> str:
    """What a node says of the cluster, or why it does not say it."""
    try:
        views = [node.client.execute_command("CLUSTER", what) for what in ("INFO", "NODES")]
    except (RedisError, OSError) as error:
        return repr(error)
    return "\n".join(view.decode() for view in views)


def wait_until(
    done: Callable[[], object],
    what: str,
    seconds: float = FORMED_SECONDS,
    state: Callable[[], str] = lambda: "",
) -> None:
    """Ask until it is true; a node that does not answer counts as not."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if done():
                return
        except (RedisConnectionError, RedisTimeoutError, MasterDownError, OSError):
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s\n{state()}")
        time.sleep(0.1)


def form(nodes: list[Node]) -> None:
    """Give the first nodes the slots, and each of them one of the others as its replica."""
    primaries, replicas = nodes[:PRIMARIES], nodes[PRIMARIES:]
    bounds = [SLOTS * each // PRIMARIES for each in range(PRIMARIES + 1)]
    for place, node in enumerate(primaries):
        node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", bounds[place], bounds[place + 1] - 1)
    for epoch, node in enumerate(nodes, start=1):
        node.client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", epoch)
    for node in nodes[1:]:
        nodes[0].client.execute_command("CLUSTER", "MEET", "127.0.0.1", node.port, node._bus_port)
    for primary, replica in zip(primaries, replicas, strict=True):
        name = name_of(primary)

        def follow(replica: Node = replica, name: str = name) -> bool:
            try:
                replica.client.execute_command("CLUSTER", "REPLICATE", name)
            except Exception as error:
                if "Unknown node" in str(error):
                    return False
                raise
            return True

        wait_until(follow, "the nodes to know one another")


def begin_move(source: Node, target: Node, slot: int) -> None:
    """Let keys of the slot leave."""
    target.client.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", name_of(source))
    source.client.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", name_of(target))


def end_move(cluster: Cluster, source: Node, target: Node, slot: int) -> None:
    """Give the slot to the target."""
    others = [each for each in cluster.nodes if each not in (source, target)]
    for each in (target, source, *others):
        if each.role["role"] == "master":
            each.client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", name_of(target))


def name_of(node: Node) -> str:
    """The node's name in the cluster."""
    return str(node.client.execute_command("CLUSTER", "MYID").decode())


def require_sharded_channels() -> None:
    """Skip the test, visibly, where the only server is too old for the cluster mode."""
    said = subprocess.run([str(find_redis()), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v=(\d+)", said)
    if found is None or int(found[1]) < SHARDED_CHANNELS_SINCE:
        pytest.skip(f"Redis Cluster needs Redis {SHARDED_CHANNELS_SINCE}; here is {said.strip()}")


@contextmanager
def running_cluster(directory: Path) -> Iterator[Cluster]:
    """A cluster with its data in the directory."""
    taken: set[int] = set()

    def free() -> int:
        port = ports.choose(taken=frozenset(taken))
        taken.add(port)
        return port

    nodes = []
    for number in range(2 * PRIMARIES):
        place = StorePlace.below(directory, f"redis-{number}")
        nodes.append(Node(replace(place, port=free()), free()))
    try:
        for node in nodes:
            node.launch()
        for node in nodes:
            node.wait_ready()
        form(nodes)
        cluster = Cluster(nodes)
        wait_until(cluster.is_whole, "the cluster to be whole", state=cluster.state)
        yield cluster
    finally:
        for node in nodes:
            node.ask_to_stop()
        for node in nodes:
            node.stop()


@pytest.fixture(scope="module")
def cluster_servers() -> Iterator[Cluster]:
    """The servers of a module's tests.

    Not of the session: on a busy machine, servers that wait for their next test take one another for
    dead, and what many needless failovers leave behind would be that test's beginning.
    """
    require_sharded_channels()
    with reachable_directory() as directory, running_cluster(directory) as cluster:
        yield cluster


@pytest.fixture
def redis_cluster(cluster_servers: Cluster) -> Cluster:
    """A whole and empty cluster."""
    cluster_servers.wipe()
    return cluster_servers
