"""The place of a Kafka node in its cluster, and the configuration that follows from it."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_REPLICAS = 3
"""Of everything, where there are that many nodes; else one."""


@dataclass(frozen=True, slots=True)
class KafkaNode:
    """One node of a cluster in which each node is both broker and controller."""

    number: int
    """From 1."""
    controller_ports: tuple[int, ...]
    """Of all nodes, in the order of their numbers."""
    cluster_id: str

    @classmethod
    def alone(cls, controller_port: int) -> KafkaNode:
        """The only node of a new cluster."""
        return cls(1, (controller_port,), new_cluster_id())

    @property
    def name(self) -> str:
        """The name of its process: `kafka`, `kafka-2`, `kafka-3`."""
        return node_name("kafka", self.number)

    @property
    def replicas(self) -> int:
        """How many nodes keep a copy of each record."""
        return replicas(len(self.controller_ports))


def replicas(nodes: int) -> int:
    """How many nodes of a cluster keep a copy of each record: three, or one if there are fewer than three."""
    return _REPLICAS if nodes >= _REPLICAS else 1


def node_name(kind: str, number: int) -> str:
    """The name of something that each node has; the first node's is without a number."""
    return kind if number == 1 else f"{kind}-{number}"


def new_cluster_id() -> str:
    """A random UUID as Kafka writes it."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def cluster_id_of(home: Path) -> str | None:
    """The cluster that a node's data belongs to; None if there is no data."""
    try:
        lines = (home / "data" / "meta.properties").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    return next((line.partition("=")[2] for line in lines if line.startswith("cluster.id=")), None)


def server_properties(node: KafkaNode, data: Path, port: int) -> str:
    """Return the node's configuration.

    The quorum is configured here and not in the data, so that other controller ports need no new format.
    """
    voters = [f"{number}@127.0.0.1:{at}" for number, at in enumerate(node.controller_ports, start=1)]
    controller = node.controller_ports[node.number - 1]
    in_sync = (node.replicas + 1) // 2
    lines = {
        "process.roles": "broker,controller",
        "node.id": node.number,
        "controller.quorum.voters": ",".join(voters),
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        # also for the offsets of the groups; Playhead's own topics say it themselves
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": node.replicas,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": node.replicas,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": node.replicas,
        "share.coordinator.state.topic.min.isr": in_sync,
        "share.coordinator.state.topic.num.partitions": 1,
        "group.initial.rebalance.delay.ms": 0,
        # after a kill -9, the broker is let in again only once its former session is over: 9 s by default
        "broker.session.timeout.ms": 4_000,
        "broker.heartbeat.interval.ms": 1_000,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "log.segment.bytes": 128 * 1024 * 1024,
        # the default takes 128 MB, half of the heap; this compacts 700,000 keys in a pass
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items())
