"""People whom other systems name: their names become the ids of people, within one tenant. No I/O."""

from __future__ import annotations

from uuid import UUID, uuid5

from playhead.progress.identifiers import TenantId, UserId


def subject_id(tenant: TenantId, name: str) -> UserId:
    """The person with this name: a UUID is the id itself, any other name always gives the same id."""
    return UserId(stable_id(tenant, name))


def stable_id(tenant: TenantId, name: str) -> str:
    """A name as a canonical UUID, different in each tenant unless it is a UUID itself."""
    try:
        return str(UUID(name))
    except ValueError:
        return str(uuid5(UUID(tenant), name))
