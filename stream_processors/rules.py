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
    """The rules of all items that the catalogue has, as far as it was read.

    Every heartbeat asks, so an answer is two look-ups. Items of equal overrides share a rule.
    """

    __slots__ = ("_default", "_rule", "_tenants")

    def __init__(self, default: Policy) -> None:
        self._default = Rule(default)
        self._tenants: dict[TenantId, dict[ContentId, Rule]] = {}
        self._rule = lru_cache(SHARED)(partial(_rule, default))

    def __len__(self) -> int:
        """Items that the catalogue has."""
        return sum(map(len, self._tenants.values()))

    def of(self, tenant: TenantId, content: ContentId) -> Rule:
        """The rule of one item."""
        items = self._tenants.get(tenant)
        return self._default if items is None else items.get(content, self._default)

    def is_known(self, tenant: TenantId, content: ContentId) -> bool:
        """Whether the catalogue has the item."""
        items = self._tenants.get(tenant)
        return items is not None and content in items

    def learn(self, tenant: TenantId, content: ContentId, override: Override | None) -> None:
        """Take an item of the catalogue, with what it says of it; None where that is nothing."""
        rule = self._default if override is None else self._rule(override)
        self._tenants.setdefault(tenant, {})[content] = rule


def _rule(default: Policy, override: Override) -> Rule:
    return Rule(default.under(override), override)
