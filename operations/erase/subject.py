"""What is erased: a person, or a whole organisation."""

from __future__ import annotations

from typing import NamedTuple

from playhead.progress.identifiers import TenantId, UserId
from playhead.wire.keys import person_key


class Subject(NamedTuple):
    """The person to erase."""

    tenant: TenantId
    user: UserId

    @property
    def prefix(self) -> str:
        """What the keys of their states begin with."""
        return f"{person_key(self.tenant, self.user)}:"


class Organisation(NamedTuple):
    """The organisation to erase."""

    tenant: TenantId

    @property
    def prefix(self) -> str:
        """What the keys of its people's states begin with."""
        return f"{self.tenant}:"


Erasable = Subject | Organisation
