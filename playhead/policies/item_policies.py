"""The policies of items, as far as the catalogue was read. Pure."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from msgspec import Struct

from playhead.progress import ContentId, Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override


class ItemPolicy(Struct, frozen=True, gc=False):
    """The policy of one item."""

    policy: Policy
    override: Override | None = None
    """The catalogue's part of it."""


SHARED_POLICIES = 10_000
"""Distinct overrides whose items share one value; beyond it an item has its own, of some 150 bytes."""


class PolicyResolver:
    """Applies overrides to the installation's policy; equal overrides give the same value."""

    def __init__(self, default: Policy) -> None:
        self.default = ItemPolicy(default)
        self.resolve = lru_cache(SHARED_POLICIES)(
            lambda override: ItemPolicy(default.under(override), override)
        )


class TenantPolicies:
    """The policies of one tenant's items, updated in place while in use."""

    __slots__ = ("_items", "_resolver")

    def __init__(self, resolver: PolicyResolver) -> None:
        self._resolver = resolver
        self._items: dict[ContentId, ItemPolicy] = {}

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, content: ContentId) -> bool:
        return content in self._items

    def of(self, content: ContentId) -> ItemPolicy:
        """The policy of one item; the installation's where the item is not held."""
        return self._items.get(content, self._resolver.default)

    def hold(self, content: ContentId, override: Override | None) -> None:
        """Hold an item; `override` is None where the catalogue has the item and overrides nothing."""
        self._items[content] = (
            self._resolver.default if override is None else self._resolver.resolve(override)
        )

    def release(self, content: ContentId) -> None:
        """Hold the item no longer, if it is held."""
        self._items.pop(content, None)


class Policies:
    """The policies of all tenants' items. Every heartbeat asks, so an answer is two look-ups."""

    __slots__ = ("_resolver", "_tenants")

    def __init__(self, default: Policy) -> None:
        self._resolver = PolicyResolver(default)
        self._tenants: defaultdict[TenantId, TenantPolicies] = defaultdict(
            lambda: TenantPolicies(self._resolver)
        )

    def __len__(self) -> int:
        """Items held, of all tenants."""
        return sum(map(len, self._tenants.values()))

    def of(self, tenant: TenantId, content: ContentId) -> ItemPolicy:
        """The policy of one item."""
        items = self._tenants.get(tenant)
        return self._resolver.default if items is None else items.of(content)

    def is_known(self, tenant: TenantId, content: ContentId) -> bool:
        """Whether the catalogue has the item."""
        items = self._tenants.get(tenant)
        return items is not None and content in items

    def hold(self, tenant: TenantId, content: ContentId, override: Override | None) -> None:
        """Hold an item of the catalogue; `override` is None where it overrides nothing."""
        self._tenants[tenant].hold(content, override)
