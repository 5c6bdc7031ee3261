"""The keys of records in Kafka, and the names of items in them; `redis_keys` has those of Redis."""

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
