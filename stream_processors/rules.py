"""By what rules each item is judged: the installation's, with what the catalogue says of the item. Pure."""

from __future__ import annotations

from functools import lru_cache, partial

from msgspec import Struct

from playhead.progress import ContentId, Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override


class Rule(Struct, frozen=True, gc=False):
    """What one item is judged by."""

    policy: Policy
    override: Override | None = None
    """The catalogue's part of it."""


SHARED = 10_000
"""Rules remembered for other items of equal overrides; the rest have one each, of some 150 bytes."""


class Rules:
    """The rules of all items, as far as the catalogue is known.

    Every heartbeat asks, so an answer is two look-ups. Items of equal overrides share a rule, and those that
    have none are not here.
    """

    __slots__ = ("_default", "_rule", "_tenants")

    def __init__(self, default: Policy) -> None:
        self._default = Rule(default)
        self._tenants: dict[TenantId, dict[ContentId, Rule]] = {}
        self._rule = lru_cache(SHARED)(partial(_rule, default))

    def __len__(self) -> int:
        """Items that have a rule of their own."""
        return sum(map(len, self._tenants.values()))

    def of(self, tenant: TenantId, content: ContentId) -> Rule:
        """The rule of one item."""
        items = self._tenants.get(tenant)
        return self._default if items is None else items.get(content, self._default)

    def learn(self, tenant: TenantId, content: ContentId, override: Override | None) -> None:
        """Take what the catalogue says of an item; None where it says nothing, or no longer."""
        if override is not None:
            self._tenants.setdefault(tenant, {})[content] = self._rule(override)
        elif (items := self._tenants.get(tenant)) is not None:
            items.pop(content, None)
            if not items:
                del self._tenants[tenant]


def _rule(default: Policy, override: Override) -> Rule:
    return Rule(default.under(override), override)
