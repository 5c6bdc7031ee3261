"""The nodes of a Redis Cluster and their slots, as one of them sees it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

SLOTS = 16_384


class NodeAddress(NamedTuple):
    """Where a node is."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class ClusterView:
    """What one node says of the cluster."""

    is_ok: bool
    """Whether the node is with the majority, and takes commands."""
    epoch: int
    """The cluster's, which grows with each failover and each slot that moves."""
    ranges: tuple[tuple[int, int, NodeAddress], ...]
    """First and last slot, and the primary that has them."""
    nodes: frozenset[NodeAddress]
    """The primaries and their replicas."""

    def owners(self) -> list[NodeAddress | None]:
        """The primary of each slot; None of one that has none."""
        owners: list[NodeAddress | None] = [None] * SLOTS
        for first, last, primary in self.ranges:
            owners[first : last + 1] = [primary] * (last - first + 1)
        return owners

    @property
    def primaries(self) -> frozenset[NodeAddress]:
        """The nodes that have slots."""
        return frozenset(primary for _, _, primary in self.ranges)


def view_of(asked: NodeAddress, slots: Sequence[Any], info: bytes) -> ClusterView:
    """The view by the answers to `CLUSTER SLOTS` and `CLUSTER INFO`, unparsed.

    A node that does not know its own address leaves it out: it is where it was asked.
    """
    fields = dict(line.split(":", 1) for line in info.decode().split("\r\n") if ":" in line)
    ranges = tuple((int(first), int(last), _address(asked, primary)) for first, last, primary, *_ in slots)
    nodes = frozenset(_address(asked, each) for _, _, *nodes in slots for each in nodes)
    is_ok = fields.get("cluster_state") == "ok"
    return ClusterView(is_ok, int(fields.get("cluster_current_epoch", 0)), ranges, nodes)


def newest(views: Iterable[ClusterView]) -> ClusterView | None:
    """The view to trust: of a node with the majority, of the highest epoch."""
    return max(views, key=lambda each: (each.is_ok, each.epoch), default=None)


def _address(asked: NodeAddress, node: Sequence[Any]) -> NodeAddress:
    host = node[0] or b""
    name = host.decode() if isinstance(host, bytes) else str(host)
    return NodeAddress(asked.host if name in {"", "?"} else name, int(node[1]))
