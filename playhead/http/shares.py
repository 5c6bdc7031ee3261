"""Shares: how much of a common resource one person and one organisation may hold. Pure; no clock."""

from __future__ import annotations

from collections import Counter
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
        self._held: Counter[str] = Counter()

    def __len__(self) -> int:
        """The number of persons and organisations that hold something."""
        return len(self._held)

    def take(self, principal: Principal, amount: int = 1) -> None:
        """Take an amount, which must be given back.

        Raises:
            ShareUsedUpError: a share would be exceeded; nothing was taken.
        """
        person = person_key(principal.tenant_id, principal.user_id)
        if self._held[person] + amount > self._of_person:
            self._clear(person)
            raise ShareUsedUpError("person", self._of_person)
        if self._held[principal.tenant_id] + amount > self._of_tenant:
            self._clear(person, principal.tenant_id)
            raise ShareUsedUpError("organisation", self._of_tenant)
        self._held[person] += amount
        self._held[principal.tenant_id] += amount

    def give_back(self, principal: Principal, amount: int = 1) -> None:
        """Give back an amount."""
        person = person_key(principal.tenant_id, principal.user_id)
        self._held[person] -= amount
        self._held[principal.tenant_id] -= amount
        self._clear(person, principal.tenant_id)

    def _clear(self, *keys: str) -> None:
        for key in keys:
            if not self._held[key]:
                del self._held[key]
