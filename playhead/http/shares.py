"""Shares: how much of a common resource one person and one organisation may hold. Pure; no clock."""

from __future__ import annotations

from typing import Literal

from playhead.identity import Principal
from playhead.wire.keys import person_key

ShareHolder = Literal["person", "organisation"]


class ShareUsedUpError(Exception):
    """A person or an organisation has reached its share; others are not affected."""

    def __init__(self, holder: ShareHolder, share: int) -> None:
        super().__init__(f"one {holder} may have {share:,}")
        self.holder = holder
        self.share = share


class Shares:
    """Counts the amount that each person and each organisation holds."""

    def __init__(self, of_person: int, of_tenant: int) -> None:
        self._of_person = of_person
        self._of_tenant = of_tenant
        self._held: dict[str, int] = {}

    def __len__(self) -> int:
        """The number of persons and organisations that hold something."""
        return len(self._held)

    def take(self, principal: Principal, amount: int = 1) -> None:
        """Take an amount, which must be given back.

        Raises:
            ShareUsedUpError: a share would be exceeded; nothing was taken.
        """
        held, tenant = self._held, principal.tenant_id
        person = person_key(tenant, principal.user_id)
        of_person, of_tenant = held.get(person, 0) + amount, held.get(tenant, 0) + amount
        if of_person > self._of_person:
            raise ShareUsedUpError("person", self._of_person)
        if of_tenant > self._of_tenant:
            raise ShareUsedUpError("organisation", self._of_tenant)
        held[person], held[tenant] = of_person, of_tenant

    def give_back(self, principal: Principal, amount: int = 1) -> None:
        """Give back an amount."""
        for holder in (person_key(principal.tenant_id, principal.user_id), principal.tenant_id):
            left = self._held.get(holder, 0) - amount
            if left:
                self._held[holder] = left
            else:
                self._held.pop(holder, None)
