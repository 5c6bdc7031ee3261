"""The keys of records in Kafka and of values in Redis."""

from __future__ import annotations

from playhead.progress.identifiers import ContentId, TenantId, UserId


def person_key(tenant: TenantId, user: UserId) -> str:
    """`tenant:user`, the key of a heartbeat: one person's heartbeats keep their order."""
    return f"{tenant}:{user}"


def state_key(tenant: TenantId, user: UserId, content: ContentId) -> str:
    """`tenant:user:content`, the key of a state, by which the topic is compacted."""
    return f"{tenant}:{user}:{content}"


_OLDER = "+"


def older_name(name: str) -> str:
    """The name of an item's older sessions: its field in Redis, or the key of its state, and `+`."""
    return name + _OLDER


def is_older_name(name: str) -> bool:
    """Whether it is the name of older sessions; no UUID ends like it."""
    return name.endswith(_OLDER)


def item_of(key: str) -> ContentId:
    """The item of the key of a state."""
    return ContentId(key.rpartition(":")[2].removesuffix(_OLDER))


def checkpoint_key(partition: int) -> str:
    """The key of the checkpoint of a partition; no UUID begins with `@`."""
    return f"@:{partition}"


def progress_hash(partition: int, person: str) -> str:
    """The Redis hash of a person's progress: content id -> encoded `Progress`, and `FENCE`.

    Older sessions of an item are a field of their own, see `older_name`.

    The braces are the hash tag of Redis Cluster: all data of a partition is on one node, so that one script
    call writes a batch. The partition is that of the person's heartbeats, see `partitioner`.
    """
    return f"progress:{{{partition}}}:{person}"


def person_of_hash(key: str) -> str:
    """The person of a `progress_hash`, or of a `former_progress_hash`."""
    tag, _, person = key.removeprefix("progress:{").partition("}")
    return person.removeprefix(":") or tag


PROGRESS_HASHES = "progress:{*"
"""The pattern of `progress_hash` and of `former_progress_hash`."""


def live_channel(partition: int, person: str) -> str:
    """The Redis channel on which a person's changes are published as `LiveChange`."""
    return f"live:{{{partition}}}:{person}"


def person_of_channel(channel: str) -> str:
    """The person of a `live_channel`, or of a `former_live_channel`."""
    tag, _, person = channel.removeprefix("live:{").partition("}")
    return person.removeprefix(":") or tag


def applied_hash(partition: int) -> str:
    """The Redis hash of how far a partition was applied, and its ledger."""
    return f"applied:{{{partition}}}"


def erased_tenants_hash(partition: int) -> str:
    """The Redis hash of organisations that were erased: tenant -> when, in ms.

    The heartbeats of all their people change nothing from then on. Each partition has a copy for its
    scripts.
    """
    return f"erased:{{{partition}}}"


PARTITIONS = "progress:partitions"
"""The number of partitions by which the keys above are tagged. The first processor sets it; `hot.partitions`
reads it."""

OVER_QUOTA = "quota:over"
"""The Redis sorted set of people (`tenant:user`) who have reached their quota of items. The score is the Unix
time in seconds until which ingest refuses new items; the processor then checks the person again."""

FENCE = "@"
"""The field of a person's hash that says how far it has read: `partition:next_offset`."""

ERASED = "!"
"""The only field of an erased person's hash: when, in ms. Their heartbeats change nothing from then on."""
