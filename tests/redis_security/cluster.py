"""A Redis Cluster of three nodes that speak TLS only, are known by a name, and let no unnamed user in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from operations.local import ports
from playhead.redis.rights import RedisUser, rules
from playhead.settings import RedisSettings
from tests.kafka_security.certificates import Authority
from tests.redis_cluster import SLOTS
from tests.redis_security.servers import PASSWORD, RedisServer, server
from tests.stream_processors.process import eventually

NODES = 3
NAME = "127.1"
"""What the nodes announce, and their certificate is for: a name to TLS. Every machine finds it at 127.0.0.1,
for which the certificate is not. "localhost" will not do, as redis-py connects to its address."""


@dataclass(frozen=True)
class SecureCluster:
    """The nodes, and the authority of their certificate."""

    nodes: list[RedisServer]
    authority: Authority

    def settings(self, prefix: str, user: RedisUser) -> RedisSettings:
        """A user's with exactly the rights that are documented, who knows one node."""
        return RedisSettings.model_validate(
            {
                "redis_mode": "cluster",
                "redis_url": f"rediss://{NAME}:{self.nodes[0].port}",
                "redis_user": f"{prefix}{user}",
                "redis_password": PASSWORD,
                "redis_key_prefix": prefix,
                "redis_ssl_ca": self.authority.path,
            }
        )

    def grant(self, prefix: str, user: RedisUser) -> None:
        """Make the user on every node."""
        granted = rules(user, self.settings(prefix, user).redis_keys, cluster=True).split()
        for each in self.nodes:
            with self.admin(each) as client:
                who = f"{prefix}{user}"
                client.execute_command("ACL", "SETUSER", who, "reset", "on", f">{PASSWORD}", *granted)

    def every_key(self) -> set[str]:
        """Of all nodes."""
        found: set[str] = set()
        for each in self.nodes:
            with self.admin(each) as client:
                found |= set(client.scan_iter("*"))
        return found

    def wipe(self) -> None:
        for each in self.nodes:
            with self.admin(each) as client:
                client.flushall()

    def admin(self, node: RedisServer) -> Redis:
        """A client of the one node that may do everything."""
        return Redis(
            host=NAME,
            port=node.port,
            password=PASSWORD,
            ssl=True,
            ssl_ca_certs=str(self.authority.path),
            decode_responses=True,
        )


@contextmanager
def secure_cluster(directory: Path) -> Iterator[SecureCluster]:
    """Three primaries with a third of the slots each."""
    authority = Authority(directory)
    own = authority.sign("redis", host=NAME)
    nodes: list[RedisServer] = []
    taken: set[int] = set()
    buses: list[int] = []
    for number in range(NODES):
        bus = ports.choose(taken=frozenset(taken))
        taken.add(bus)
        options = {
            "port": "0",
            "tls_cert_file": str(own.certificate),
            "tls_key_file": str(own.key),
            "tls_ca_cert_file": str(authority.path),
            "tls_auth_clients": "no",
            "tls_cluster": "yes",
            "cluster_enabled": "yes",
            "cluster_port": str(bus),
            "cluster_config_file": f"nodes-{number}.conf",
            "cluster_announce_hostname": NAME,
            "cluster_preferred_endpoint_type": "hostname",
            "requirepass": PASSWORD,
        }
        made = server(directory, **options)
        made.arguments += ("--tls-port", str(made.port))
        nodes.append(made)
        buses.append(bus)
        taken.add(made.port)
    cluster = SecureCluster(nodes, authority)
    try:
        for each in nodes:
            each.start()
        for each in nodes:
            eventually(lambda each=each: not ports.is_free(each.port), f"port {each.port}")
        _form(cluster, buses)
        yield cluster
    finally:
        for each in nodes:
            each.kill()


def _form(cluster: SecureCluster, buses: list[int]) -> None:
    bounds = [SLOTS * each // NODES for each in range(NODES + 1)]
    for place, node in enumerate(cluster.nodes):
        with cluster.admin(node) as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", bounds[place], bounds[place + 1] - 1)
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", place + 1)
    with cluster.admin(cluster.nodes[0]) as client:
        for node, bus in zip(cluster.nodes[1:], buses[1:], strict=True):
            client.execute_command("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
    eventually(lambda: all(_is_whole(cluster, each) for each in cluster.nodes), "the cluster is whole")


def _is_whole(cluster: SecureCluster, node: RedisServer) -> bool:
    """Whether the node takes commands and knows the name of each of the others."""
    with cluster.admin(node) as client:
        state = client.execute_command("CLUSTER", "INFO")
        slots = client.execute_command("CLUSTER", "SLOTS")
    names = {primary[0] for _, _, primary, *_ in slots}
    return "cluster_state:ok" in state and len(slots) == NODES and names == {NAME}
