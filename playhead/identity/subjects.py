"""People and tenants whom other systems name: their names become ids. No I/O."""

from __future__ import annotations

from uuid import UUID, uuid5

from playhead.progress.identifiers import TenantId, UserId

_TENANTS = "6b3f2c9e-58a1-4d07-9c4e-2f7d1a90b3e5"
"""The namespace of the names of tenants. Another one would make other tenants of the same names."""


def tenant_id(name: str) -> TenantId:
    """The tenant with this name: a UUID is the id itself, any other name always gives the same id."""
    return TenantId(stable_id(_TENANTS, name))


def subject_id(tenant: TenantId, name: str) -> UserId:
    """The person with this name: a UUID is the id itself, any other name always gives the same id."""
    return UserId(stable_id(tenant, name))


def stable_id(within: str, name: str) -> str:
    """A name as a canonical UUID, different within each tenant, or other UUID, unless it is a UUID itself."""
    try:
        return str(UUID(name))
    except ValueError:
        return str(uuid5(UUID(within), name))
