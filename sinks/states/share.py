"""The records that a sink stores, where tenants are divided among several databases. Pure.

The sinks of each database are a consumer group of their own, and each group reads the whole topic. A record
of another database's tenant moves the position, and is left to that database's sinks. Checkpoints are of
every database: each has the ledger up to which it has stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from playhead.settings import DEFAULT, SinkSettings

_CHECKPOINT = b"@"
"""What the key of a checkpoint has in place of a tenant."""


@dataclass(frozen=True, slots=True)
class TenantShare:
    """The tenants of one database among several."""

    listed: frozenset[bytes]
    """What keys begin with, before the first colon."""
    are_left: bool
    """Whether the listed are those that other databases have; else they are this database's own."""

    @classmethod
    def of(cls, settings: SinkSettings) -> Self | None:
        """The share of the sink's database; None where it is the only one."""
        databases, own = settings.databases, settings.sink_database
        if len(databases.named) == 1:
            return None
        if own == DEFAULT:
            others = (tenant for tenant, name in databases.tenants.items() if name != DEFAULT)
            return cls(frozenset(each.encode() for each in others), are_left=True)
        tenants = (tenant.encode() for tenant, name in databases.tenants.items() if name == own)
        return cls(frozenset((*tenants, _CHECKPOINT)), are_left=False)

    def has(self, key: bytes | None) -> bool:
        """Whether this database has the record. One whose key names no tenant is of the default database."""
        owner = (key or b"").partition(b":")[0]
        return (owner in self.listed) is not self.are_left
