"""Keys: who a record is about, in Kafka and in Redis."""

from __future__ import annotations

from playhead.progress.identifiers import ContentId, TenantId, UserId


def person_key(tenant: TenantId, user: UserId) -> str:
    """`tenant:user`, the key of a heartbeat: one person's heartbeats keep their order."""
    return f"{tenant}:{user}"


def state_key(tenant: TenantId, user: UserId, content: ContentId) -> str:
    """`tenant:user:content`, the key of a state, by which the topic is compacted."""
    return f"{tenant}:{user}:{content}"


def checkpoint_key(partition: int) -> str:
    """The key of a partition's checkpoint; no UUID begins so."""
    return f"@:{partition}"


def progress_hash(person: str) -> str:
    """The Redis hash of a person's progress: content id -> encoded `Progress`, and `FENCE`.

    The braces are Redis Cluster's hash tag: all of one person lives on one shard.
    """
    return f"progress:{{{person}}}"


def live_channel(person: str) -> str:
    """The Redis channel on which a person's changes are published as `LiveChange`."""
    return f"live:{{{person}}}"


def person_of_channel(channel: str) -> tuple[TenantId, UserId]:
    """Whose changes are published on a `live_channel`."""
    tenant, _, user = channel.removeprefix("live:{").removesuffix("}").partition(":")
    return TenantId(tenant), UserId(user)


def applied_hash(partition: int) -> str:
    """The Redis hash of how far a partition was applied, and its ledger."""
    return f"applied:{partition}"


OVER_QUOTA = "quota:over"
"""The Redis sorted set of people (`tenant:user`) who have as many items as they may, each with the second
(since 1970) until which ingest is to refuse new ones; the processor then judges them again."""

FENCE = "@"
"""The field of a person's hash that tells how far it has read: `partition:next_offset`."""

ERASED = "!"
"""The only field of an erased person's hash: when, in ms. Their heartbeats change nothing from then on."""
